using Plateau.Contracts;
using Plateau.Server.Access;
using Plateau.Server.Devices;
using Plateau.Server.Storage;
using Plateau.Telemetry;

namespace Plateau.Server.Telemetry;

/// <summary>
/// Reads the devices of a fleet with what a summary wants of their latest states, piece by piece and without EF Core.
/// </summary>
/// <remarks>
/// Records after a device's mark, <c>chunked_until</c>, are rows: so a newest row after the mark is the latest state,
/// and one before it where no chunk reaches its time. The last record of a chunk is it where it is alone and later than
/// every row. The other devices, those of which two records have that time, are looked at as always. The walk along the
/// key ends at the newest row; an order by more than the key would sort all.
/// </remarks>
internal sealed class FleetSummaryReader(Engine engine, IStateReader states)
{
    private const int AtOnce = 5_000;

    /// <summary>Adds every device of a caller to a tally.</summary>
    public async Task ReadAsync(Caller caller, FleetTally tally, CancellationToken cancel)
    {
        var last = default(ObjectId);
        var found = new List<(FleetDevice Device, FleetState? State)>(AtOnce);
        do
        {
            found.Clear();
            if (engine.Kind == EngineKind.Postgres)
            {
                await ReadPostgresAsync(caller, last, found, cancel);
            }
            else
            {
                await ReadSqliteAsync(caller, last, found, cancel);
            }
            await AddAsync(found, tally, cancel);
            last = found.Count > 0 ? found[^1].Device.Id.Value : last;
        }
        while (found.Count == AtOnce);
    }

    private async Task AddAsync(
        List<(FleetDevice Device, FleetState? State)> found, FleetTally tally, CancellationToken cancel)
    {
        var undecided = new List<FleetDevice>();
        foreach (var (device, state) in found)
        {
            if (state is null && device.HasState)
            {
                undecided.Add(device);
            }
            else
            {
                tally.Add(device, state);
            }
        }
        if (undecided.Count == 0)
        {
            return;
        }
        var latest = await states.FindLatestAsync(undecided.ConvertAll(device => device.Id), cancel);
        for (var index = 0; index < latest.Length; index++)
        {
            tally.Add(undecided[index], latest[index] is { } record
                ? new FleetState(record.StateOfChargePercent, record.BatteryPowerKw)
                : null);
        }
    }

    // The last record of a chunk; null where two have its time, or a row has.
    private static FleetState? ReadPacked(DeviceId device, byte[] packed, long rowTime)
    {
        var chunk = StateChunk.Open(device, packed);
        if (chunk.Count > 1)
        {
            return null;
        }
        var (time, charge, power) = (0L, 0.0, 0.0);
        chunk.ReadSamples(new(ref time), new(ref charge), new(ref power));
        return time > rowTime ? new(charge, double.IsNaN(power) ? null : power) : null;
    }

    private async Task ReadPostgresAsync(
        Caller caller, ObjectId after, List<(FleetDevice Device, FleetState? State)> found, CancellationToken cancel)
    {
        await using var command = engine.Postgres.CreateCommand($"""
            select d.id, case when d.consent_information then d.kinds else 0::smallint end, d.consent_telemetry,
                d.last_seen, s.time, s.state_of_charge_percent, s.battery_power_kw,
                exists (
                    select 1 from device_states t
                    where t.device_id = d.id and t.time = s.time and t.tail < s.tail),
                c.latest
            from (
                select id, kinds, consent_information, consent_telemetry, last_seen, chunked_until,
                    consent_telemetry and last_seen is not null as has_state
                from devices
                where (account_id, live_mode, id) > (@account, @live_mode, @after)
                    and (account_id, live_mode) = (@account, @live_mode)
                order by account_id, live_mode, id
                limit {AtOnce}) d
            left join lateral (
                select time, tail, state_of_charge_percent, battery_power_kw from device_states
                where device_id = d.id and d.has_state
                order by time desc, tail desc
                limit 1) s on true
            left join lateral (
                select latest from state_chunks
                where device_id = d.id and d.has_state and coalesce(s.time, 0) <= d.chunked_until
                    and day >= coalesce(s.time, 0) / 86400000000 and last_time >= coalesce(s.time, 0)
                order by day desc
                limit 1) c on true
            order by d.id
            """);
        command.Parameters.AddWithValue("account", caller.AccountId.Value.ToByteArray());
        command.Parameters.AddWithValue("live_mode", caller.LiveMode);
        command.Parameters.AddWithValue("after", after.ToByteArray());
        await using var row = await command.ExecuteReaderAsync(cancel);
        while (await row.ReadAsync(cancel))
        {
            var device = new FleetDevice(
                DeviceId.Of(ObjectId.Read(row.GetFieldValue<byte[]>(0))), (DeviceKinds)row.GetInt16(1),
                row.GetBoolean(2), row.IsDBNull(3) ? null : row.GetInt64(3));
            found.Add((device, ReadState()));

            FleetState? ReadState()
            {
                if (!row.IsDBNull(8))
                {
                    return ReadPacked(device.Id, row.GetFieldValue<byte[]>(8), row.IsDBNull(4) ? -1 : row.GetInt64(4));
                }
                return row.IsDBNull(4) || row.GetBoolean(7)
                    ? null
                    : new(row.GetDouble(5), row.IsDBNull(6) ? null : row.GetDouble(6));
            }
        }
    }

