using Microsoft.Data.Sqlite;
using Plateau.Contracts;
using Plateau.Server.Devices;
using Plateau.Server.Storage;
using Plateau.Telemetry;

namespace Plateau.Server.Telemetry;

/// <summary>Records on the embedded engine: one connection that writes, in turn with the registry's writes.</summary>
internal sealed class SqliteStateStore(Engine engine) : IStateStore, IDisposable
{
    private const int EraseAtOnce = 5_000;

    private readonly LastSeenTracker _lastSeen = new();
    private Session? _session;

    public async Task<SubmissionOutcome[]> CommitAsync(IReadOnlyList<PendingRecord> batch, CancellationToken cancel)
    {
        await engine.Writer.WaitAsync(cancel);
        try
        {
            _session ??= new Session(await engine.OpenOwnSqliteAsync(cancel));
            return Commit(_session, batch);
        }
        catch
        {
            // Whatever broke, the next try starts with a new connection and no statement half-way through its rows.
            _session?.Dispose();
            _session = null;
            throw;
        }
        finally
        {
            engine.Writer.Release();
        }
    }

    public async Task<StateRecord?> FindLatestAsync(DeviceId device, CancellationToken cancel)
    {
        using var reader = await engine.Readers.RentAsync(cancel);
        var row = reader.Prepare("""
            select time, tail, time_created, location_id, state_of_charge_percent, target_state_of_charge_percent,
                battery_power_kw, energy_remaining_kwh, backup_reserve_percent, record_reference_id
            from device_states
            where device_id = ?1
            order by time desc, time_created desc, tail desc
            limit 1
            """);
        row.Bind(1, device.Value);
        return row.Step() ? ReadRecord(row, device) : null;
    }

    public async Task<int> EraseSomeAsync(DeviceId device, CancellationToken cancel)
    {
        await engine.Writer.WaitAsync(cancel);
        try
        {
            await using var connection = await engine.OpenSqliteAsync(cancel);
            using var statement = new SqliteStatement(connection, """
                delete from device_states where (device_id, time, tail) in
                    (select device_id, time, tail from device_states where device_id = ?1 limit ?2)
                """);
            statement.Bind(1, device.Value);
            statement.Bind(2, EraseAtOnce);
            var erased = statement.Execute();
            // Gives the disk back what the erased rows took.
            using var shrink = new SqliteStatement(connection, $"pragma incremental_vacuum({EraseAtOnce})");
            shrink.Execute();
            return erased;
        }
        finally
        {
            engine.Writer.Release();
        }
    }

    public void Dispose() => _session?.Dispose();

    private SubmissionOutcome[] Commit(Session session, IReadOnlyList<PendingRecord> batch)
    {
        var outcomes = new SubmissionOutcome[batch.Count];
        session.Begin.Execute();
        try
        {
            for (var index = 0; index < batch.Count; index++)
            {
                outcomes[index] = Keep(session, batch[index]);
            }
            session.Commit.Execute();
        }
        catch
        {
            session.TryRollBack();
            throw;
        }
        foreach (var (device, seen) in session.Seen)
        {
            _lastSeen.Written(device, seen);
        }
        session.Seen.Clear();
        return outcomes;
    }

    private SubmissionOutcome Keep(Session session, PendingRecord pending)
    {
        var record = pending.Record;
        // What an earlier try kept is kept, also when the device has since been deleted or its consent withdrawn.
        if (pending.MayBeKept && Find(session, record.Key) is { } kept && kept == record)
        {
            return new(SubmissionResult.Kept, kept);
        }
        if (CheckDevice(session, pending, out var placesBefore) is { } refusal)
        {
            return refusal;
        }
        if (placesBefore is not null)
        {
            // A repeat or a conflict changes nothing, so it adds no place either.
            if (Find(session, record.Key) is { } met)
            {
                return SubmissionRules.Judge(record, met, pending.MayBeKept);
            }
            if (DeviceLocations.Count(placesBefore) >= DeviceLocations.Max)
            {
                return SubmissionResult.LocationsFull;
            }
            session.Device.AddPlace(record.Key.DeviceId, placesBefore, record.LocationId);
        }
        if (!TryInsert(session.Insert, record))
        {
            var stored = Find(session, record.Key)
                ?? throw new InvalidOperationException("A record that was in the way of another is not there.");
            return SubmissionRules.Judge(record, stored, pending.MayBeKept);
        }
        var device = record.Key.DeviceId;
        if (_lastSeen.IsDue(record))
        {
            session.Device.SetLastSeen(device, record.CreatedUnixMilliseconds);
            session.Seen[device] = record.CreatedUnixMilliseconds;
        }
        return new(SubmissionResult.Kept, record);
    }

    /// <param name="session">The connection.</param>
    /// <param name="pending">The record.</param>
    /// <param name="placesBefore">The device's places, packed, when the record's is not among them; else null.</param>
    private static SubmissionResult? CheckDevice(Session session, PendingRecord pending, out byte[]? placesBefore)
    {
        placesBefore = null;
        var statement = session.FindDevice;
        statement.Bind(1, pending.Record.Key.DeviceId.Value);
        statement.Bind(2, pending.Caller.AccountId.Value);
        statement.Bind(3, pending.Caller.LiveMode ? 1 : 0);
        if (!statement.Step())
        {
            return SubmissionResult.DeviceNotFound;
        }
        var agreed = statement.Int64(0) != 0;
        var isKnownPlace = DeviceLocations.Contains(statement.Blob(1), pending.Record.LocationId);
        placesBefore = isKnownPlace ? null : statement.Blob(1).ToArray();
        statement.Reset();
        if (placesBefore is not null && !Exists(session.FindLocation, pending))
        {
            return SubmissionResult.LocationNotFound;
        }
        return agreed ? null : SubmissionResult.ConsentMissing;
    }

