using Npgsql;
using Plateau.Contracts;
using Plateau.Server.Devices;
using Plateau.Server.Storage;
using Plateau.Telemetry;

namespace Plateau.Server.Telemetry;

/// <summary>Packs records into chunks on PostgreSQL.</summary>
internal sealed class PostgresChunkStore(Engine engine, PostgresPartitions partitions) : IChunkStore
{
    private const int EraseAtOnce = 5_000;
    private const int EraseChunksAtOnce = 200;

    public async Task<SubmissionOutcome[]> KeepPastAsync(
        IReadOnlyList<PendingRecord> records, CancellationToken cancel)
    {
        var until = new Dictionary<DeviceId, long>();
        foreach (var pending in records)
        {
            var key = pending.Record.Key;
            until[key.DeviceId] = Math.Max(key.UnixMicroseconds, until.GetValueOrDefault(key.DeviceId));
        }
        await using var connection = await engine.Postgres.OpenConnectionAsync(cancel);
        await PostgresDeviceChanges.MoveMarksAsync(connection, until, skipHeld: false, cancel);
        await SettleAsync(connection, cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var watched = await PostgresStateLog.FindWatchedAsync(connection, cancel);
        var devices = await PostgresDeviceChanges.HoldWholeAsync(connection, until.Keys, cancel);
        var places = PastRecords.PlacesOf(records);
        var packed = await PostgresChunks.ReadAsync(connection, places, cancel);
        var rows = await ReadRowsAsync(connection, places, cancel);
        var (outcomes, chunks) = PastRecords.Decide(records, new(devices, packed, rows));
        await partitions.EnsureAsync(chunks.Select(one => one.Chunk.Day), cancel);
        await PostgresChunks.WriteAsync(connection, chunks, cancel);
        await PostgresDeviceChanges.SetLastSeenAsync(connection, SubmissionRules.SeenBy(outcomes), cancel);
        await PostgresStateLog.NoteAsync(
            connection, SubmissionRules.KeptFor(records, outcomes, watched), cancel);
        await transaction.CommitAsync(cancel);
        return Array.ConvertAll(outcomes, outcome => outcome ?? SubmissionResult.Postponed);
    }

    public async Task<IReadOnlyList<SurveyedDevice>> SurveyAsync(DeviceId after, int limit, CancellationToken cancel)
    {
        await using var command = engine.Postgres.CreateCommand("""
            select d.id,
                (select min(s.time) from device_states s where s.device_id = d.id),
                (select max(s.time) from device_states s where s.device_id = d.id),
                a.retention_days,
                case when a.retention_days is not null then (
                    select c.day from state_chunks c where c.device_id = d.id order by c.day limit 1) end
            from devices d join accounts a on a.id = d.account_id
            where d.id > @after
            order by d.id
            limit @limit
            """);
        command.Parameters.AddWithValue("after", after.Value.ToByteArray());
        command.Parameters.AddWithValue("limit", limit);
        var found = new List<SurveyedDevice>();
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            found.Add(new(
                new DeviceId(ObjectId.Read(reader.GetFieldValue<byte[]>(0))),
                reader.IsDBNull(1) ? null : reader.GetInt64(1),
                reader.IsDBNull(2) ? null : reader.GetInt64(2),
                reader.IsDBNull(3) ? null : reader.GetInt32(3),
                reader.IsDBNull(4) ? null : reader.GetInt32(4)));
        }
        return found;
    }

    public async Task<IReadOnlyCollection<DeviceId>> MoveMarksAsync(
        IReadOnlyCollection<DeviceId> devices, long until, CancellationToken cancel)
    {
        await using var connection = await engine.Postgres.OpenConnectionAsync(cancel);
        await PostgresDeviceChanges.MoveMarksAsync(
            connection, devices.ToDictionary(device => device, _ => until), skipHeld: true, cancel);
        // Read before they are settled: a mark that another process moves meanwhile is not settled by this.
        var marked = await PostgresDeviceChanges.FindMarkedAsync(connection, devices, until, cancel);
        await SettleAsync(connection, cancel);
        return marked;
    }

