using Microsoft.Data.Sqlite;
using Plateau.Contracts;
using Plateau.Server.Devices;
using Plateau.Server.Storage;
using Plateau.Telemetry;

namespace Plateau.Server.Telemetry;

/// <summary>Records on the embedded engine: one connection that writes, in turn with the registry's writes.</summary>
internal sealed class SqliteStateStore(Engine engine) : IStateStore, IDisposable
{
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

    public void Dispose() => _session?.Dispose();

    private SubmissionOutcome[] Commit(Session session, IReadOnlyList<PendingRecord> batch)
    {
        var outcomes = new SubmissionOutcome[batch.Count];
        session.Chunks.Clear();
        session.Found = null;
        session.Begin.Execute();
        try
        {
            var watched = SqliteStateLog.FindWatched(session.FindWatched);
            foreach (var index in ByDevice(batch))
            {
                outcomes[index] = Keep(session, batch[index]);
                var caller = batch[index].Caller;
                if (outcomes[index].Result == SubmissionResult.Kept
                    && watched.Contains((caller.AccountId, caller.LiveMode)))
                {
                    SqliteStateLog.Note(session.NoteEvent, batch[index]);
                }
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

    // Rows of one device are neighbours in the store, and it is looked up once for all of them. Which of two copies
    // comes first stays as it was.
    private static int[] ByDevice(IReadOnlyList<PendingRecord> batch)
    {
        var order = new int[batch.Count];
        var devices = new ObjectId[batch.Count];
        for (var index = 0; index < order.Length; index++)
        {
            order[index] = index;
            devices[index] = batch[index].Record.Key.DeviceId.Value;
        }
        Array.Sort(order, (left, right) =>
        {
            var byDevice = devices[left].CompareTo(devices[right]);
            return byDevice != 0 ? byDevice : left.CompareTo(right);
        });
        return order;
    }

    private SubmissionOutcome Keep(Session session, PendingRecord pending)
    {
        var record = pending.Record;
        // What an earlier try kept is kept, also when the device has since been deleted or its consent withdrawn.
        if (pending.MayBeKept && Find(session, record.Key) is { } kept && kept == record)
        {
            return new(SubmissionResult.Kept, kept);
        }
        if (FindDevice(session, pending) is not { } device)
        {
            return SubmissionResult.DeviceNotFound;
        }
        var isNewPlace = !DeviceLocations.Contains(device.Locations, record.LocationId);
        if (isNewPlace && !Exists(session.FindLocation, pending))
        {
            return SubmissionResult.LocationNotFound;
        }
        if (!device.ConsentTelemetry)
        {
            return SubmissionResult.ConsentMissing;
        }
        if (record.Key.UnixMicroseconds <= device.ChunkedUntil && FindPacked(session, record.Key) is { } packed)
        {
            return SubmissionRules.Judge(record, packed, pending.MayBeKept);
        }
        if (isNewPlace)
        {
            // A repeat or a conflict changes nothing, so it adds no place either.
            if (FindRow(session, record.Key) is { } met)
            {
                return SubmissionRules.Judge(record, met, pending.MayBeKept);
            }
            if (DeviceLocations.Count(device.Locations) >= DeviceLocations.Max)
            {
                return SubmissionResult.LocationsFull;
            }
            session.Device.AddPlace(device.Id, device.Locations, record.LocationId);
            session.Found = null;
        }
        if (!TryInsert(session.Insert, record))
        {
            var stored = FindRow(session, record.Key)
                ?? throw new InvalidOperationException("A record that was in the way of another is not there.");
            return SubmissionRules.Judge(record, stored, pending.MayBeKept);
        }
        if (_lastSeen.IsDue(record))
        {
            session.Device.SetLastSeen(device.Id, record.CreatedUnixMilliseconds);
            session.Seen[device.Id] = record.CreatedUnixMilliseconds;
        }
        return new(SubmissionResult.Kept, record);
    }

    // The device of the record before, in the same transaction, is not looked up again.
    private static FoundDevice? FindDevice(Session session, PendingRecord pending)
    {
        var (device, caller) = (pending.Record.Key.DeviceId, pending.Caller);
        if (session.Found is { } before && before.Id == device
            && before.AccountId == caller.AccountId && before.LiveMode == caller.LiveMode)
        {
            return before;
        }
        var statement = session.FindDevice;
        statement.Bind(1, device.Value);
        statement.Bind(2, caller.AccountId.Value);
        statement.Bind(3, caller.LiveMode ? 1 : 0);
        session.Found = null;
        if (statement.Step())
        {
            session.Found = new(
                device, caller.AccountId, caller.LiveMode, statement.Int64(0) != 0, statement.Blob(1).ToArray(),
                statement.IsNull(2) ? null : statement.Int64(2));
        }
        statement.Reset();
        return session.Found;
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

    private static StateRecord? Find(Session session, StateRecordKey key) =>
        FindRow(session, key) ?? FindPacked(session, key);

    private static StateRecord? FindPacked(Session session, StateRecordKey key)
    {
        if (!session.Chunks.Knows(key))
        {
            var day = StoredChunk.DayOf(key.UnixMicroseconds);
            var statement = session.FindChunk;
            statement.Bind(1, key.DeviceId.Value);
            statement.Bind(2, day);
            session.Chunks.Add(key.DeviceId, day, statement.Step() ? statement.Blob(0).ToArray() : null);
            statement.Reset();
        }
        return session.Chunks.Find(key);
    }

    private static StateRecord? FindRow(Session session, StateRecordKey key)
    {
        var statement = session.FindRecord;
        statement.Bind(1, key.DeviceId.Value);
        statement.Bind(2, key.UnixMicroseconds);
        statement.Bind(3, key.SortableTail);
        if (!statement.Step())
        {
            return null;
        }
        var record = SqliteStateReader.ReadRecord(statement, key.DeviceId);
        statement.Reset();
        return record;
    }

    /// <summary>What a record is checked by.</summary>
    private sealed record FoundDevice(
        DeviceId Id, AccountId AccountId, bool LiveMode, bool ConsentTelemetry, byte[] Locations, long? ChunkedUntil);

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
                    select consent_telemetry, locations, chunked_until from devices
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
                FindRecord = Prepare($"""
                    select {RecordColumns.All} from device_states
                    where device_id = ?1 and time = ?2 and tail = ?3
                    """);
                FindWatched = Prepare(SqliteStateLog.FindWatchedSql);
                NoteEvent = Prepare(SqliteStateLog.NoteSql);
                FindChunk = Prepare("""
                    select data from state_chunks
                    where device_id = ?1 and day = ?2
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
        public SqliteStatement FindChunk { get; }
        public SqliteStatement FindWatched { get; }
        public SqliteStatement NoteEvent { get; }

        /// <summary>The device met last in the transaction, as it is now.</summary>
        public FoundDevice? Found { get; set; }

        /// <summary>Chunks met in the transaction.</summary>
        public ChunkLookup Chunks { get; } = new();

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
