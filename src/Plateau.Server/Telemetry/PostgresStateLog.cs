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

    // The oldest transaction that is still open, and the next one.
    private const string HorizonSql = """
        select pg_snapshot_xmin(s)::text::bigint, pg_snapshot_xmax(s)::text::bigint from pg_current_snapshot() s
        """;
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
            returning since, since > {Now} - @young
            """, connection);
        AddCaller(watch, caller);
        // Somewhat longer, since a watch is renewed once a minute.
        watch.Parameters.AddWithValue("kept", Microseconds(IStateLog.KeptFor + TimeSpan.FromMinutes(2)));
        watch.Parameters.AddWithValue("young", Microseconds(IStateLog.MayBeOpen));
        var (since, isYoung) = await ReadPairAsync<long, bool>(watch, cancel);
        if (isYoung)
        {
            // Waits until no transaction is under way that has not seen the watch; of an older watch none is.
            await using var settle = new NpgsqlCommand("select pg_advisory_xact_lock(@watch)", connection);
            settle.Parameters.AddWithValue("watch", PostgresKeep.WatchLock);
            await settle.ExecuteNonQueryAsync(cancel);
        }
        await using var horizon = new NpgsqlCommand(HorizonSql, connection);
        var (oldest, _) = await ReadPairAsync<long, long>(horizon, cancel);
        return new(Instant.FromUnixMicroseconds(since), Before(oldest));
    }

    public async Task<LogPage> ReadAsync(
        Caller caller, LogPlace after, DeviceId? device, int limit, CancellationToken cancel)
    {
        // Up to the oldest transaction that was still open a moment ago: none can come in behind what was read.
        await using var connection = await engine.Postgres.OpenConnectionAsync(cancel);
        await using var horizon = new NpgsqlCommand(HorizonSql, connection);
        var (oldest, next) = await ReadPairAsync<long, long>(horizon, cancel);
        await using var command = new NpgsqlCommand($"""
            select {RecordColumns.Of("e")}, e.device_id, e.transaction, e.number
            from state_events e
            join devices d on d.id = e.device_id and d.consent_telemetry
            where e.account_id = @account and e.live_mode = @live
                and (e.transaction, e.number) > (@transaction, @number)
                and e.transaction < @oldest
                and (@device is null or e.device_id = @device)
            order by e.transaction, e.number
            limit @limit
            """, connection);
        AddCaller(command, caller);
        command.Parameters.AddWithValue("oldest", oldest);
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
        var last = found.Count > 0 ? found[^1].Place : after;
        return new(found, found.Count < limit && Before(oldest).IsAfter(last) ? Before(oldest) : last, Before(next));
    }

    public async Task PruneAsync(CancellationToken cancel)
    {
        await using var command = engine.Postgres.CreateCommand($"""
            delete from state_events where (account_id, live_mode, transaction, number) in (
                select account_id, live_mode, transaction, number from state_events
                where time_created < {Now} / 1000 - @kept
                limit @limit
                for update skip locked)
            """);
        command.Parameters.AddWithValue("kept", (long)(IStateLog.KeptFor + IStateLog.MayBeOpen).TotalMilliseconds);
        command.Parameters.AddWithValue("limit", PruneAtOnce);
        while (await command.ExecuteNonQueryAsync(cancel) == PruneAtOnce)
        {
        }
    }

    // The end of what comes before a transaction.
    private static LogPlace Before(long transaction) => new(transaction - 1, long.MaxValue);

    private static long Microseconds(TimeSpan time) => time.Ticks / TimeSpan.TicksPerMicrosecond;

    private static async Task<(TFirst First, TSecond Second)> ReadPairAsync<TFirst, TSecond>(
        NpgsqlCommand command, CancellationToken cancel)
    {
        await using var reader = await command.ExecuteReaderAsync(cancel);
        await reader.ReadAsync(cancel);
        return (reader.GetFieldValue<TFirst>(0), reader.GetFieldValue<TSecond>(1));
    }

    private static void AddCaller(NpgsqlCommand command, Caller caller)
    {
        command.Parameters.AddWithValue("account", caller.AccountId.Value.ToByteArray());
        command.Parameters.AddWithValue("live", caller.LiveMode);
    }
}
