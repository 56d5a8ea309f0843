using Npgsql;
using NpgsqlTypes;
using Plateau.Contracts;
using Plateau.Server.Access;
using Plateau.Server.Devices;
using Plateau.Server.Storage;
using Plateau.Telemetry;

namespace Plateau.Server.Telemetry;

/// <summary>Records on PostgreSQL: a batch is one statement that checks the devices and keeps the records.</summary>
internal sealed class PostgresStateStore(Engine engine) : IStateStore
{
    private const int EraseAtOnce = 5_000;

    private readonly LastSeenTracker _lastSeen = new();

    // A device's row is read in the statement's own snapshot: a deletion or a withdrawn consent that was answered
    // before the statement began is seen. A place among the device's is one of the account's, so only a new place is
    // looked up, by the slower path. position() also finds bytes that straddle two places; those are no match.
    private const string KeepSql = """
        with input as (
            select * from unnest(@device, @account, @live, @time, @tail, @created, @location, @charge, @target, @power,
                @energy, @reserve, @reference)
            with ordinality as i (device_id, account_id, live_mode, time, tail, time_created, location_id,
                state_of_charge_percent, target_state_of_charge_percent, battery_power_kw, energy_remaining_kwh,
                backup_reserve_percent, record_reference_id, number)
        ), checked as materialized (
            select i.*, case
                when d.id is null then 1
                when position(i.location_id in d.locations) % 12 <> 1 then 2
                when not d.consent_telemetry then 3
                else 0 end as fault
            from input i
            left join devices d on d.id = i.device_id and d.account_id = i.account_id and d.live_mode = i.live_mode
        ), kept as (
            insert into device_states (device_id, time, tail, time_created, location_id, state_of_charge_percent,
                target_state_of_charge_percent, battery_power_kw, energy_remaining_kwh, backup_reserve_percent,
                record_reference_id)
            select device_id, time, tail, time_created, location_id, state_of_charge_percent,
                target_state_of_charge_percent, battery_power_kw, energy_remaining_kwh, backup_reserve_percent,
                record_reference_id
            from checked where fault = 0
            on conflict do nothing
            returning device_id, time, tail
        )
        select c.number::integer - 1, c.fault
        from checked c left join kept k on k.device_id = c.device_id and k.time = c.time and k.tail = c.tail
        where k.tail is null
        """;

    private const int NoSuchDevice = 1;
    private const int NoConsent = 3;

    private const string SetLastSeenSql = """
        update devices d set last_seen = greatest(coalesce(d.last_seen, 0), s.seen)
        from (
            select d.id, i.seen from devices d join unnest(@device, @seen) as i (id, seen) on d.id = i.id
            order by d.id for no key update of d
        ) s
        where d.id = s.id
        """;

    private const string RecordColumns = """
        time, tail, time_created, location_id, state_of_charge_percent, target_state_of_charge_percent,
        battery_power_kw, energy_remaining_kwh, backup_reserve_percent, record_reference_id
        """;

