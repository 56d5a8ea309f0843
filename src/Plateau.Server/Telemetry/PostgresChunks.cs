using Npgsql;
using Plateau.Contracts;
using Plateau.Telemetry;

namespace Plateau.Server.Telemetry;

/// <summary>The table of chunks on PostgreSQL, within a transaction of the caller's.</summary>
internal static class PostgresChunks
{
    /// <summary>Reads the chunks of the days of some records.</summary>
    public static async Task<ChunkLookup> LookUpAsync(
        NpgsqlConnection connection, IReadOnlyList<StateRecordKey> keys, CancellationToken cancel)
    {
        var lookup = new ChunkLookup();
        var chunks = await ReadAsync(connection, [.. keys.Select(PastRecords.DeviceDay.Of).Distinct()], cancel);
        foreach (var (place, data) in chunks)
        {
            lookup.Add(place.DeviceId, place.Day, data);
        }
        return lookup;
    }

    /// <summary>Reads chunks; those that are not there are left out.</summary>
    public static async Task<Dictionary<PastRecords.DeviceDay, byte[]>> ReadAsync(
        NpgsqlConnection connection, IReadOnlyCollection<PastRecords.DeviceDay> places, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("""
            select c.device_id, c.day, c.data
            from unnest(@device, @day) as i (device_id, day)
            join state_chunks c on c.device_id = i.device_id and c.day = i.day
            """, connection);
        AddPlaces(command, places);
        var chunks = new Dictionary<PastRecords.DeviceDay, byte[]>();
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            var device = new DeviceId(ObjectId.Read(reader.GetFieldValue<byte[]>(0)));
            chunks[new(device, reader.GetInt32(1))] = reader.GetFieldValue<byte[]>(2);
        }
        return chunks;
    }

    /// <summary>Writes chunks, over those that are there.</summary>
    public static async Task WriteAsync(
        NpgsqlConnection connection, IReadOnlyList<(DeviceId Device, StoredChunk Chunk)> chunks,
        CancellationToken cancel)
    {
        if (chunks.Count == 0)
        {
            return;
        }
        await using var command = new NpgsqlCommand("""
            insert into state_chunks (device_id, day, first_time, last_time, records, latest, data)
            select * from unnest(@device, @day, @first, @last, @records, @latest, @data)
            on conflict (device_id, day) do update set
                first_time = excluded.first_time, last_time = excluded.last_time, records = excluded.records,
                latest = excluded.latest, data = excluded.data
            """, connection);
        AddPlaces(command, [.. chunks.Select(one => new PastRecords.DeviceDay(one.Device, one.Chunk.Day))]);
        command.Parameters.Add(new NpgsqlParameter<long[]>("first", [.. chunks.Select(one => one.Chunk.FirstTime)]));
        command.Parameters.Add(new NpgsqlParameter<long[]>("last", [.. chunks.Select(one => one.Chunk.LastTime)]));
        command.Parameters.Add(new NpgsqlParameter<int[]>("records", [.. chunks.Select(one => one.Chunk.Records)]));
        command.Parameters.Add(new NpgsqlParameter<byte[][]>("latest", [.. chunks.Select(one => one.Chunk.Latest)]));
        command.Parameters.Add(new NpgsqlParameter<byte[][]>("data", [.. chunks.Select(one => one.Chunk.Data)]));
        await command.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>Finds the first chunk from a day on that may have records of a time; null when there is none.</summary>
    public static async Task<StoredChunk?> FindOverlappingAsync(
        NpgsqlConnection connection, DeviceId device, int day, long start, long end, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("""
            select day, first_time, last_time, records, latest, data from state_chunks
            where device_id = @device and day between @first and @last and last_time >= @start and first_time < @end
            order by day
            limit 1
            """, connection);
        command.Parameters.AddWithValue("device", device.Value.ToByteArray());
        command.Parameters.AddWithValue("first", day);
        command.Parameters.AddWithValue("last", StoredChunk.DayOf(end - 1));
        command.Parameters.AddWithValue("start", start);
        command.Parameters.AddWithValue("end", end);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        return await reader.ReadAsync(cancel) ? PostgresStateReader.ReadChunk(reader) : null;
    }

    /// <summary>Writes what is left of a chunk, or removes it.</summary>
    public static async Task ReplaceAsync(
        NpgsqlConnection connection, DeviceId device, int day, StoredChunk? rest, CancellationToken cancel)
    {
        if (rest is not null)
        {
            await WriteAsync(connection, [(device, rest)], cancel);
            return;
        }
        await using var command = new NpgsqlCommand(
            "delete from state_chunks where device_id = @device and day = @day", connection);
        command.Parameters.AddWithValue("device", device.Value.ToByteArray());
        command.Parameters.AddWithValue("day", day);
        await command.ExecuteNonQueryAsync(cancel);
    }

    private static void AddPlaces(NpgsqlCommand command, IReadOnlyCollection<PastRecords.DeviceDay> places)
    {
        command.Parameters.Add(new NpgsqlParameter<byte[][]>(
            "device", [.. places.Select(place => place.DeviceId.Value.ToByteArray())]));
        command.Parameters.Add(new NpgsqlParameter<int[]>("day", [.. places.Select(place => place.Day)]));
    }
}
