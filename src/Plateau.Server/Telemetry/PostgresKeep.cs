using Npgsql;
using NpgsqlTypes;
using Plateau.Contracts;
using Plateau.Server.Devices;

namespace Plateau.Server.Telemetry;

/// <summary>Why a record was not kept, as the statement says it.</summary>
internal enum Obstacle
{
    /// <summary>There is a record of its key, or it is a copy of another of the batch.</summary>
    KeyMet = 0,

    /// <summary>The caller has no such device.</summary>
    NoDevice = 1,

    /// <summary>The caller has no such location.</summary>
    NoLocation = 2,

    /// <summary>The device's owner has not agreed to telemetry.</summary>
    NoConsent = 3,

    /// <summary>The place is new to the device, which has as many as it may have.</summary>
    PlacesFull = 4,

    /// <summary>The place is new to the device.</summary>
    PlaceNew = 5,

    /// <summary>A record of its time may be in a chunk, at which the statement does not look.</summary>
    MayBePacked = 6,
}

/// <summary>The statement that checks the devices of a batch and keeps what can be kept as rows.</summary>
internal static class PostgresKeep
{
    /// <summary>
    /// Number of the lock that holds every statement which reads <c>devices.chunked_until</c> and then inserts: shared
    /// by those; taken alone, for a moment, by whoever has moved that mark, so that none is left that has not seen it.
    /// </summary>
    public const long MarkLock = 0x506c_6174_6561_7501;

    /// <summary>
    /// Number of the lock that holds every transaction which looks who watches and then keeps records: shared by those;
    /// taken alone, for a moment, by whoever begins to watch.
    /// </summary>
    public const long WatchLock = 0x506c_6174_6561_7503;

    private const string ShareSql = "select pg_advisory_xact_lock_shared(@mark), pg_advisory_xact_lock_shared(@watch)";

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
                @power, @energy, @reserve, @reference, @packed)
            with ordinality as i (device_id, account_id, live_mode, may_be_kept, time, tail, time_created, location_id,
                state_of_charge_percent, target_state_of_charge_percent, battery_power_kw, energy_remaining_kwh,
                backup_reserve_percent, record_reference_id, is_packed, number)
        ), checked as (
            select i.*, case
                when i.may_be_kept and (
                    select 1 from device_states s
                    where s.device_id = i.device_id and s.time = i.time and s.tail = i.tail
                        and s.time_created = i.time_created) is not null then 0
                when d.id is null then 1
                when not @chunks and i.time <= d.chunked_until then 6
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
            from numbered where fault = 0 and copy = 1 and not is_packed
            order by device_id, time, tail
            on conflict do nothing
            returning device_id, time, tail
        ), watched as (
            insert into state_events (account_id, live_mode, transaction, device_id, time, tail, time_created,
                location_id, state_of_charge_percent, target_state_of_charge_percent, battery_power_kw,
                energy_remaining_kwh, backup_reserve_percent, record_reference_id)
            select n.account_id, n.live_mode, pg_current_xact_id()::text::bigint, n.device_id, n.time, n.tail,
                n.time_created, n.location_id, n.state_of_charge_percent, n.target_state_of_charge_percent,
                n.battery_power_kw, n.energy_remaining_kwh, n.backup_reserve_percent, n.record_reference_id
            from kept k
            join numbered n on n.device_id = k.device_id and n.time = k.time and n.tail = k.tail
                and n.fault = 0 and n.copy = 1 and not n.is_packed
            where (select true from state_watches limit 1)
                and (n.account_id, n.live_mode) in (
                    select account_id, live_mode from state_watches
                    where until > (extract(epoch from clock_timestamp()) * 1000000)::bigint)
            order by n.number
        )
        select n.number::integer - 1, n.fault
        from numbered n
        left join kept k on k.device_id = n.device_id and k.time = n.time and k.tail = n.tail
            and n.fault = 0 and n.copy = 1
        where k.tail is null
        order by n.number
        """;

    /// <summary>Keeps what can be kept.</summary>
    /// <param name="connection">A connection; without a transaction of the caller's, this is one.</param>
    /// <param name="batch">The records.</param>
    /// <param name="packed">
    /// Which of them were found in chunks, whose device rows the transaction holds: they are checked and not inserted.
    /// Null where nobody looked: what may be in a chunk is then an obstacle.
    /// </param>
    /// <param name="cancel">Gives up.</param>
    /// <returns>The records that were not kept, by their number in the batch, ascending.</returns>
    public static async Task<List<(int Index, Obstacle Obstacle)>> RunAsync(
        NpgsqlConnection connection, IReadOnlyList<PendingRecord> batch, bool[]? packed, CancellationToken cancel)
    {
        var stopped = new List<(int Index, Obstacle Obstacle)>();
        await using var commands = new NpgsqlBatch(connection);
        commands.BatchCommands.Add(packed is null
            ? new(ShareSql) { Parameters = { new("mark", MarkLock), new("watch", WatchLock) } }
            : new(PostgresStateLog.ShareSql) { Parameters = { new("watch", WatchLock) } });
        commands.BatchCommands.Add(KeepCommand(batch, packed));
        await using var reader = await commands.ExecuteReaderAsync(cancel);
        await reader.NextResultAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            stopped.Add((reader.GetInt32(0), (Obstacle)reader.GetInt32(1)));
        }
        return stopped;
    }

    private static NpgsqlBatchCommand KeepCommand(IReadOnlyList<PendingRecord> batch, bool[]? packed)
    {
        var command = new NpgsqlBatchCommand(KeepSql);
        AddRecords(command, batch);
        Add(command, "maybe", NpgsqlDbType.Boolean, batch, pending => pending.MayBeKept);
        command.Parameters.Add(new NpgsqlParameter<bool[]>("packed", packed ?? new bool[batch.Count]));
        command.Parameters.Add(new NpgsqlParameter<bool>("chunks", packed is not null));
        command.Parameters.Add(new NpgsqlParameter<int>("full", DeviceLocations.Max * ObjectId.Size));
        return command;
    }

    /// <summary>Adds an array of each of the records' values as parameters.</summary>
    public static void AddRecords(NpgsqlBatchCommand command, IReadOnlyList<PendingRecord> batch)
    {
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
    }

    private static void Add<T>(
        NpgsqlBatchCommand command, string name, NpgsqlDbType type, IReadOnlyList<PendingRecord> batch,
        Func<PendingRecord, T> value)
    {
        var values = new T[batch.Count];
        for (var index = 0; index < values.Length; index++)
        {
            values[index] = value(batch[index]);
        }
        command.Parameters.Add(new NpgsqlParameter<T[]>(name, NpgsqlDbType.Array | type) { TypedValue = values });
    }
}
