using System.Collections.Concurrent;
using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Plateau.Server.Http;
using Plateau.Server.Storage;

namespace Plateau.Server.Tests.Http;

/// <summary>Answers kept for an Idempotency-Key go after their day, and nothing else is written for it.</summary>
public sealed class KeptAnswerTests
{
    private static readonly TimeSpan ErasurePause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan BetweenReleases = TimeSpan.FromMilliseconds(10);

    [Theory, EveryStore]
    public async Task A_kept_answer_is_deleted_after_its_day(Store store)
    {
        var clock = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var server = await TestServer.StartAsync(store, clock);
        (await server.Api.PostAsync("/devices", Some.Device, "once")).Created();
        Assert.Equal(1, await server.CountAsync("idempotency_keys"));

        clock.Advance(TimeSpan.FromHours(23));
        clock.Advance(TimeSpan.FromHours(2));

        await Until.TrueAsync(
            "the answer is gone", async () => await server.CountAsync("idempotency_keys") == 0);
    }

    [Theory, EveryStore]
    public async Task Many_that_have_ended_are_deleted_in_short_writes_and_the_others_stay(Store store)
    {
        const int Ended = 2_500;
        var now = TimeProvider.System.GetUtcNow();
        var clock = new FakeTimeProvider(now);
        var deletions = new Deletions();
        await using var server = await TestServer.StartAsync(store, clock, services: services =>
            services.ConfigureDbContext<PlateauDb>(options => options.AddInterceptors(deletions)));
        await using (var scope = server.Services.CreateAsyncScope())
        {
            var db = scope.ServiceProvider.GetRequiredService<PlateauDb>();
            db.IdempotencyKeys.AddRange(Enumerable.Range(0, Ended + 1).Select(number => new IdempotencyKeyRow
            {
                AccountId = server.AccountId, LiveMode = false, KeyHash = BitConverter.GetBytes(number),
                RequestHash = [], Answer = [],
                TimeCreated = number == Ended ? now : now.AddHours(-23).AddSeconds(number),
            }));
            await using var write = await db.BeginWriteAsync(CancellationToken.None);
            await write.CommitAsync(CancellationToken.None);
        }

        clock.Advance(TimeSpan.FromHours(2));

        await Until.TrueAsync("one is left", async () => await server.CountAsync("idempotency_keys") == 1);
        Assert.Equal([1_000, 1_000, 500], deletions.Rows);
    }

    [Fact]
    public async Task With_nothing_to_erase_nothing_is_written()
    {
        var clock = new PauseCounter();
        await using var server = await TestServer.StartAsync(Store.Embedded, clock);
        var writer = server.Services.GetRequiredService<Engine>().Writer;
        await Until.TrueAsync("the first pass ended", () =>
        {
            // The scripts leave free pages in a new file; the first pass gives them back, with short waits between.
            clock.Advance(BetweenReleases);
            return Task.FromResult(clock.Pauses == 1);
        });
        await writer.WaitAsync(TestContext.Current.CancellationToken);
        try
        {
            clock.Advance(ErasurePause);
            // A pass that writes would wait for the writer, and not reach its next pause.
            await Until.TrueAsync("the second pass ended", () => Task.FromResult(clock.Pauses == 2));
        }
        finally
        {
            writer.Release();
        }
    }

    /// <summary>How many rows each deletion of kept answers took.</summary>
    private sealed class Deletions : DbCommandInterceptor
    {
        private readonly ConcurrentQueue<int> _rows = [];

        public IReadOnlyList<int> Rows => [.. _rows];

        public override ValueTask<int> NonQueryExecutedAsync(
            DbCommand command, CommandExecutedEventData eventData, int result,
            CancellationToken cancellationToken = default)
        {
            if (command.CommandText.StartsWith("DELETE FROM", StringComparison.OrdinalIgnoreCase)
                && command.CommandText.Contains("idempotency_keys", StringComparison.Ordinal))
            {
                _rows.Enqueue(result);
            }
            return ValueTask.FromResult(result);
        }
    }

    private sealed class PauseCounter() : FakeTimeProvider(System.GetUtcNow())
    {
        private int _pauses;

        public int Pauses => Volatile.Read(ref _pauses);

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = base.CreateTimer(callback, state, dueTime, period);
            if (dueTime == ErasurePause)
            {
                Interlocked.Increment(ref _pauses);
            }
            return timer;
        }
    }
}
