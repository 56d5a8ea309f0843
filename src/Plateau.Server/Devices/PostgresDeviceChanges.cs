using Npgsql;
using NpgsqlTypes;
using Plateau.Contracts;
using Plateau.Server.Access;

namespace Plateau.Server.Devices;

/// <summary>
/// What a kept record changes of its device on PostgreSQL, as commands within the transaction that keeps the record.
/// They wait for no row that another transaction holds, because records of every other device wait behind them.
/// </summary>
internal static class PostgresDeviceChanges
{
    private const string HoldSql = """
        select 1 from devices d
        join locations l on l.account_id = d.account_id and l.live_mode = d.live_mode
        where d.id = @device and d.account_id = @account and d.live_mode = @live and l.id = @location
            and length(d.locations) < @full
        for no key update of d nowait for share of l nowait
        """;

    // Time zone and place are copied once, from the first location, where the device has none of its own.
    private const string AddPlaceSql = """
        with placed as (
            insert into device_locations (device_id, location_id) values (@device, @location)
            on conflict do nothing
            returning location_id
        )
        update devices d set
            version = d.version + 1,
            locations = d.locations || l.id,
            timezone = case when length(d.locations) > 0 then d.timezone else coalesce(d.timezone, l.timezone) end,
            lat = case when length(d.locations) > 0 or d.lat is not null then d.lat else l.lat end,
            lng = case when length(d.locations) > 0 or d.lat is not null then d.lng else l.lng end
        from placed p join locations l on l.id = p.location_id
        where d.id = @device
        """;

    // A device that is being changed is passed over: its moment is written with its next record.
    private const string SetLastSeenSql = """
        update devices d set last_seen = greatest(coalesce(d.last_seen, 0), s.seen)
        from (
            select d.id, i.seen from devices d join unnest(@device, @seen) as i (id, seen) on d.id = i.id
            for no key update of d skip locked
        ) s
        where d.id = s.id
        returning d.id
        """;

    /// <summary>
    /// Adds a location to a device and holds both rows, where the caller has both, the device has room and the location
    /// is new to it; else changes nothing.
    /// </summary>
    /// <exception cref="PostgresException">Another transaction holds one of the rows.</exception>
    public static async Task AddPlaceAsync(
        NpgsqlConnection connection, Caller caller, DeviceId device, LocationId location, CancellationToken cancel)
    {
        await using var hold = new NpgsqlCommand(HoldSql, connection);
        hold.Parameters.AddWithValue("device", device.Value.ToByteArray());
        hold.Parameters.AddWithValue("account", caller.AccountId.Value.ToByteArray());
        hold.Parameters.AddWithValue("live", caller.LiveMode);
        hold.Parameters.AddWithValue("location", location.Value.ToByteArray());
        hold.Parameters.AddWithValue("full", DeviceLocations.Max * ObjectId.Size);
        if (await hold.ExecuteScalarAsync(cancel) is null)
        {
            return;
        }
        await using var add = new NpgsqlCommand(AddPlaceSql, connection);
        add.Parameters.AddWithValue("device", device.Value.ToByteArray());
        add.Parameters.AddWithValue("location", location.Value.ToByteArray());
        await add.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>Moves <c>last_seen</c> on, never back, and returns the devices of which it was written.</summary>
    /// <param name="connection">The connection in whose transaction it happens.</param>
    /// <param name="seen">Moments by device, milliseconds since 1970-01-01T00:00:00Z.</param>
    /// <param name="cancel">Gives up.</param>
    public static async Task<List<DeviceId>> SetLastSeenAsync(
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
        var written = new List<DeviceId>();
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            written.Add(new DeviceId(ObjectId.Read(reader.GetFieldValue<byte[]>(0))));
        }
        return written;
    }
}
