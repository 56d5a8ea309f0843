using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using Plateau.Server.Telemetry;

namespace Plateau.Server.Tests.Telemetry;

/// <summary>The one writer, over a store that fails on demand.</summary>
public sealed class StateWriterTests : IAsyncDisposable
{
    private readonly FaultyStateStore _store = new();
    private readonly RecordedLog _log = new();
    private readonly ServiceProvider _services;
    private readonly List<StateWriter> _started = [];

    public StateWriterTests() => _services = new ServiceCollection()
        .AddMetrics().AddLogging(logging => logging.AddProvider(_log)).BuildServiceProvider();

    [Fact]
    public async Task After_a_lost_connection_the_same_records_are_repeated_before_anyone_is_answered()
    {
        // The first try is committed and its answer lost; the second cannot connect.
        _store.Plan.Enqueue((store, batch) =>
        {
            store.Keep(batch);
            throw new NpgsqlException("The connection was lost.");
        });
        _store.Plan.Enqueue((_, _) => throw new NpgsqlException("There is no connection."));
        var writer = await StartAsync();
        var named = SomeRecord.Pending(SomeRecord.Named("a"));
        var unnamed = SomeRecord.Pending(SomeRecord.Unnamed(7));

        var first = await SubmitAsync(writer, named);
        var second = await SubmitAsync(writer, unnamed);

        Assert.Equal(new SubmissionOutcome(SubmissionResult.Kept, named.Record), first);
        Assert.Equal(new SubmissionOutcome(SubmissionResult.Kept, unnamed.Record), second);
        Assert.Equal([false, true, true], _store.Batches.Take(3).Select(batch => batch.MayBeKept));
        Assert.All(_store.Batches.Take(3), batch => Assert.Equal([named.Record.Key], batch.Keys));
        Assert.Equal(2, _store.Kept.Count);
    }

    [Fact]
    public async Task A_record_without_reference_that_was_committed_unheard_is_kept_once_and_no_conflict()
    {
        _store.Plan.Enqueue((store, batch) =>
        {
            store.Keep(batch);
            throw new NpgsqlException("The connection was lost.");
        });
        var writer = await StartAsync();

        var outcome = await SubmitAsync(writer, SomeRecord.Pending(SomeRecord.Unnamed(7)));

        Assert.Equal(SubmissionResult.Kept, outcome.Result);
        Assert.Single(_store.Kept);
    }

    [Fact]
    public async Task Records_committed_before_their_batch_failed_and_was_split_are_no_conflicts()
    {
        var (entered, release) = HoldNextCommit();
        _store.Plan.Enqueue((store, batch) =>
        {
            store.Keep(batch);
            throw new InvalidOperationException("Something went wrong after the commit.");
        });
        var writer = await StartAsync();
        var blocker = SubmitAsync(writer, SomeRecord.Pending(SomeRecord.Named("blocker")));
        await entered;
        var named = SubmitAsync(writer, SomeRecord.Pending(SomeRecord.Named("a")));
        var unnamed = SubmitAsync(writer, SomeRecord.Pending(SomeRecord.Unnamed(7)));
        release.SetResult();

        Assert.Equal(SubmissionResult.Kept, (await blocker).Result);
        Assert.Equal(SubmissionResult.Kept, (await named).Result);
        Assert.Equal(SubmissionResult.Kept, (await unnamed).Result);
    }

    [Fact]
    public async Task Copies_of_a_record_do_not_end_the_batch()
    {
        var (entered, release) = HoldNextCommit();
        var writer = await StartAsync();
        var blocker = SubmitAsync(writer, SomeRecord.Pending(SomeRecord.Named("blocker")));
        await entered;
        string[] references = ["a", "b", "a", "c", "a", "a", "b", "d"];
        var racing = references.Select(name => SubmitAsync(writer, SomeRecord.Pending(SomeRecord.Named(name))))
            .ToArray();
        release.SetResult();

        var outcomes = await Task.WhenAll(racing);

        await blocker;
        Assert.Equal([1, 8], _store.Batches.Select(batch => batch.Keys.Length));
        Assert.Equal(4, outcomes.Count(outcome => outcome.Result == SubmissionResult.Kept));
        Assert.Equal(4, outcomes.Count(outcome => outcome.Result == SubmissionResult.Repeated));
        Assert.Equal(5, _store.Kept.Count);
    }

