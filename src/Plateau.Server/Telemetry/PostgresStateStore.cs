using Npgsql;
using NpgsqlTypes;
using Plateau.Contracts;
using Plateau.Server.Devices;
using Plateau.Server.Storage;
using Plateau.Telemetry;

namespace Plateau.Server.Telemetry;

/// <summary>Records on PostgreSQL: a batch is one statement that checks the devices and keeps the records.</summary>
internal sealed class PostgresStateStore(Engine engine) : IStateStore
{
    private const int EraseAtOnce = 5_000;
    private const long OweForMilliseconds = 60_000;

    private readonly LastSeenTracker _lastSeen = new();

    // Moments of devices that were being changed, milliseconds; the next batch writes them.
    private readonly Dictionary<DeviceId, long> _owed = [];

    // A device's row is read in the statement's own snapshot: a deletion or a withdrawn consent that was answered
    // before the statement began is seen. What an earlier try kept goes to the insert, where it meets itself, whatever
    // has happened to the device since. position() is the cheap look for a place among the device's; it finds the first
    // match only, which may be bytes that straddle two places, so a miss is looked up. The look-ups are scalar, not
    // exists: the planner may answer that by hashing a whole table.
    // Records are inserted in the order of their keys: two processes with the same records must not wait for each
    // other.
    private const string KeepSql = """
        with input as (
            select * from unnest(@device, @account, @live, @maybe, @time, @tail, @created, @location, @charge, @target,
                @power, @energy, @reserve, @reference)
            with ordinality as i (device_id, account_id, live_mode, may_be_kept, time, tail, time_created, location_id,
                state_of_charge_percent, target_state_of_charge_percent, battery_power_kw, energy_remaining_kwh,
                backup_reserve_percent, record_reference_id, number)
        ), checked as (
            select i.*, case
                when i.may_be_kept and (
                    select 1 from device_states s
                    where s.device_id = i.device_id and s.time = i.time and s.tail = i.tail
                        and s.time_created = i.time_created) is not null then 0
                when d.id is null then 1
                when position(i.location_id in d.locations) % 12 = 1 or (
                    select 1 from device_locations p
                    where p.device_id = d.id and p.location_id = i.location_id) is not null
                    then case when d.consent_telemetry then 0 else 3 end
                when (
                    select 1 from locations l
                    where l.id = i.location_id and l.account_id = i.account_id and l.live_mode = i.live_mode) is null
                    then 2
                when not d.consent_telemetry then 3
                when length(d.locations) >= @full then 4
                else 5 end as fault
            from input i
            left join devices d on d.id = i.device_id and d.account_id = i.account_id and d.live_mode = i.live_mode
        ), numbered as (
            select *, row_number() over (partition by device_id, time, tail, fault order by number) as copy
            from checked
        ), kept as (
            insert into device_states (device_id, time, tail, time_created, location_id, state_of_charge_percent,
                target_state_of_charge_percent, battery_power_kw, energy_remaining_kwh, backup_reserve_percent,
                record_reference_id)
            select device_id, time, tail, time_created, location_id, state_of_charge_percent,
                target_state_of_charge_percent, battery_power_kw, energy_remaining_kwh, backup_reserve_percent,
                record_reference_id
            from numbered where fault = 0 and copy = 1
            order by device_id, time, tail
            on conflict do nothing
            returning device_id, time, tail
        )
        select n.number::integer - 1, n.fault
        from numbered n
        left join kept k on k.device_id = n.device_id and k.time = n.time and k.tail = n.tail
            and n.fault = 0 and n.copy = 1
        where k.tail is null
        order by n.number
        """;

    // Why a record was not kept, as the statement says it.
    private enum Obstacle
    {
        KeyMet = 0,
        NoDevice = 1,
        NoLocation = 2,
        NoConsent = 3,
        PlacesFull = 4,
        PlaceNew = 5,
    }

    private const string RecordColumns = """
        time, tail, time_created, location_id, state_of_charge_percent, target_state_of_charge_percent,
        battery_power_kw, energy_remaining_kwh, backup_reserve_percent, record_reference_id
        """;

