using Plateau.Contracts;
using Plateau.Server.Devices;
using Plateau.Server.Storage;
using Plateau.Telemetry;

namespace Plateau.Server.Telemetry;

/// <summary>Packs records into chunks on the embedded engine.</summary>
internal sealed class SqliteChunkStore(Engine engine, TimeProvider clock) : IChunkStore, IDisposable
{
    private const int EraseAtOnce = 2_000;
    private const int EraseChunksAtOnce = 200;

    // Pages of 4 KiB; some milliseconds.
    private const int ReleaseAtOnce = 500;
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(30);

    private readonly SqliteWriter _writer = new(engine);
    private volatile bool _hasErased = true;

    public async Task<SubmissionOutcome[]> KeepPastAsync(
        IReadOnlyList<PendingRecord> records, CancellationToken cancel)
    {
        // Packing takes longer than writing what was packed, so it is done before the turn, in which all other writes
        // wait. It holds good if nothing has changed by then.
        var places = PastRecords.PlacesOf(records);
        PastRecords.Kept before;
        using (var reader = await engine.Readers.RentAsync(cancel))
        {
            before = ReadKept(reader.Prepare, places);
        }
        var early = PastRecords.Decide(records, before);
        return await _writer.WriteAsync(writer =>
        {
            var kept = ReadKept(writer.Prepare, places);
            var (outcomes, chunks) = kept.IsSameAs(before) ? early : PastRecords.Decide(records, kept);
            var changes = new SqliteDeviceChanges(writer.Prepare);
            foreach (var (device, chunk) in chunks)
            {
                Write(writer, device, chunk);
                changes.MoveMark(device, chunk.LastTime);
            }
            foreach (var (device, moment) in SubmissionRules.SeenBy(outcomes))
            {
                changes.SetLastSeen(device, moment);
            }
            var watched = SqliteStateLog.FindWatched(writer.Prepare(SqliteStateLog.FindWatchedSql));
            foreach (var pending in SubmissionRules.KeptFor(records, outcomes, watched))
            {
                SqliteStateLog.Note(writer.Prepare(SqliteStateLog.NoteSql), pending);
            }
            return Array.ConvertAll(outcomes, outcome => outcome ?? SubmissionResult.Postponed);
        }, cancel);
    }

    public async Task<IReadOnlyList<SurveyedDevice>> SurveyAsync(DeviceId after, int limit, CancellationToken cancel)
    {
        using var reader = await engine.Readers.RentAsync(cancel);
        var row = reader.Prepare("""
            select d.id,
                (select min(s.time) from device_states s where s.device_id = d.id),
                (select max(s.time) from device_states s where s.device_id = d.id),
                a.retention_days,
                case when a.retention_days is not null then (
                    select min(c.day) from state_chunks c where c.device_id = d.id) end
            from devices d join accounts a on a.id = d.account_id
            where d.id > ?1
            order by d.id
            limit ?2
            """);
        row.Bind(1, after.Value);
        row.Bind(2, limit);
        var found = new List<SurveyedDevice>();
        while (row.Step())
        {
            found.Add(new(
                new DeviceId(ObjectId.Read(row.Blob(0))),
                row.IsNull(1) ? null : row.Int64(1),
                row.IsNull(2) ? null : row.Int64(2),
                row.IsNull(3) ? null : (int)row.Int64(3),
                row.IsNull(4) ? null : (int)row.Int64(4)));
        }
        return found;
    }

    public Task<IReadOnlyCollection<DeviceId>> MoveMarksAsync(
        IReadOnlyCollection<DeviceId> devices, long until, CancellationToken cancel) =>
        _writer.WriteAsync(writer =>
        {
            var changes = new SqliteDeviceChanges(writer.Prepare);
            foreach (var device in devices)
            {
                changes.MoveMark(device, until);
            }
            return devices;
        }, cancel);

    public Task<int> FoldAsync(DeviceId device, long until, CancellationToken cancel) =>
        _writer.WriteAsync(writer =>
        {
            var rows = ReadFoldable(writer, device, until);
            var (chunks, folded) = PastRecords.Fold(device, rows, day => FindChunk(writer.Prepare, new(device, day)));
            foreach (var chunk in chunks)
            {
                Write(writer, device, chunk);
            }
            if (folded > 0)
            {
                DeleteUpTo(writer, rows[folded - 1].Key, folded);
            }
            return folded;
        }, cancel);

    public Task<int> EraseDeviceAsync(DeviceId device, CancellationToken cancel) =>
        EraseAsync(writer =>
        {
            var rows = writer.Prepare("""
                delete from device_states where (device_id, time, tail) in
                    (select device_id, time, tail from device_states where device_id = ?1 limit ?2)
                """);
            rows.Bind(1, device.Value);
            rows.Bind(2, EraseAtOnce);
            var chunks = writer.Prepare("""
                delete from state_chunks where (device_id, day) in
                    (select device_id, day from state_chunks where device_id = ?1 limit ?2)
                """);
            chunks.Bind(1, device.Value);
            chunks.Bind(2, EraseChunksAtOnce);
            var events = writer.Prepare("delete from state_events where device_id = ?1");
            events.Bind(1, device.Value);
            events.Execute();
            return rows.Execute() + chunks.Execute();
        }, cancel);