    [Fact]
    public async Task A_guilty_record_fails_alone()
    {
        var (entered, release) = HoldNextCommit();
        var guilty = SomeRecord.Pending(SomeRecord.Named("guilty"));
        _store.Guilty = guilty.Record.Key;
        var writer = await StartAsync();
        var blocker = SubmitAsync(writer, SomeRecord.Pending(SomeRecord.Named("blocker")));
        await entered;
        var before = Enumerable.Range(0, 9).Select(number => SubmitAsync(writer, Numbered(number))).ToArray();
        var failing = SubmitAsync(writer, guilty);
        var after = Enumerable.Range(9, 9).Select(number => SubmitAsync(writer, Numbered(number))).ToArray();
        release.SetResult();

        await Assert.ThrowsAsync<InvalidOperationException>(() => failing);
        Assert.All(await Task.WhenAll([blocker, .. before, .. after]),
            outcome => Assert.Equal(SubmissionResult.Kept, outcome.Result));
        Assert.Equal(19, _store.Kept.Count);
        Assert.Single(_log.Lines);
    }

    [Fact]
    public async Task A_store_that_stays_away_is_told_to_the_caller_and_the_next_record_is_tried_anew()
    {
        _store.Plan.Enqueue((_, _) => throw new NpgsqlException("There is no connection."));
        var writer = await StartAsync(options => options.RepeatForSeconds = 0);

        var refused = await SubmitAsync(writer, SomeRecord.Pending(SomeRecord.Named("a")));
        var taken = await SubmitAsync(writer, SomeRecord.Pending(SomeRecord.Named("b")));

        Assert.Equal(SubmissionResult.StorageUnavailable, refused.Result);
        Assert.Equal(SubmissionResult.Kept, taken.Result);
        Assert.Equal([false, false], _store.Batches.Select(batch => batch.MayBeKept));
    }

    [Fact]
    public async Task While_the_store_is_away_everyone_is_refused_three_seconds_after_his_own_arrival()
    {
        var clock = new PausingClock();
        var writer = await StartAsync(options => options.MaxBatch = 2, clock);
        _store.Away = new NpgsqlException("There is no connection.");
        var waiting = new List<(PendingRecord Pending, TimeSpan Arrived)>();
        while (clock.Elapsed < TimeSpan.FromSeconds(10))
        {
            for (var number = 0; number < 20; number++)
            {
                waiting.Add((Numbered(waiting.Count), clock.Elapsed));
                _ = SubmitAsync(writer, waiting[^1].Pending);
            }
            await clock.PassPauseAsync();
            Assert.All(waiting, one => Assert.Equal(
                clock.Elapsed - one.Arrived >= TimeSpan.FromSeconds(3), one.Pending.Done.IsCompleted));
        }

        var refused = waiting.Where(one => one.Pending.Done.IsCompleted).ToList();
        _store.Away = null;
        await clock.PassPauseAsync(isLast: true);

        Assert.True(refused.Count > 100);
        foreach (var (pending, _) in waiting.Except(refused))
        {
            Assert.Equal(SubmissionResult.Kept, (await pending.Done).Result);
        }
        foreach (var (pending, _) in refused)
        {
            Assert.Equal(SubmissionResult.StorageUnavailable, (await pending.Done).Result);
        }
    }