    public async Task<SubmissionOutcome[]> CommitAsync(IReadOnlyList<PendingRecord> batch, CancellationToken cancel)
    {
        var outcomes = new SubmissionOutcome[batch.Count];
        for (var index = 0; index < batch.Count; index++)
        {
            outcomes[index] = new(SubmissionResult.Kept, batch[index].Record);
        }
        var stopped = await KeepAsync(batch, cancel);
        foreach (var (index, obstacle) in stopped)
        {
            outcomes[index] = ToResult(obstacle);
        }
        stopped.RemoveAll(one => one.Obstacle is Obstacle.NoDevice or Obstacle.NoLocation or Obstacle.NoConsent);
        try
        {
            await JudgeAsync(batch, stopped, outcomes, cancel);
        }
        catch (Exception exception) when (StorageFaults.IsUnavailable(exception) || cancel.IsCancellationRequested)
        {
            // What is decided is told; the rest comes again.
        }
        return outcomes;
    }

    public async Task<StateRecord?> FindLatestAsync(DeviceId device, CancellationToken cancel)
    {
        await using var command = engine.Postgres.CreateCommand($"""
            select {RecordColumns} from device_states
            where device_id = @device
            order by time desc, time_created desc, tail desc
            limit 1
            """);
        command.Parameters.AddWithValue("device", device.Value.ToByteArray());
        await using var reader = await command.ExecuteReaderAsync(cancel);
        return await reader.ReadAsync(cancel) ? ReadRecord(reader, device) : null;
    }

    public async Task<int> EraseSomeAsync(DeviceId device, CancellationToken cancel)
    {
        await using var command = engine.Postgres.CreateCommand("""
            delete from device_states where device_id = @device and (time, tail) in
                (select time, tail from device_states where device_id = @device limit @many)
            """);
        command.Parameters.AddWithValue("device", device.Value.ToByteArray());
        command.Parameters.AddWithValue("many", EraseAtOnce);
        return await command.ExecuteNonQueryAsync(cancel);
    }

    // Keeps what can be kept, commits, and returns the rest.
    private async Task<List<(int Index, Obstacle Obstacle)>> KeepAsync(
        IReadOnlyList<PendingRecord> batch, CancellationToken cancel)
    {
        await using var connection = await engine.Postgres.OpenConnectionAsync(cancel);
        if (_owed.Count == 0 && !batch.Any(pending => _lastSeen.IsDue(pending.Record)))
        {
            return await InsertAsync(connection, batch, cancel);
        }
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var stopped = await InsertAsync(connection, batch, cancel);
        var seen = new Dictionary<DeviceId, long>(_owed);
        var refused = stopped.Select(one => one.Index).ToHashSet();
        for (var index = 0; index < batch.Count; index++)
        {
            var record = batch[index].Record;
            if (_lastSeen.IsDue(record) && !refused.Contains(index))
            {
                var device = record.Key.DeviceId;
                seen[device] = Math.Max(record.CreatedUnixMilliseconds, seen.GetValueOrDefault(device));
            }
        }
        await CommitAsync(transaction, connection, seen, cancel);
        return stopped;
    }

    private async Task CommitAsync(
        NpgsqlTransaction transaction, NpgsqlConnection connection, Dictionary<DeviceId, long> seen,
        CancellationToken cancel)
    {
        var newest = seen.Values.DefaultIfEmpty().Max();
        var written = seen.Count > 0 ? await PostgresDeviceChanges.SetLastSeenAsync(connection, seen, cancel) : [];
        await transaction.CommitAsync(cancel);
        foreach (var device in written)
        {
            _lastSeen.Written(device, seen[device]);
            seen.Remove(device);
        }
        // What was not written is of a device that is being changed, or is gone: it is not tried for ever.
        _owed.Clear();
        foreach (var (device, moment) in seen)
        {
            if (moment > newest - OweForMilliseconds)
            {
                _owed[device] = moment;
            }
        }
    }

