using Plateau.Contracts;
using Plateau.Server.Access;
using Plateau.Server.Storage;
using Plateau.Telemetry;

namespace Plateau.Server.Telemetry;

/// <summary>Reads records of the embedded engine.</summary>
internal sealed class SqliteStateReader(Engine engine) : IStateReader
{
    public async Task<TelemetryDevice?> FindDeviceAsync(Caller caller, DeviceId id, CancellationToken cancel)
    {
        using var reader = await engine.Readers.RentAsync(cancel);
        var row = reader.Prepare("""
            select consent_telemetry, timezone from devices where id = ?1 and account_id = ?2 and live_mode = ?3
            """);
        row.Bind(1, id.Value);
        row.Bind(2, caller.AccountId.Value);
        row.Bind(3, caller.LiveMode ? 1 : 0);
        return row.Step() ? new TelemetryDevice(row.Int64(0) != 0, row.TextOrNull(1)) : null;
    }

    public async Task<StateRecord?[]> FindLatestAsync(IReadOnlyList<DeviceId> devices, CancellationToken cancel)
    {
        using var reader = await engine.Readers.RentAsync(cancel);
        reader.Hold();
        var found = new StateRecord?[devices.Count];
        for (var index = 0; index < found.Length; index++)
        {
            cancel.ThrowIfCancellationRequested();
            found[index] = FindLatest(reader, devices[index]);
        }
        return found;
    }

    public async Task<List<StateRecord>> ReadRowsAsync(
        DeviceId device, KeyRange range, bool newestFirst, int limit, CancellationToken cancel)
    {
        using var reader = await engine.Readers.RentAsync(cancel);
        var direction = newestFirst ? "desc" : "asc";
        var row = reader.Prepare($"""
            select {RecordColumns.All} from device_states
            where device_id = ?1 and (time, tail) > (?2, ?3) and (time, tail) < (?4, ?5)
            order by time {direction}, tail {direction}
            limit ?6
            """);
        row.Bind(1, device.Value);
        row.Bind(2, range.After.Time);
        row.Bind(3, range.After.SortableTail);
        row.Bind(4, range.Before.Time);
        row.Bind(5, range.Before.SortableTail);
        row.Bind(6, limit);
        var records = new List<StateRecord>();
        while (row.Step())
        {
            records.Add(ReadRecord(row, device));
        }
        return records;
    }

    public async Task<List<StoredChunk>> ReadChunksAsync(
        DeviceId device, int firstDay, int lastDay, bool newestFirst, int limit, CancellationToken cancel)
    {
        using var reader = await engine.Readers.RentAsync(cancel);
        var row = reader.Prepare($"""
            select day, first_time, last_time, records, latest, data from state_chunks
            where device_id = ?1 and day between ?2 and ?3
            order by day {(newestFirst ? "desc" : "asc")}
            limit ?4
            """);
        row.Bind(1, device.Value);
        row.Bind(2, firstDay);
        row.Bind(3, lastDay);
        row.Bind(4, limit);
        var chunks = new List<StoredChunk>();
        while (row.Step())
        {
            chunks.Add(ReadChunk(row));
        }
        return chunks;
    }

    public async Task<(List<StateSample>[] Rows, List<PackedSamples>[] Packed)> ReadSamplesAsync(
        IReadOnlyList<DeviceId> devices, long start, long end, PackedRange packed, CancellationToken cancel)
    {
        using var reader = await engine.Readers.RentAsync(cancel);
        reader.Hold();
        return (ReadSamples(reader, devices, start, end, cancel), ReadPackedSamples(reader, devices, packed, cancel));
    }

    public async Task<List<PackedSamples>[]> ReadPackedSamplesAsync(
        IReadOnlyList<DeviceId> devices, PackedRange packed, CancellationToken cancel)
    {
        using var reader = await engine.Readers.RentAsync(cancel);
        reader.Hold();
        return ReadPackedSamples(reader, devices, packed, cancel);
    }

    /// <summary>Reads a record from a row of <see cref="RecordColumns"/>.</summary>
    public static StateRecord ReadRecord(SqliteStatement row, DeviceId device) => new()
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

    /// <summary>Reads a chunk from a row of its day, first time, last time, records, latest and data.</summary>
    public static StoredChunk ReadChunk(SqliteStatement row) =>
        new((int)row.Int64(0), row.Int64(1), row.Int64(2), (int)row.Int64(3), row.Blob(4).ToArray(),
            row.Blob(5).ToArray());

    private static List<StateSample>[] ReadSamples(
        SqliteReader reader, IReadOnlyList<DeviceId> devices, long start, long end, CancellationToken cancel)
    {
        var row = reader.Prepare("""
            select time, tail, state_of_charge_percent, battery_power_kw from device_states
            where device_id = ?1 and time >= ?2 and time < ?3
            order by time, tail
            """);
        var found = new List<StateSample>[devices.Count];
        for (var index = 0; index < found.Length; index++)
        {
            cancel.ThrowIfCancellationRequested();
            row.Bind(1, devices[index].Value);
            row.Bind(2, start);
            row.Bind(3, end);
            var samples = found[index] = [];
            while (row.Step())
            {
                samples.Add(new(
                    row.Int64(0), StateRecordKey.TailFromSortable(row.Int64(1)), row.Double(2), row.DoubleOrNull(3)));
            }
        }
        return found;
    }

    private static List<PackedSamples>[] ReadPackedSamples(
        SqliteReader reader, IReadOnlyList<DeviceId> devices, PackedRange packed, CancellationToken cancel)
    {
        var row = reader.Prepare("""
            select case when last_time < ?4 then last_time else first_time end, last_time,
                case when last_time < ?4 then latest else data end
            from state_chunks
            where device_id = ?1 and day between ?2 and ?3
            order by day
            """);
        var found = new List<PackedSamples>[devices.Count];
        for (var index = 0; index < found.Length; index++)
        {
            cancel.ThrowIfCancellationRequested();
            row.Bind(1, devices[index].Value);
            row.Bind(2, packed.FirstDay);
            row.Bind(3, packed.LastDay);
            row.Bind(4, packed.Edge);
            var chunks = found[index] = [];
            while (row.Step())
            {
                chunks.Add(new(row.Int64(0), row.Int64(1), row.Blob(2).ToArray()));
            }
        }
        return found;
    }

    private static StateRecord? FindLatest(SqliteReader reader, DeviceId device)
    {
        var row = reader.Prepare($"""
            select {RecordColumns.All} from device_states
            where device_id = ?1
            order by time desc, time_created desc, tail desc
            limit 1
            """);
        row.Bind(1, device.Value);
        var latest = row.Step() ? ReadRecord(row, device) : null;
        row.Reset();
        var chunk = reader.Prepare("""
            select latest from state_chunks
            where device_id = ?1 and day >= ?2 and last_time >= ?3
            order by day desc
            limit 1
            """);
        chunk.Bind(1, device.Value);
        chunk.Bind(2, latest is null ? 0 : StoredChunk.DayOf(latest.Key.UnixMicroseconds));
        chunk.Bind(3, latest?.Key.UnixMicroseconds ?? 0);
        var data = chunk.Step() ? chunk.Blob(0).ToArray() : null;
        chunk.Reset();
        return data is null ? latest : LatestState.Of(latest, StateChunk.Open(device, data));
    }
}
