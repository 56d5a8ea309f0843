using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Plateau.Contracts;
using Plateau.Server.Storage;
using Plateau.Server.Telemetry;

namespace Plateau.Server.Tests.Telemetry;

/// <summary>Nobody packs up to a mark that a submission under way may not have seen.</summary>
public sealed class MarkTests
{
    [Fact]
    public async Task A_mark_that_another_has_moved_and_not_settled_is_waited_for_before_anything_is_packed()
    {
        await using var server = await TestServer.StartAsync(Store.Postgres);
        var location = ObjectIdText.Parse<LocationId>(await server.Api.CreateLocationAsync());
        var device = ObjectIdText.Parse<DeviceId>(
            await server.Api.CreateDeviceAsync($$"""{"locations":["{{location}}"]}"""));
        var chunks = server.Services.GetRequiredService<IChunkStore>();
        var cancel = TestContext.Current.CancellationToken;
        PendingRecord[] records =
        [
            SomeRecord.Pending(SomeRecord.Named("A", device, location), SomeRecord.CallerOf(server)),
        ];
        Task<SubmissionOutcome[]> packing;
        await using (await SubmissionUnderWay.BeginAsync(server))
        {
            using var impatient = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            var given = chunks.KeepPastAsync(records, impatient.Token);
            await Until.TrueAsync("the mark is moved and waited for", () => IsWaitedForAsync(server));
            await impatient.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => given);
            await Until.TrueAsync("nobody waits", async () => !await IsWaitedForAsync(server));

            packing = chunks.KeepPastAsync(records, cancel);

            await Until.TrueAsync("it is waited for again", () => IsWaitedForAsync(server));
            Assert.False(packing.IsCompleted);
        }
        Assert.Equal(SubmissionResult.Kept, Assert.Single(await packing).Result);
    }

    private static async Task<bool> IsWaitedForAsync(TestServer server) => await server.ReadNumberAsync("""
        select count(*) from pg_locks
        where locktype = 'advisory' and not granted
            and database = (select oid from pg_database where datname = current_database())
        """) > 0;

    /// <summary>A submission that has read its device, and has not yet committed.</summary>
    private sealed class SubmissionUnderWay(NpgsqlConnection connection, NpgsqlTransaction transaction)
        : IAsyncDisposable
    {
        public static async Task<SubmissionUnderWay> BeginAsync(TestServer server)
        {
            var cancel = TestContext.Current.CancellationToken;
            var connection = await server.Services.GetRequiredService<Engine>().Postgres.OpenConnectionAsync(cancel);
            var transaction = await connection.BeginTransactionAsync(cancel);
            await using var command = new NpgsqlCommand(
                $"select pg_advisory_xact_lock_shared({PostgresKeep.MarkLock})", connection);
            await command.ExecuteNonQueryAsync(cancel);
            return new(connection, transaction);
        }

        public async ValueTask DisposeAsync()
        {
            await transaction.DisposeAsync();
            await connection.DisposeAsync();
        }
    }
}