    public async Task<int> FoldAsync(DeviceId device, long until, CancellationToken cancel)
    {
        await using var connection = await engine.Postgres.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        if (!(await PostgresDeviceChanges.HoldAsync(connection, [device], cancel)).Contains(device))
        {
            return 0;
        }
        var rows = await ReadFoldableAsync(connection, device, until, cancel);
        var packed = await PostgresChunks.ReadAsync(
            connection, [.. rows.Select(row => PastRecords.DeviceDay.Of(row.Key)).Distinct()], cancel);
        var (chunks, folded) = PastRecords.Fold(device, rows, day => packed.GetValueOrDefault(new(device, day)));
        if (folded == 0)
        {
            return 0;
        }
        await partitions.EnsureAsync(chunks.Select(chunk => chunk.Day), cancel);
        await PostgresChunks.WriteAsync(connection, chunks.ConvertAll(chunk => (device, chunk)), cancel);
        await using var delete = new NpgsqlCommand(
            "delete from device_states where device_id = @device and (time, tail) <= (@time, @tail)", connection);
        var last = rows[folded - 1].Key;
        delete.Parameters.AddWithValue("device", device.Value.ToByteArray());
        delete.Parameters.AddWithValue("time", last.UnixMicroseconds);
        delete.Parameters.AddWithValue("tail", last.SortableTail);
        if (await delete.ExecuteNonQueryAsync(cancel) is var deleted && deleted != folded)
        {
            throw new InvalidOperationException($"{folded} rows were to be folded, but {deleted} were there.");
        }
        await transaction.CommitAsync(cancel);
        return folded;
    }

    public async Task<int> EraseDeviceAsync(DeviceId device, CancellationToken cancel)
    {
        await using var command = engine.Postgres.CreateCommand("""
            with chunks as (
                delete from state_chunks where device_id = @device and day in
                    (select day from state_chunks where device_id = @device limit @chunks)
                returning 1
            ), rows as (
                delete from device_states where device_id = @device and (time, tail) in
                    (select time, tail from device_states where device_id = @device limit @rows)
                returning 1
            ), events as (
                delete from state_events where device_id = @device
            )
            select (select count(*) from chunks) + (select count(*) from rows)
            """);
        command.Parameters.AddWithValue("device", device.Value.ToByteArray());
        command.Parameters.AddWithValue("rows", EraseAtOnce);
        command.Parameters.AddWithValue("chunks", EraseChunksAtOnce);
        var erased = (int)(long)(await command.ExecuteScalarAsync(cancel) ?? 0L);
        partitions.NoteErased(erased);
        return erased;
    }

    public async Task<int> EraseBeforeAsync(DeviceId device, int day, CancellationToken cancel)
    {
        await using var connection = await engine.Postgres.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        if (!(await PostgresDeviceChanges.HoldAsync(connection, [device], cancel)).Contains(device))
        {
            return 0;
        }
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(new("""
            delete from state_chunks where device_id = @device and day in (
                select day from state_chunks where device_id = @device and day < @day order by day limit @many)
            """)
        {
            Parameters =
            {
                new("device", device.Value.ToByteArray()), new("day", day), new("many", EraseChunksAtOnce),
            },
        });
        batch.BatchCommands.Add(new("""
            delete from device_states where device_id = @device and (time, tail) in (
                select time, tail from device_states where device_id = @device and time < @time limit @many)
            """)
        {
            Parameters =
            {
                new("device", device.Value.ToByteArray()), new("time", StoredChunk.StartOf(day)),
                new("many", EraseAtOnce),
            },
        });
        var erased = await batch.ExecuteNonQueryAsync(cancel);
        await transaction.CommitAsync(cancel);
        partitions.NoteErased(erased);
        return erased;
    }

