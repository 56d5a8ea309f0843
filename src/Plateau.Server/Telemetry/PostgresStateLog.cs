using Npgsql;
using NpgsqlTypes;
using Plateau.Contracts;
using Plateau.Server.Access;
using Plateau.Server.Storage;

namespace Plateau.Server.Telemetry;

/// <summary>The log of accepted records on PostgreSQL.</summary>
internal sealed class PostgresStateLog(Engine engine) : IStateLog
{
    /// <summary>Takes part in the lock that keeps watches from beginning.</summary>
    public const string ShareSql = "select pg_advisory_xact_lock_shared(@watch)";

    private const int PruneAtOnce = 5_000;
    private const string Now = "(extract(epoch from clock_timestamp()) * 1000000)::bigint";

    /// <summary>Who is watched, for the rest of the transaction.</summary>
    public static async Task<HashSet<(AccountId Account, bool LiveMode)>> FindWatchedAsync(
        NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(new(ShareSql) { Parameters = { new("watch", PostgresKeep.WatchLock) } });
        batch.BatchCommands.Add(new($"select account_id, live_mode from state_watches where until > {Now}"));
        var watched = new HashSet<(AccountId Account, bool LiveMode)>();
        await using var reader = await batch.ExecuteReaderAsync(cancel);
        await reader.NextResultAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            watched.Add((new AccountId(ObjectId.Read(reader.GetFieldValue<byte[]>(0))), reader.GetBoolean(1)));
        }
        return watched;
    }

    /// <summary>Notes records that a transaction keeps.</summary>
    public static async Task NoteAsync(
        NpgsqlConnection connection, IReadOnlyList<PendingRecord> records, CancellationToken cancel)
    {
        if (records.Count == 0)
        {
            return;
        }
        var note = new NpgsqlBatchCommand("""
            insert into state_events (account_id, live_mode, transaction, device_id, time, tail, time_created,
                location_id, state_of_charge_percent, target_state_of_charge_percent, battery_power_kw,
                energy_remaining_kwh, backup_reserve_percent, record_reference_id)
            select i.account_id, i.live_mode, pg_current_xact_id()::text::bigint, i.device_id, i.time, i.tail,
                i.time_created, i.location_id, i.charge, i.target, i.power, i.energy, i.reserve, i.reference
            from unnest(@account, @live, @device, @time, @tail, @created, @location, @charge, @target, @power, @energy,
                @reserve, @reference)
                with ordinality as i (account_id, live_mode, device_id, time, tail, time_created, location_id, charge,
                    target, power, energy, reserve, reference, number)
            order by i.number
            """);
        PostgresKeep.AddRecords(note, records);
        await using var batch = new NpgsqlBatch(connection) { BatchCommands = { note } };
        await batch.ExecuteNonQueryAsync(cancel);
    }

    public async Task<LogWatch> WatchAsync(Caller caller, CancellationToken cancel)
    {
        await using var connection = await engine.Postgres.OpenConnectionAsync(cancel);
        await using var watch = new NpgsqlCommand($"""
            insert into state_watches as w (account_id, live_mode, since, until)
            select @account, @live, now, now + @kept from (select {Now} as now) c
            on conflict (account_id, live_mode) do update set
                since = case when w.until < excluded.since then excluded.since else w.since end,
                until = greatest(w.until, excluded.until)
            returning since
            """, connection);
        AddCaller(watch, caller);
        // Somewhat longer, since a watch is renewed once a minute.
        watch.Parameters.AddWithValue(
            "kept", (IStateLog.KeptFor + TimeSpan.FromMinutes(2)).Ticks / TimeSpan.TicksPerMicrosecond);
        var since = (long)(await watch.ExecuteScalarAsync(cancel) ?? 0L);
        // Waits until no transaction is under way that has not seen the watch.
        await using var settle = new NpgsqlCommand("select pg_advisory_xact_lock(@watch)", connection);
        settle.Parameters.AddWithValue("watch", PostgresKeep.WatchLock);
        await settle.ExecuteNonQueryAsync(cancel);
        await using var end = new NpgsqlCommand(
            "select pg_snapshot_xmin(pg_current_snapshot())::text::bigint", connection);
        var next = (long)(await end.ExecuteScalarAsync(cancel) ?? 0L);
        return new(Instant.FromUnixMicroseconds(since), new(next - 1, long.MaxValue));
    }

    public async Task<List<LoggedState>> ReadAsync(
        Caller caller, LogPlace after, DeviceId? device, int limit, CancellationToken cancel)
    {
        // Up to the oldest transaction that is still open: none can come in behind what was read.
        await using var command = engine.Postgres.CreateCommand($"""
            select {PostgresStateReader.RecordColumnsOf("e")}, e.device_id, e.transaction, e.number
            from state_events e
            join devices d on d.id = e.device_id and d.consent_telemetry
            where e.account_id = @account and e.live_mode = @live
                and (e.transaction, e.number) > (@transaction, @number)
                and e.transaction < pg_snapshot_xmin(pg_current_snapshot())::text::bigint
                and (@device is null or e.device_id = @device)
            order by e.transaction, e.number
            limit @limit
            """);
        AddCaller(command, caller);
        command.Parameters.AddWithValue("transaction", after.Transaction);
        command.Parameters.AddWithValue("number", after.Number);
        command.Parameters.Add(new NpgsqlParameter("device", NpgsqlDbType.Bytea)
        {
            Value = device is { } id ? id.Value.ToByteArray() : DBNull.Value,
        });
        command.Parameters.AddWithValue("limit", limit);
        var found = new List<LoggedState>();
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            var record = PostgresStateReader.ReadRecord(
                reader, new DeviceId(ObjectId.Read(reader.GetFieldValue<byte[]>(10))));
            found.Add(new(new(reader.GetInt64(11), reader.GetInt64(12)), record));
        }
        return found;
    }

    public async Task PruneAsync(CancellationToken cancel)
    {
        await using var command = engine.Postgres.CreateCommand($"""
            delete from state_events where (account_id, live_mode, transaction, number) in (
                select account_id, live_mode, transaction, number from state_events
                where time_created < {Now} / 1000 - @kept
                order by account_id, live_mode, transaction, number
                limit @limit
                for update skip locked)
            """);
        command.Parameters.AddWithValue("kept", (long)IStateLog.KeptFor.TotalMilliseconds);
        command.Parameters.AddWithValue("limit", PruneAtOnce);
        while (await command.ExecuteNonQueryAsync(cancel) == PruneAtOnce)
        {
        }
    }

    private static void AddCaller(NpgsqlCommand command, Caller caller)
    {
        command.Parameters.AddWithValue("account", caller.AccountId.Value.ToByteArray());
        command.Parameters.AddWithValue("live", caller.LiveMode);
    }
}