    [Fact]
    public async Task A_record_whose_fate_stays_open_is_tried_again_while_others_are_answered()
    {
        _store.Open = SomeRecord.Named("open").Key;
        var writer = await StartAsync(options => options.RepeatForSeconds = 60);
        var open = SubmitAsync(writer, SomeRecord.Pending(SomeRecord.Named("open")));
        for (var number = 0; number < 5; number++)
        {
            Assert.Equal(SubmissionResult.Kept, (await SubmitAsync(writer, Numbered(number))).Result);
        }
        Assert.False(open.IsCompleted);

        _store.Open = null;

        Assert.Equal(SubmissionResult.Kept, (await open).Result);
    }

    [Fact]
    public async Task A_transaction_that_was_taken_back_is_repeated_however_old_its_records_are()
    {
        _store.Plan.Enqueue((_, _) => throw new PostgresException("deadlock detected", "ERROR", "ERROR", "40P01"));
        var writer = await StartAsync(options => options.RepeatForSeconds = 0);

        Assert.Equal(SubmissionResult.Kept, (await SubmitAsync(writer, Numbered(1))).Result);
    }

    [Fact]
    public async Task Stopping_takes_nothing_more_and_writes_what_is_queued()
    {
        var (entered, release) = HoldNextCommit();
        var writer = await StartAsync(options => options.MaxBatch = 3);
        var first = SubmitAsync(writer, Numbered(0));
        await entered;
        var queued = Enumerable.Range(1, 10).Select(number => SubmitAsync(writer, Numbered(number))).ToArray();

        var stopping = writer.StopAsync(TestContext.Current.CancellationToken);
        var late = await SubmitAsync(writer, Numbered(11));
        Assert.False(stopping.IsCompleted);
        release.SetResult();
        await stopping;

        Assert.Equal(SubmissionResult.StorageUnavailable, late.Result);
        Assert.All(await Task.WhenAll([first, .. queued]), outcome =>
            Assert.Equal(SubmissionResult.Kept, outcome.Result));
        Assert.Equal(11, _store.Kept.Count);
    }

    [Fact]
    public async Task A_stop_that_runs_out_of_time_answers_everyone_who_waits()
    {
        var (entered, _) = HoldNextCommit();
        var writer = await StartAsync();
        var first = SubmitAsync(writer, Numbered(0));
        await entered;
        var queued = SubmitAsync(writer, Numbered(1));

        await writer.StopAsync(new CancellationToken(canceled: true));

        Assert.Equal(SubmissionResult.StorageUnavailable, (await first).Result);
        Assert.Equal(SubmissionResult.StorageUnavailable, (await queued).Result);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var writer in _started)
        {
            await writer.StopAsync(new CancellationToken(canceled: true));
        }
        await _services.DisposeAsync();
    }

    private (Task Entered, TaskCompletionSource Release) HoldNextCommit()
    {
        var entered = new TaskCompletionSource();
        var release = new TaskCompletionSource();
        _store.Plan.Enqueue(async (_, _) =>
        {
            entered.SetResult();
            await release.Task;
        });
        return (entered.Task, release);
    }

    private static PendingRecord Numbered(int number) => SomeRecord.Pending(SomeRecord.Named($"number {number}"));

    private static Task<SubmissionOutcome> SubmitAsync(StateWriter writer, PendingRecord pending) =>
        writer.SubmitAsync(pending, TestContext.Current.CancellationToken);

    private async Task<StateWriter> StartAsync(Action<TelemetryOptions>? set = null, TimeProvider? clock = null)
    {
        var options = new TelemetryOptions();
        set?.Invoke(options);
        var writer = new StateWriter(
            _store, clock ?? TimeProvider.System, Options.Create(options),
            new TelemetryMetrics(_services.GetRequiredService<IMeterFactory>()),
            _services.GetRequiredService<ILogger<StateWriter>>());
        await writer.StartAsync(TestContext.Current.CancellationToken);
        _started.Add(writer);
        return writer;
    }
}