    private static async Task<List<(int Index, Obstacle Obstacle)>> InsertAsync(
        NpgsqlConnection connection, IReadOnlyList<PendingRecord> batch, CancellationToken cancel)
    {
        var stopped = new List<(int Index, Obstacle Obstacle)>();
        await using var command = KeepCommand(connection, batch);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            stopped.Add((reader.GetInt32(0), (Obstacle)reader.GetInt32(1)));
        }
        return stopped;
    }

    private static NpgsqlCommand KeepCommand(NpgsqlConnection connection, IReadOnlyList<PendingRecord> batch)
    {
        var command = new NpgsqlCommand(KeepSql, connection);
        Add(command, "device", NpgsqlDbType.Bytea, batch, pending => pending.Record.Key.DeviceId.Value.ToByteArray());
        Add(command, "account", NpgsqlDbType.Bytea, batch, pending => pending.Caller.AccountId.Value.ToByteArray());
        Add(command, "live", NpgsqlDbType.Boolean, batch, pending => pending.Caller.LiveMode);
        Add(command, "maybe", NpgsqlDbType.Boolean, batch, pending => pending.MayBeKept);
        Add(command, "time", NpgsqlDbType.Bigint, batch, pending => pending.Record.Key.UnixMicroseconds);
        Add(command, "tail", NpgsqlDbType.Bigint, batch, pending => pending.Record.Key.SortableTail);
        Add(command, "created", NpgsqlDbType.Bigint, batch, pending => pending.Record.CreatedUnixMilliseconds);
        Add(command, "location", NpgsqlDbType.Bytea, batch, pending => pending.Record.LocationId.Value.ToByteArray());
        Add(command, "charge", NpgsqlDbType.Double, batch, pending => pending.Record.StateOfChargePercent);
        Add(command, "target", NpgsqlDbType.Double, batch, pending => pending.Record.TargetStateOfChargePercent);
        Add(command, "power", NpgsqlDbType.Double, batch, pending => pending.Record.BatteryPowerKw);
        Add(command, "energy", NpgsqlDbType.Double, batch, pending => pending.Record.EnergyRemainingKwh);
        Add(command, "reserve", NpgsqlDbType.Double, batch, pending => pending.Record.BackupReservePercent);
        Add(command, "reference", NpgsqlDbType.Text, batch, pending => pending.Record.RecordReferenceId);
        command.Parameters.AddWithValue("full", DeviceLocations.Max * ObjectId.Size);
        return command;
    }

    private static void Add<T>(
        NpgsqlCommand command, string name, NpgsqlDbType type, IReadOnlyList<PendingRecord> batch,
        Func<PendingRecord, T> value)
    {
        var values = new T[batch.Count];
        for (var index = 0; index < values.Length; index++)
        {
            values[index] = value(batch[index]);
        }
        command.Parameters.Add(new NpgsqlParameter<T[]>(name, NpgsqlDbType.Array | type) { TypedValue = values });
    }

    // Compares records with what the store has under their keys, all in one query. A repeat or a conflict changes
    // nothing, so a new place is added only for a record that is not there.
    private async Task JudgeAsync(
        IReadOnlyList<PendingRecord> batch, List<(int Index, Obstacle Obstacle)> stopped, SubmissionOutcome[] outcomes,
        CancellationToken cancel)
    {
        if (stopped.Count == 0)
        {
            return;
        }
        var stored = await FindAsync(stopped.ConvertAll(one => batch[one.Index]), cancel);
        var atNewPlace = new Dictionary<DeviceId, int>();
        foreach (var (index, obstacle) in stopped)
        {
            var pending = batch[index];
            if (stored.ContainsKey(pending.Record.Key) || obstacle == Obstacle.KeyMet)
            {
                outcomes[index] = Judge(pending, stored);
            }
            else if (obstacle == Obstacle.PlacesFull)
            {
                outcomes[index] = SubmissionResult.LocationsFull;
            }
            else
            {
                // One new place of a device at a time: what else comes of it is tried again.
                atNewPlace.TryAdd(pending.Record.Key.DeviceId, index);
            }
        }
        if (atNewPlace.Count > 0)
        {
            int[] indexes = [.. atNewPlace.Values];
            foreach (var index in indexes)
            {
                outcomes[index] = SubmissionResult.StorageUnavailable;
            }
            var kept = await KeepAtNewPlacesAsync([.. indexes.Select(index => batch[index])], cancel);
            for (var number = 0; number < indexes.Length; number++)
            {
                outcomes[indexes[number]] = kept[number];
            }
        }
    }

    // A record that was in the way and is gone has been erased with its device in between.
    private static SubmissionOutcome Judge(PendingRecord pending, Dictionary<StateRecordKey, StateRecord> stored) =>
        stored.TryGetValue(pending.Record.Key, out var found)
            ? SubmissionRules.Judge(pending.Record, found, pending.MayBeKept)
            : SubmissionResult.DeviceNotFound;

    private async Task<Dictionary<StateRecordKey, StateRecord>> FindAsync(
        IReadOnlyList<PendingRecord> asked, CancellationToken cancel)
    {
        await using var command = engine.Postgres.CreateCommand($"""
            select {RecordColumns}, device_id from device_states
            where (device_id, time, tail) in (select * from unnest(@device, @time, @tail))
            """);
        Add(command, "device", NpgsqlDbType.Bytea, asked, pending => pending.Record.Key.DeviceId.Value.ToByteArray());
        Add(command, "time", NpgsqlDbType.Bigint, asked, pending => pending.Record.Key.UnixMicroseconds);
        Add(command, "tail", NpgsqlDbType.Bigint, asked, pending => pending.Record.Key.SortableTail);
        var stored = new Dictionary<StateRecordKey, StateRecord>();
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            var record = ReadRecord(reader, new DeviceId(ObjectId.Read(reader.GetFieldValue<byte[]>(10))));
            stored[record.Key] = record;
        }
        return stored;
    }

    // The devices get their new places and the records in one transaction. What it cannot decide comes again: a device
    // that is being changed, and everything where a record turns out to be there already, since a repeat adds no place.
    private async Task<SubmissionOutcome[]> KeepAtNewPlacesAsync(
        IReadOnlyList<PendingRecord> records, CancellationToken cancel)
    {
        var outcomes = new SubmissionOutcome[records.Count];
        Array.Fill(outcomes, SubmissionResult.Postponed);
        await using var connection = await engine.Postgres.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var held = await PostgresDeviceChanges.AddPlacesAsync(
            connection,
            [.. records.Select(one => (one.Caller, one.Record.Key.DeviceId, one.Record.LocationId))], cancel);
        PendingRecord[] placed = [.. held.Select(number => records[number])];
        var stopped = await InsertAsync(connection, placed, cancel);
        if (stopped.Exists(one => one.Obstacle == Obstacle.KeyMet))
        {
            return outcomes;
        }
        for (var number = 0; number < placed.Length; number++)
        {
            outcomes[held[number]] = new(SubmissionResult.Kept, placed[number].Record);
        }
        foreach (var (number, obstacle) in stopped)
        {
            outcomes[held[number]] = ToResult(obstacle);
        }
        var seen = new Dictionary<DeviceId, long>(_owed);
        foreach (var outcome in outcomes)
        {
            if (outcome is { Result: SubmissionResult.Kept, Stored: { } record })
            {
                seen[record.Key.DeviceId] = record.CreatedUnixMilliseconds;
            }
        }
        await CommitAsync(transaction, connection, seen, cancel);
        return outcomes;
    }

    // What an obstacle means as it stands; the others want a look at the store, now or at the next try.
    private static SubmissionResult ToResult(Obstacle obstacle) => obstacle switch
    {
        Obstacle.NoDevice => SubmissionResult.DeviceNotFound,
        Obstacle.NoLocation => SubmissionResult.LocationNotFound,
        Obstacle.NoConsent => SubmissionResult.ConsentMissing,
        _ => SubmissionResult.Postponed,
    };

    private static StateRecord ReadRecord(NpgsqlDataReader row, DeviceId device) => new()
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
}
