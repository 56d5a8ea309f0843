using Plateau.Contracts;
using Plateau.Server.Access;
using Plateau.Server.Storage;

namespace Plateau.Server.Telemetry;

/// <summary>The log of accepted records on the embedded engine.</summary>
internal sealed class SqliteStateLog(Engine engine) : IStateLog, IDisposable
{
    /// <summary>Who is watched.</summary>
    public const string FindWatchedSql = $"select account_id, live_mode from state_watches where until > {Now}";

    /// <summary>Notes a record that the transaction keeps.</summary>
    public const string NoteSql = """
        insert into state_events (account_id, live_mode, device_id, time, tail, time_created, location_id,
            state_of_charge_percent, target_state_of_charge_percent, battery_power_kw, energy_remaining_kwh,
            backup_reserve_percent, record_reference_id)
        values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)
        """;

    private const string Now = "cast(unixepoch('subsec') * 1000000 as integer)";
    private const int PruneAtOnce = 2_000;

    private readonly SqliteWriter _writer = new(engine);

    /// <summary>Who is watched, by the statement of <see cref="FindWatchedSql"/>.</summary>
    public static HashSet<(AccountId Account, bool LiveMode)> FindWatched(SqliteStatement row)
    {
        var watched = new HashSet<(AccountId Account, bool LiveMode)>();
        while (row.Step())
        {
            watched.Add((new AccountId(ObjectId.Read(row.Blob(0))), row.Int64(1) != 0));
        }
        return watched;
    }

    /// <summary>Notes a record, by the statement of <see cref="NoteSql"/>.</summary>
    public static void Note(SqliteStatement note, PendingRecord pending)
    {
        var record = pending.Record;
        note.Bind(1, pending.Caller.AccountId.Value);
        note.Bind(2, pending.Caller.LiveMode ? 1 : 0);
        note.Bind(3, record.Key.DeviceId.Value);
        note.Bind(4, record.Key.UnixMicroseconds);
        note.Bind(5, record.Key.SortableTail);
        note.Bind(6, record.CreatedUnixMilliseconds);
        note.Bind(7, record.LocationId.Value);
        note.Bind(8, record.StateOfChargePercent);
        note.Bind(9, record.TargetStateOfChargePercent);
        note.Bind(10, record.BatteryPowerKw);
        note.Bind(11, record.EnergyRemainingKwh);
        note.Bind(12, record.BackupReservePercent);
        note.Bind(13, record.RecordReferenceId);
        note.Execute();
    }

    public Task<LogWatch> WatchAsync(Caller caller, CancellationToken cancel) => _writer.WriteAsync(writer =>
    {
        var watch = writer.Prepare($"""
            insert into state_watches (account_id, live_mode, since, until)
            select ?1, ?2, now, now + ?3 from (select {Now} as now) where true
            on conflict (account_id, live_mode) do update set
                since = case when until < excluded.since then excluded.since else since end,
                until = max(until, excluded.until)
            returning since
            """);
        watch.Bind(1, caller.AccountId.Value);
        watch.Bind(2, caller.LiveMode ? 1 : 0);
        // Somewhat longer, since a watch is renewed once a minute.
        watch.Bind(3, (IStateLog.KeptFor + TimeSpan.FromMinutes(2)).Ticks / TimeSpan.TicksPerMicrosecond);
        var since = watch.Step() ? watch.Int64(0) : 0;
        watch.Reset();
        return new LogWatch(Instant.FromUnixMicroseconds(since), ReadEnd(writer.Prepare));
    }, cancel);

    public async Task<LogPage> ReadAsync(
        Caller caller, LogPlace after, DeviceId? device, int limit, CancellationToken cancel)
    {
        using var reader = await engine.Readers.RentAsync(cancel);
        var end = ReadEnd(reader.Prepare);
        var row = reader.Prepare($"""
            select {RecordColumns.Of("e")}, e.device_id, e.number
            from state_events e
            join devices d on d.id = e.device_id and d.consent_telemetry
            where e.account_id = ?1 and e.live_mode = ?2 and e.number > ?3 and (?4 is null or e.device_id = ?4)
            order by e.number
            limit ?5
            """);
        row.Bind(1, caller.AccountId.Value);
        row.Bind(2, caller.LiveMode ? 1 : 0);
        row.Bind(3, after.Number);
        if (device is { } one)
        {
            row.Bind(4, one.Value);
        }
        else
        {
            row.Bind(4, (string?)null);
        }
        row.Bind(5, limit);
        var found = new List<LoggedState>();
        while (row.Step())
        {
            var record = SqliteStateReader.ReadRecord(row, new DeviceId(ObjectId.Read(row.Blob(10))));
            found.Add(new(new(0, row.Int64(11)), record));
        }
        row.Reset();
        // What came between the two questions is among what was found.
        var last = found.Count > 0 ? found[^1].Place : after;
        return new LogPage(found, found.Count < limit && end.IsAfter(last) ? end : last, end);
    }

    public async Task PruneAsync(CancellationToken cancel)
    {
        int pruned;
        do
        {
            pruned = await _writer.WriteAsync(writer =>
            {
                var delete = writer.Prepare($"""
                    delete from state_events where number in (
                        select number from state_events where time_created < {Now} / 1000 - ?1 limit ?2)
                    """);
                delete.Bind(1, (long)(IStateLog.KeptFor + IStateLog.MayBeOpen).TotalMilliseconds);
                delete.Bind(2, PruneAtOnce);
                return delete.Execute();
            }, cancel);
        }
        while (pruned == PruneAtOnce);
    }

    public void Dispose() => _writer.Dispose();

    private static LogPlace ReadEnd(Func<string, SqliteStatement> prepare)
    {
        var row = prepare("select seq from sqlite_sequence where name = 'state_events'");
        var last = row.Step() ? row.Int64(0) : 0;
        row.Reset();
        return new(0, last);
    }
}