    public async Task<int?> EraseRangeAsync(RangeErasureRow range, CancellationToken cancel)
    {
        await using var connection = await engine.Postgres.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        if (!(await PostgresDeviceChanges.HoldAsync(connection, [range.DeviceId], cancel)).Contains(range.DeviceId))
        {
            return null;
        }
        var (start, end) = (Instant.ToUnixMicroseconds(range.StartTime), Instant.ToUnixMicroseconds(range.EndTime));
        await using var rows = new NpgsqlCommand("""
            with events as (
                delete from state_events
                where device_id = @device and time >= @start and time < @end and time_created <= @created
            )
            delete from device_states where device_id = @device and (time, tail) in (
                select time, tail from device_states
                where device_id = @device and time >= @start and time < @end and time_created <= @created limit @many)
            """, connection);
        rows.Parameters.AddWithValue("device", range.DeviceId.Value.ToByteArray());
        rows.Parameters.AddWithValue("start", start);
        rows.Parameters.AddWithValue("end", end);
        rows.Parameters.AddWithValue("created", range.TimeCreated.ToUnixTimeMilliseconds());
        rows.Parameters.AddWithValue("many", EraseAtOnce);
        var erased = await rows.ExecuteNonQueryAsync(cancel);
        var day = StoredChunk.DayOf(start);
        while (erased < EraseAtOnce && await PostgresChunks.FindOverlappingAsync(
            connection, range.DeviceId, day, start, end, cancel) is { } chunk)
        {
            if (PastRecords.Erase(range.DeviceId, chunk, range, out var rest))
            {
                erased += chunk.Records;
                await PostgresChunks.ReplaceAsync(connection, range.DeviceId, chunk.Day, rest, cancel);
            }
            day = chunk.Day + 1;
        }
        await transaction.CommitAsync(cancel);
        partitions.NoteErased(erased);
        return erased;
    }

    public Task<bool> ReleaseSpaceAsync(CancellationToken cancel) => partitions.VacuumAsync(cancel);

    // Waits until no submission is under way that may not have seen the marks as they are; also where this process has
    // moved none: who did may still be waiting, or have given up.
    private static async Task SettleAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var settle = new NpgsqlCommand("select pg_advisory_xact_lock(@mark)", connection);
        settle.Parameters.AddWithValue("mark", PostgresKeep.MarkLock);
        await settle.ExecuteNonQueryAsync(cancel);
    }

    private static async Task<Dictionary<StateRecordKey, StateRecord>> ReadRowsAsync(
        NpgsqlConnection connection, IReadOnlyCollection<PastRecords.DeviceDay> places, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand($"""
            select {RecordColumns.All}, s.device_id
            from unnest(@device, @start) as i (device_id, start_time)
            join device_states s on s.device_id = i.device_id
                and s.time >= i.start_time and s.time < i.start_time + 86400000000
            """, connection);
        command.Parameters.Add(new NpgsqlParameter<byte[][]>(
            "device", [.. places.Select(place => place.DeviceId.Value.ToByteArray())]));
        command.Parameters.Add(new NpgsqlParameter<long[]>(
            "start", [.. places.Select(place => StoredChunk.StartOf(place.Day))]));
        var rows = new Dictionary<StateRecordKey, StateRecord>();
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            var device = new DeviceId(ObjectId.Read(reader.GetFieldValue<byte[]>(10)));
            var record = PostgresStateReader.ReadRecord(reader, device);
            rows[record.Key] = record;
        }
        return rows;
    }

    // The oldest rows up to a time; all but the newest of the device.
    private static async Task<List<StateRecord>> ReadFoldableAsync(
        NpgsqlConnection connection, DeviceId device, long until, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand($"""
            select {RecordColumns.All} from device_states
            where device_id = @device
                and time <= @until
                and (time, tail) <> (
                    select time, tail from device_states where device_id = @device
                    order by time desc, tail desc limit 1)
            order by time, tail
            limit @limit
            """, connection);
        command.Parameters.AddWithValue("device", device.Value.ToByteArray());
        command.Parameters.AddWithValue("until", until);
        command.Parameters.AddWithValue("limit", IChunkStore.FoldAtOnce);
        var rows = new List<StateRecord>();
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            rows.Add(PostgresStateReader.ReadRecord(reader, device));
        }
        return rows;
    }
}