    public Task<int> EraseBeforeAsync(DeviceId device, int day, CancellationToken cancel) =>
        EraseAsync(writer =>
        {
            var chunks = writer.Prepare("""
                delete from state_chunks where (device_id, day) in (
                    select device_id, day from state_chunks where device_id = ?1 and day < ?2 limit ?3)
                """);
            chunks.Bind(1, device.Value);
            chunks.Bind(2, day);
            chunks.Bind(3, EraseChunksAtOnce);
            var rows = writer.Prepare("""
                delete from device_states where (device_id, time, tail) in (
                    select device_id, time, tail from device_states where device_id = ?1 and time < ?2 limit ?3)
                """);
            rows.Bind(1, device.Value);
            rows.Bind(2, StoredChunk.StartOf(day));
            rows.Bind(3, EraseAtOnce);
            return chunks.Execute() + rows.Execute();
        }, cancel);

    public async Task<int?> EraseRangeAsync(RangeErasureRow range, CancellationToken cancel) =>
        await EraseAsync(writer =>
        {
            var (start, end) = (Instant.ToUnixMicroseconds(range.StartTime), Instant.ToUnixMicroseconds(range.EndTime));
            var rows = writer.Prepare("""
                delete from device_states where (device_id, time, tail) in (
                    select device_id, time, tail from device_states
                    where device_id = ?1 and time >= ?2 and time < ?3 and time_created <= ?4 limit ?5)
                """);
            rows.Bind(1, range.DeviceId.Value);
            rows.Bind(2, start);
            rows.Bind(3, end);
            rows.Bind(4, range.TimeCreated.ToUnixTimeMilliseconds());
            rows.Bind(5, EraseAtOnce);
            var erased = rows.Execute();
            var events = writer.Prepare("""
                delete from state_events where device_id = ?1 and time >= ?2 and time < ?3 and time_created <= ?4
                """);
            events.Bind(1, range.DeviceId.Value);
            events.Bind(2, start);
            events.Bind(3, end);
            events.Bind(4, range.TimeCreated.ToUnixTimeMilliseconds());
            events.Execute();
            var day = StoredChunk.DayOf(start);
            while (erased < EraseAtOnce && FindOverlapping(writer, range.DeviceId, day, start, end) is { } chunk)
            {
                if (PastRecords.Erase(range.DeviceId, chunk, range, out var rest))
                {
                    erased += chunk.Records;
                    Replace(writer, range.DeviceId, chunk.Day, rest);
                }
                day = chunk.Day + 1;
            }
            return erased;
        }, cancel);

    public async Task<bool> ReleaseSpaceAsync(CancellationToken cancel)
    {
        if (await CountFreePagesAsync(cancel) > 0)
        {
            return await _writer.WriteAsync(writer =>
            {
                writer.Prepare($"pragma incremental_vacuum({ReleaseAtOnce})").Execute();
                return true;
            }, cancel);
        }
        if (_hasErased || IsLogAtRest())
        {
            // What was erased is still in the write-ahead log, until that is moved into the file and begun anew.
            _hasErased = false;
            if (!await _writer.TryEmptyLogAsync(cancel))
            {
                _hasErased = true;
            }
        }
        return false;
    }

    public void Dispose() => _writer.Dispose();

    private async Task<int> EraseAsync(Func<SqliteWriter, int> erase, CancellationToken cancel)
    {
        var erased = await _writer.WriteAsync(erase, cancel);
        if (erased > 0)
        {
            _hasErased = true;
        }
        return erased;
    }

    private async Task<long> CountFreePagesAsync(CancellationToken cancel)
    {
        using var reader = await engine.Readers.RentAsync(cancel);
        var free = reader.Prepare("pragma freelist_count");
        var pages = free.Step() ? free.Int64(0) : 0;
        free.Reset();
        return pages;
    }

    // While records come its length is used again and again; when none come it is space that nobody needs.
    private bool IsLogAtRest()
    {
        var log = new FileInfo(engine.File + "-wal");
        return log is { Exists: true, Length: > 0 } && clock.GetUtcNow() - log.LastWriteTimeUtc > Rest;
    }

    private static PastRecords.Kept ReadKept(
        Func<string, SqliteStatement> prepare, IEnumerable<PastRecords.DeviceDay> places)
    {
        var devices = new Dictionary<DeviceId, HeldDevice>();
        var packed = new Dictionary<PastRecords.DeviceDay, byte[]>();
        var rows = new Dictionary<StateRecordKey, StateRecord>();
        foreach (var place in places)
        {
            if (!devices.ContainsKey(place.DeviceId) && FindDevice(prepare, place.DeviceId) is { } device)
            {
                devices.Add(place.DeviceId, device);
            }
            if (FindChunk(prepare, place) is { } data)
            {
                packed.Add(place, data);
            }
            ReadDay(prepare, place, rows);
        }
        return new PastRecords.Kept(devices, packed, rows);
    }