    public async Task<SubmissionOutcome[]> CommitAsync(
        IReadOnlyList<PendingRecord> batch, bool writtenBefore, CancellationToken cancel)
    {
        var outcomes = new SubmissionOutcome[batch.Count];
        for (var index = 0; index < batch.Count; index++)
        {
            outcomes[index] = new(SubmissionResult.Kept, batch[index].Record);
        }
        var exceptions = await KeepAsync(batch, cancel);
        var met = exceptions.Where(exception => exception.Fault == 0).Select(exception => exception.Index).ToList();
        await JudgeAsync(batch, met, outcomes, writtenBefore, cancel);
        foreach (var (index, fault) in exceptions.Where(exception => exception.Fault != 0))
        {
            outcomes[index] = fault switch
            {
                NoSuchDevice => SubmissionResult.DeviceNotFound,
                NoConsent => SubmissionResult.ConsentMissing,
                _ => await KeepAtNewPlaceAsync(batch[index], writtenBefore, cancel),
            };
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

    private async Task<List<(int Index, int Fault)>> KeepAsync(
        IReadOnlyList<PendingRecord> batch, CancellationToken cancel)
    {
        await using var connection = await engine.Postgres.OpenConnectionAsync(cancel);
        if (!batch.Any(pending => _lastSeen.IsDue(pending.Record)))
        {
            return await KeepAsync(connection, batch, cancel);
        }
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var exceptions = await KeepAsync(connection, batch, cancel);
        var refused = exceptions.Select(exception => exception.Index).ToHashSet();
        var seen = batch.Where((pending, index) => _lastSeen.IsDue(pending.Record) && !refused.Contains(index))
            .GroupBy(pending => pending.Record.Key.DeviceId)
            .ToDictionary(group => group.Key, group => group.Max(pending => pending.Record.CreatedUnixMilliseconds));
        if (seen.Count > 0)
        {
            await SetLastSeenAsync(connection, seen, cancel);
        }
        await transaction.CommitAsync(cancel);
        foreach (var (device, moment) in seen)
        {
            _lastSeen.Written(device, moment);
        }
        return exceptions;
    }

    private static async Task<List<(int Index, int Fault)>> KeepAsync(
        NpgsqlConnection connection, IReadOnlyList<PendingRecord> batch, CancellationToken cancel)
    {
        var exceptions = new List<(int Index, int Fault)>();
        await using var command = KeepCommand(connection, batch);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            exceptions.Add((reader.GetInt32(0), reader.GetInt32(1)));
        }
        return exceptions;
    }

    private static NpgsqlCommand KeepCommand(NpgsqlConnection connection, IReadOnlyList<PendingRecord> batch)
    {
        var command = new NpgsqlCommand(KeepSql, connection);
        Add(command, "device", NpgsqlDbType.Bytea, batch, pending => pending.Record.Key.DeviceId.Value.ToByteArray());
        Add(command, "account", NpgsqlDbType.Bytea, batch, pending => pending.Caller.AccountId.Value.ToByteArray());
        Add(command, "live", NpgsqlDbType.Boolean, batch, pending => pending.Caller.LiveMode);
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

    private static async Task SetLastSeenAsync(
        NpgsqlConnection connection, Dictionary<DeviceId, long> seen, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(SetLastSeenSql, connection);
        command.Parameters.Add(new NpgsqlParameter<byte[][]>("device", NpgsqlDbType.Array | NpgsqlDbType.Bytea)
        {
            TypedValue = [.. seen.Keys.Select(device => device.Value.ToByteArray())],
        });
        command.Parameters.Add(new NpgsqlParameter<long[]>("seen", NpgsqlDbType.Array | NpgsqlDbType.Bigint)
        {
            TypedValue = [.. seen.Values.Select(moment => moment * 1000)],
        });
        await command.ExecuteNonQueryAsync(cancel);
    }

    // Judges records whose keys were in the store already, all in one query.
    private async Task JudgeAsync(
        IReadOnlyList<PendingRecord> batch, List<int> indexes, SubmissionOutcome[] outcomes, bool writtenBefore,
        CancellationToken cancel)
    {
        if (indexes.Count == 0)
        {
            return;
        }
        var stored = await FindAsync(indexes.ConvertAll(index => batch[index]), cancel);
        foreach (var index in indexes)
        {
            // A record that was in the way and is gone has been erased with its device in between.
            outcomes[index] = stored.TryGetValue(batch[index].Record.Key, out var found)
                ? SubmissionRules.Judge(batch[index].Record, found, writtenBefore)
                : SubmissionResult.DeviceNotFound;
        }
    }

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

    // The device gets the new place and the record in one transaction that holds both rows. A repeat or a conflict
    // changes nothing, so it adds no place either.
    private async Task<SubmissionOutcome> KeepAtNewPlaceAsync(
        PendingRecord pending, bool writtenBefore, CancellationToken cancel)
    {
        var refusal = await TryKeepAtNewPlaceAsync(pending, cancel);
        if (refusal is null)
        {
            return new(SubmissionResult.Kept, pending.Record);
        }
        if (refusal is not (SubmissionResult.Repeated or SubmissionResult.LocationsFull))
        {
            return refusal.Value;
        }
        var stored = await FindAsync([pending], cancel);
        return stored.TryGetValue(pending.Record.Key, out var found)
            ? SubmissionRules.Judge(pending.Record, found, writtenBefore)
            : refusal == SubmissionResult.LocationsFull ? refusal.Value : SubmissionResult.DeviceNotFound;
    }

    // Null when it is kept; "repeated" when its key was in the store, whatever the content.
    private async Task<SubmissionResult?> TryKeepAtNewPlaceAsync(PendingRecord pending, CancellationToken cancel)
    {
        await using var connection = await engine.Postgres.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        if (await AddPlaceAsync(connection, pending, cancel) is { } refusal)
        {
            return refusal;
        }
        if ((await KeepAsync(connection, [pending], cancel)).Count > 0)
        {
            return SubmissionResult.Repeated;
        }
        var seen = new Dictionary<DeviceId, long>
        {
            [pending.Record.Key.DeviceId] = pending.Record.CreatedUnixMilliseconds,
        };
        await SetLastSeenAsync(connection, seen, cancel);
        await transaction.CommitAsync(cancel);
        _lastSeen.Written(pending.Record.Key.DeviceId, pending.Record.CreatedUnixMilliseconds);
        return null;
    }

    private static async Task<SubmissionResult?> AddPlaceAsync(
        NpgsqlConnection connection, PendingRecord pending, CancellationToken cancel)
    {
        var record = pending.Record;
        await using var holdDevice = NewCommand("""
            select consent_telemetry, locations from devices
            where id = @id and account_id = @account and live_mode = @live
            for no key update
            """, connection, pending.Caller, record.Key.DeviceId.Value);
        bool agreed;
        byte[] places;
        await using (var reader = await holdDevice.ExecuteReaderAsync(cancel))
        {
            if (!await reader.ReadAsync(cancel))
            {
                return SubmissionResult.DeviceNotFound;
            }
            agreed = reader.GetBoolean(0);
            places = reader.GetFieldValue<byte[]>(1);
        }
        await using var holdLocation = NewCommand("""
            select 1 from locations where id = @id and account_id = @account and live_mode = @live for no key update
            """, connection, pending.Caller, record.LocationId.Value);
        if (await holdLocation.ExecuteScalarAsync(cancel) is null)
        {
            return SubmissionResult.LocationNotFound;
        }
        if (!agreed)
        {
            return SubmissionResult.ConsentMissing;
        }
        if (DeviceLocations.Contains(places, record.LocationId))
        {
            return null;
        }
        if (DeviceLocations.Count(places) >= DeviceLocations.Max)
        {
            return SubmissionResult.LocationsFull;
        }
        await using var add = new NpgsqlCommand("""
            with placed as (
                insert into device_locations (device_id, location_id) values (@device, @location)
            )
            update devices d set
                locations = @places,
                timezone = coalesce(d.timezone, l.timezone),
                lat = case when d.lat is null then l.lat else d.lat end,
                lng = case when d.lat is null then l.lng else d.lng end
            from locations l
            where d.id = @device and l.id = @location
            """, connection);
        add.Parameters.AddWithValue("device", record.Key.DeviceId.Value.ToByteArray());
        add.Parameters.AddWithValue("location", record.LocationId.Value.ToByteArray());
        add.Parameters.AddWithValue("places", DeviceLocations.Append(places, record.LocationId));
        await add.ExecuteNonQueryAsync(cancel);
        return null;
    }

    private static NpgsqlCommand NewCommand(string sql, NpgsqlConnection connection, Caller caller, ObjectId id)
    {
        var command = new NpgsqlCommand(sql, connection);
        command.Parameters.AddWithValue("id", id.ToByteArray());
        command.Parameters.AddWithValue("account", caller.AccountId.Value.ToByteArray());
        command.Parameters.AddWithValue("live", caller.LiveMode);
        return command;
    }

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