    private static bool Exists(SqliteStatement findLocation, PendingRecord pending)
    {
        findLocation.Bind(1, pending.Record.LocationId.Value);
        findLocation.Bind(2, pending.Caller.AccountId.Value);
        findLocation.Bind(3, pending.Caller.LiveMode ? 1 : 0);
        var found = findLocation.Step();
        findLocation.Reset();
        return found;
    }

    private static bool TryInsert(SqliteStatement insert, StateRecord record)
    {
        insert.Bind(1, record.Key.DeviceId.Value);
        insert.Bind(2, record.Key.UnixMicroseconds);
        insert.Bind(3, record.Key.SortableTail);
        insert.Bind(4, record.CreatedUnixMilliseconds);
        insert.Bind(5, record.LocationId.Value);
        insert.Bind(6, record.StateOfChargePercent);
        insert.Bind(7, record.TargetStateOfChargePercent);
        insert.Bind(8, record.BatteryPowerKw);
        insert.Bind(9, record.EnergyRemainingKwh);
        insert.Bind(10, record.BackupReservePercent);
        insert.Bind(11, record.RecordReferenceId);
        return insert.Execute() == 1;
    }

    private static StateRecord? Find(Session session, StateRecordKey key)
    {
        var statement = session.FindRecord;
        statement.Bind(1, key.DeviceId.Value);
        statement.Bind(2, key.UnixMicroseconds);
        statement.Bind(3, key.SortableTail);
        if (!statement.Step())
        {
            return null;
        }
        var record = ReadRecord(statement, key.DeviceId);
        statement.Reset();
        return record;
    }

    private static StateRecord ReadRecord(SqliteStatement row, DeviceId device) => new()
    {
        Key = new StateRecordKey(device, row.Int64(0), StateRecordKey.TailFromSortable(row.Int64(1))),
        CreatedUnixMilliseconds = row.Int64(2),
        LocationId = new LocationId(ObjectId.Read(row.Blob(3))),
        StateOfChargePercent = row.Double(4),
        TargetStateOfChargePercent = row.Double(5),
        BatteryPowerKw = row.DoubleOrNull(6),
        EnergyRemainingKwh = row.DoubleOrNull(7),
        BackupReservePercent = row.DoubleOrNull(8),
        RecordReferenceId = row.TextOrNull(9),
    };

    /// <summary>The writing connection and its statements.</summary>
    private sealed class Session : IDisposable
    {
        // 64 MiB. Every device's newest rows are on a page of their own; with the default of 2 MB a thousand devices
        // make each batch read and spill pages.
        private const string SetCacheSize = "pragma cache_size = -65536";

        private readonly SqliteConnection _connection;
        private readonly List<SqliteStatement> _statements = [];
        private readonly SqliteStatement _rollback;

        public Session(SqliteConnection connection)
        {
            _connection = connection;
            try
            {
                Prepare(SetCacheSize).Execute();
                Begin = Prepare("begin immediate");
                Commit = Prepare("commit");
                _rollback = Prepare("rollback");
                FindDevice = Prepare("""
                    select consent_telemetry, locations from devices
                    where id = ?1 and account_id = ?2 and live_mode = ?3
                    """);
                FindLocation = Prepare("""
                    select 1 from locations where id = ?1 and account_id = ?2 and live_mode = ?3
                    """);
                Device = new(Prepare);
                Insert = Prepare("""
                    insert into device_states (device_id, time, tail, time_created, location_id,
                        state_of_charge_percent, target_state_of_charge_percent, battery_power_kw, energy_remaining_kwh,
                        backup_reserve_percent, record_reference_id)
                    values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
                    on conflict do nothing
                    """);
                FindRecord = Prepare("""
                    select time, tail, time_created, location_id, state_of_charge_percent,
                        target_state_of_charge_percent, battery_power_kw, energy_remaining_kwh, backup_reserve_percent,
                        record_reference_id
                    from device_states
                    where device_id = ?1 and time = ?2 and tail = ?3
                    """);
            }
            catch
            {
                Dispose();
                throw;
            }
        }

        public SqliteStatement Begin { get; }
        public SqliteStatement Commit { get; }
        public SqliteStatement FindDevice { get; }
        public SqliteStatement FindLocation { get; }
        public SqliteDeviceChanges Device { get; }
        public SqliteStatement Insert { get; }
        public SqliteStatement FindRecord { get; }

        /// <summary>Moments written in the transaction, to be remembered once it is committed.</summary>
        public Dictionary<DeviceId, long> Seen { get; } = [];

        public void TryRollBack()
        {
            Seen.Clear();
            try
            {
                _rollback.Execute();
            }
            catch (SqliteException)
            {
                // SQLite has rolled back by itself; the fault that led here is the one to tell.
            }
        }

        public void Dispose()
        {
            _statements.ForEach(statement => statement.Dispose());
            _connection.Dispose();
        }

        private SqliteStatement Prepare(string sql)
        {
            var statement = new SqliteStatement(_connection, sql);
            _statements.Add(statement);
            return statement;
        }
    }
}