    private async Task ReadSqliteAsync(
        Caller caller, ObjectId after, List<(FleetDevice Device, FleetState? State)> found, CancellationToken cancel)
    {
        using var reader = await engine.Readers.RentAsync(cancel);
        reader.Hold();
        var row = reader.Prepare("""
            select id, iif(consent_information, kinds, 0), consent_telemetry, last_seen, coalesce(chunked_until, -1)
            from devices
            where account_id = ?1 and live_mode = ?2 and id > ?3
            order by id
            limit ?4
            """);
        row.Bind(1, caller.AccountId.Value);
        row.Bind(2, caller.LiveMode ? 1 : 0);
        row.Bind(3, after);
        row.Bind(4, AtOnce);
        var marks = new List<long>(AtOnce);
        while (row.Step())
        {
            var device = new FleetDevice(
                DeviceId.Of(ObjectId.Read(row.Blob(0))), (DeviceKinds)row.Int64(1), row.Int64(2) != 0,
                row.IsNull(3) ? null : row.Int64(3));
            found.Add((device, null));
            marks.Add(row.Int64(4));
        }
        cancel.ThrowIfCancellationRequested();
        ReadSqliteStates(reader, found, marks);
    }

    private static void ReadSqliteStates(
        SqliteReader reader, List<(FleetDevice Device, FleetState? State)> found, List<long> marks)
    {
        var state = reader.Prepare("""
            select time, state_of_charge_percent, battery_power_kw from device_states
            where device_id = ?1
            order by time desc, tail desc
            limit 2
            """);
        var chunk = reader.Prepare("""
            select latest from state_chunks
            where device_id = ?1 and day >= ?2 and last_time >= ?3
            order by day desc
            limit 1
            """);
        for (var index = 0; index < found.Count; index++)
        {
            var device = found[index].Device;
            if (device.HasState)
            {
                found[index] = (device, ReadState(device.Id, marks[index]));
            }
        }

        FleetState? ReadState(DeviceId device, long mark)
        {
            state.Bind(1, device.Value);
            var hasRow = state.Step();
            var time = hasRow ? state.Int64(0) : -1;
            FleetState? latest = hasRow ? new(state.Double(1), state.DoubleOrNull(2)) : null;
            var isOnly = hasRow && (!state.Step() || state.Int64(0) != time);
            state.Reset();
            return time <= mark && FindPacked(device, time) is { } packed
                ? ReadPacked(device, packed, time)
                : isOnly ? latest : null;
        }

        byte[]? FindPacked(DeviceId device, long time)
        {
            chunk.Bind(1, device.Value);
            chunk.Bind(2, StoredChunk.DayOf(Math.Max(time, 0)));
            chunk.Bind(3, time);
            var packed = chunk.Step() ? chunk.Blob(0).ToArray() : null;
            chunk.Reset();
            return packed;
        }
    }
}
