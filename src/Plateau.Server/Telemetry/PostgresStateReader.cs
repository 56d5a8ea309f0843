using Npgsql;
using Plateau.Contracts;
using Plateau.Server.Access;
using Plateau.Server.Storage;
using Plateau.Telemetry;

namespace Plateau.Server.Telemetry;

/// <summary>Reads records on PostgreSQL.</summary>
internal sealed class PostgresStateReader(Engine engine) : IStateReader
{
    public async Task<TelemetryDevice?> FindDeviceAsync(Caller caller, DeviceId id, CancellationToken cancel)
    {
        await using var command = engine.Postgres.CreateCommand("""
            select consent_telemetry, timezone from devices
            where id = @id and account_id = @account and live_mode = @live_mode
            """);
        command.Parameters.AddWithValue("id", id.Value.ToByteArray());
        command.Parameters.AddWithValue("account", caller.AccountId.Value.ToByteArray());
        command.Parameters.AddWithValue("live_mode", caller.LiveMode);
        await using var row = await command.ExecuteReaderAsync(cancel);
        return await row.ReadAsync(cancel)
            ? new TelemetryDevice(row.GetBoolean(0), row.IsDBNull(1) ? null : row.GetString(1))
            : null;
    }

    public async Task<StateRecord?[]> FindLatestAsync(IReadOnlyList<DeviceId> devices, CancellationToken cancel)
    {
        await using var connection = await engine.Postgres.OpenConnectionAsync(cancel);
        var found = await FindLatestRowsAsync(connection, devices, cancel);
        await using var command = new NpgsqlCommand("""
            select i.number::integer - 1, c.latest
            from unnest(@devices, @day, @time) with ordinality as i (device_id, day, time, number)
            cross join lateral (
                select latest from state_chunks
                where device_id = i.device_id and day >= i.day and last_time >= i.time
                order by day desc
                limit 1) c
            """, connection);
        command.Parameters.Add(Of(devices));
        command.Parameters.Add(new NpgsqlParameter<int[]>(
            "day", Array.ConvertAll(found, row => row is null ? 0 : StoredChunk.DayOf(row.Key.UnixMicroseconds))));
        command.Parameters.Add(new NpgsqlParameter<long[]>(
            "time", Array.ConvertAll(found, row => row?.Key.UnixMicroseconds ?? 0)));
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            var index = reader.GetInt32(0);
            found[index] = LatestState.Of(
                found[index], StateChunk.Open(devices[index], reader.GetFieldValue<byte[]>(1)));
        }
        return found;
    }

    public async Task<List<StateRecord>> ReadRowsAsync(
        DeviceId device, KeyRange range, bool newestFirst, int limit, CancellationToken cancel)
    {
        var direction = newestFirst ? "desc" : "asc";
        await using var command = engine.Postgres.CreateCommand($"""
            select {RecordColumns.All} from device_states
            where device_id = @device and (time, tail) > (@after_time, @after_tail)
                and (time, tail) < (@before_time, @before_tail)
            order by time {direction}, tail {direction}
            limit @limit
            """);
        command.Parameters.AddWithValue("device", device.Value.ToByteArray());
        command.Parameters.AddWithValue("after_time", range.After.Time);
        command.Parameters.AddWithValue("after_tail", range.After.SortableTail);
        command.Parameters.AddWithValue("before_time", range.Before.Time);
        command.Parameters.AddWithValue("before_tail", range.Before.SortableTail);
        command.Parameters.AddWithValue("limit", limit);
        var records = new List<StateRecord>();
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            records.Add(ReadRecord(reader, device));
        }
        return records;
    }

    public async Task<List<StoredChunk>> ReadChunksAsync(
        DeviceId device, int firstDay, int lastDay, bool newestFirst, int limit, CancellationToken cancel)
    {
        await using var command = engine.Postgres.CreateCommand($"""
            select day, first_time, last_time, records, latest, data from state_chunks
            where device_id = @device and day between @first and @last
            order by day {(newestFirst ? "desc" : "asc")}
            limit @limit
            """);
        command.Parameters.AddWithValue("device", device.Value.ToByteArray());
        command.Parameters.AddWithValue("first", firstDay);
        command.Parameters.AddWithValue("last", lastDay);
        command.Parameters.AddWithValue("limit", limit);
        var chunks = new List<StoredChunk>();
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            chunks.Add(ReadChunk(reader));
        }
        return chunks;
    }

    public async Task<(List<StateSample>[] Rows, List<PackedSamples>[] Packed)> ReadSamplesAsync(
        IReadOnlyList<DeviceId> devices, long start, long end, PackedRange packed, CancellationToken cancel)
    {
        await using var batch = engine.Postgres.CreateBatch();
        batch.BatchCommands.Add(new("""
            select i.number::integer - 1, s.time, s.tail, s.state_of_charge_percent, s.battery_power_kw
            from unnest(@devices) with ordinality as i (device_id, number)
            cross join lateral (
                select time, tail, state_of_charge_percent, battery_power_kw from device_states
                where device_id = i.device_id and time >= @start and time < @end
                order by time, tail
                offset 0) s
            """)
        {
            Parameters = { Of(devices), new("start", start), new("end", end) },
        });
        batch.BatchCommands.Add(SelectPacked(devices, packed));
        var rows = Lists<StateSample>(devices.Count);
        await using var reader = await batch.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            rows[reader.GetInt32(0)].Add(new(
                reader.GetInt64(1), StateRecordKey.TailFromSortable(reader.GetInt64(2)), reader.GetDouble(3),
                reader.IsDBNull(4) ? null : reader.GetDouble(4)));
        }
        await reader.NextResultAsync(cancel);
        return (rows, await ReadPackedAsync(reader, devices.Count, cancel));
    }

    public async Task<List<PackedSamples>[]> ReadPackedSamplesAsync(
        IReadOnlyList<DeviceId> devices, PackedRange packed, CancellationToken cancel)
    {
        await using var batch = engine.Postgres.CreateBatch();
        batch.BatchCommands.Add(SelectPacked(devices, packed));
        await using var reader = await batch.ExecuteReaderAsync(cancel);
        return await ReadPackedAsync(reader, devices.Count, cancel);
    }

    private static NpgsqlBatchCommand SelectPacked(IReadOnlyList<DeviceId> devices, PackedRange packed) => new("""
        select i.number::integer - 1, case when c.last_time < @edge then c.last_time else c.first_time end,
            c.last_time, case when c.last_time < @edge then c.latest else c.data end
        from unnest(@devices) with ordinality as i (device_id, number)
        join state_chunks c on c.device_id = i.device_id and c.day between @first and @last
        order by i.number, c.day
        """)
    {
        Parameters =
        {
            Of(devices), new("first", packed.FirstDay), new("last", packed.LastDay), new("edge", packed.Edge),
        },
    };

    private static async Task<List<PackedSamples>[]> ReadPackedAsync(
        NpgsqlDataReader reader, int devices, CancellationToken cancel)
    {
        var found = Lists<PackedSamples>(devices);
        while (await reader.ReadAsync(cancel))
        {
            found[reader.GetInt32(0)].Add(new(
                reader.GetInt64(1), reader.GetInt64(2), reader.GetFieldValue<byte[]>(3)));
        }
        return found;
    }

    private static NpgsqlParameter<byte[][]> Of(IReadOnlyList<DeviceId> devices) =>
        new("devices", [.. devices.Select(device => device.Value.ToByteArray())]);

    private static List<T>[] Lists<T>(int count) => [.. Enumerable.Range(0, count).Select(_ => new List<T>())];

    /// <summary>Reads a record from a row of <see cref="RecordColumns"/>.</summary>
    public static StateRecord ReadRecord(NpgsqlDataReader row, DeviceId device) => new()
    {
        Key = new StateRecordKey(device, row.GetInt64(0), StateRecordKey.TailFromSortable(row.GetInt64(1))),
        CreatedUnixMilliseconds = row.GetInt64(2),
        LocationId = new LocationId(ObjectId.Read(row.GetFieldValue<byte[]>(3))),
        StateOfChargePercent = row.GetDouble(4),
        TargetStateOfChargePercent = row.GetDouble(5),
        BatteryPowerKw = row.IsDBNull(6) ? null : row.GetDouble(6),
        EnergyRemainingKwh = row.IsDBNull(7) ? null : row.GetDouble(7),
        BackupReservePercent = row.IsDBNull(8) ? null : row.GetDouble(8),
        RecordReferenceId = row.IsDBNull(9) ? null : row.GetString(9),
    };

    /// <summary>Reads a chunk from a row of its day, first time, last time, records, latest and data.</summary>
    public static StoredChunk ReadChunk(NpgsqlDataReader row) =>
        new(row.GetInt32(0), row.GetInt64(1), row.GetInt64(2), row.GetInt32(3), row.GetFieldValue<byte[]>(4),
            row.GetFieldValue<byte[]>(5));

    private static async Task<StateRecord?[]> FindLatestRowsAsync(
        NpgsqlConnection connection, IReadOnlyList<DeviceId> devices, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand($"""
            select s.*, i.number::integer - 1
            from unnest(@devices) with ordinality as i (device_id, number)
            cross join lateral (
                select {RecordColumns.All} from device_states
                where device_id = i.device_id
                order by time desc, time_created desc, tail desc
                limit 1) s
            """, connection);
        command.Parameters.Add(Of(devices));
        var found = new StateRecord?[devices.Count];
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            var index = reader.GetInt32(10);
            found[index] = ReadRecord(reader, devices[index]);
        }
        return found;
    }
}