    private static HeldDevice? FindDevice(Func<string, SqliteStatement> prepare, DeviceId id)
    {
        var row = prepare("select account_id, live_mode, consent_telemetry, locations from devices where id = ?1");
        row.Bind(1, id.Value);
        if (!row.Step())
        {
            return null;
        }
        var device = new HeldDevice(
            new AccountId(ObjectId.Read(row.Blob(0))), row.Int64(1) != 0, row.Int64(2) != 0, row.Blob(3).ToArray());
        row.Reset();
        return device;
    }

    private static byte[]? FindChunk(Func<string, SqliteStatement> prepare, PastRecords.DeviceDay place)
    {
        var row = prepare("select data from state_chunks where device_id = ?1 and day = ?2");
        row.Bind(1, place.DeviceId.Value);
        row.Bind(2, place.Day);
        var data = row.Step() ? row.Blob(0).ToArray() : null;
        row.Reset();
        return data;
    }

    private static void Write(SqliteWriter writer, DeviceId device, StoredChunk chunk)
    {
        var write = writer.Prepare("""
            insert into state_chunks (device_id, day, first_time, last_time, records, latest, data)
            values (?1, ?2, ?3, ?4, ?5, ?6, ?7)
            on conflict (device_id, day) do update set
                first_time = excluded.first_time, last_time = excluded.last_time, records = excluded.records,
                latest = excluded.latest, data = excluded.data
            """);
        write.Bind(1, device.Value);
        write.Bind(2, chunk.Day);
        write.Bind(3, chunk.FirstTime);
        write.Bind(4, chunk.LastTime);
        write.Bind(5, chunk.Records);
        write.Bind(6, chunk.Latest);
        write.Bind(7, chunk.Data);
        write.Execute();
    }

    // The first chunk from a day on that may have records of a time.
    private static StoredChunk? FindOverlapping(SqliteWriter writer, DeviceId device, int day, long start, long end)
    {
        var row = writer.Prepare("""
            select day, first_time, last_time, records, latest, data from state_chunks
            where device_id = ?1 and day between ?2 and ?3 and last_time >= ?4 and first_time < ?5
            order by day
            limit 1
            """);
        row.Bind(1, device.Value);
        row.Bind(2, day);
        row.Bind(3, StoredChunk.DayOf(end - 1));
        row.Bind(4, start);
        row.Bind(5, end);
        var chunk = row.Step() ? SqliteStateReader.ReadChunk(row) : null;
        row.Reset();
        return chunk;
    }

    private static void Replace(SqliteWriter writer, DeviceId device, int day, StoredChunk? rest)
    {
        if (rest is not null)
        {
            Write(writer, device, rest);
            return;
        }
        var delete = writer.Prepare("delete from state_chunks where device_id = ?1 and day = ?2");
        delete.Bind(1, device.Value);
        delete.Bind(2, day);
        delete.Execute();
    }

    private static void ReadDay(
        Func<string, SqliteStatement> prepare, PastRecords.DeviceDay place,
        Dictionary<StateRecordKey, StateRecord> rows)
    {
        var row = prepare($"""
            select {RecordColumns.All} from device_states
            where device_id = ?1 and time >= ?2 and time < ?3
            """);
        row.Bind(1, place.DeviceId.Value);
        row.Bind(2, StoredChunk.StartOf(place.Day));
        row.Bind(3, StoredChunk.StartOf(place.Day + 1));
        while (row.Step())
        {
            var record = SqliteStateReader.ReadRecord(row, place.DeviceId);
            rows.Add(record.Key, record);
        }
    }

    // The oldest rows up to a time; all but the newest of the device.
    private static List<StateRecord> ReadFoldable(SqliteWriter writer, DeviceId device, long until)
    {
        var row = writer.Prepare($"""
            select {RecordColumns.All} from device_states
            where device_id = ?1
                and time <= ?2
                and (time, tail) <> (
                    select time, tail from device_states where device_id = ?1 order by time desc, tail desc limit 1)
            order by time, tail
            limit ?3
            """);
        row.Bind(1, device.Value);
        row.Bind(2, until);
        row.Bind(3, IChunkStore.FoldAtOnce);
        var rows = new List<StateRecord>();
        while (row.Step())
        {
            rows.Add(SqliteStateReader.ReadRecord(row, device));
        }
        return rows;
    }

    private static void DeleteUpTo(SqliteWriter writer, StateRecordKey last, int expected)
    {
        var delete = writer.Prepare("delete from device_states where device_id = ?1 and (time, tail) <= (?2, ?3)");
        delete.Bind(1, last.DeviceId.Value);
        delete.Bind(2, last.UnixMicroseconds);
        delete.Bind(3, last.SortableTail);
        if (delete.Execute() is var deleted && deleted != expected)
        {
            throw new InvalidOperationException($"{expected} rows were to be folded, but {deleted} were there.");
        }
    }
}
