using Npgsql;
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
        select i.number::integer - 1
        from unnest(@device, @account, @live, @location)
            with ordinality as i (device_id, account_id, live_mode, location_id, number)
        join devices d on d.id = i.device_id and d.account_id = i.account_id and d.live_mode = i.live_mode
        join locations l on l.id = i.location_id and l.account_id = i.account_id and l.live_mode = i.live_mode
        where length(d.locations) < @full
        for no key update of d skip locked for share of l skip locked
        """;

    // Time zone and place are copied once, from the first location, where the device has none of its own.
    private const string AddPlacesSql = """
        with placed as (
            insert into device_locations (device_id, location_id) select * from unnest(@device, @location)
            on conflict do nothing
            returning device_id, location_id
        )
        update devices d set
            version = d.version + 1,
            locations = d.locations || l.id,
            timezone = case when length(d.locations) > 0 then d.timezone else coalesce(d.timezone, l.timezone) end,
            lat = case when length(d.locations) > 0 or d.lat is not null then d.lat else l.lat end,
            lng = case when length(d.locations) > 0 or d.lat is not null then d.lng else l.lng end
        from placed p join locations l on l.id = p.location_id
        where d.id = p.device_id
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
    /// Holds the rows of devices until the transaction ends; those that another transaction holds are passed over.
    /// </summary>
    /// <param name="connection">The connection in whose transaction it happens.</param>
    /// <param name="devices">The devices.</param>
    /// <param name="cancel">Gives up.</param>
    /// <returns>The devices that are there and held now.</returns>
    public static async Task<HashSet<DeviceId>> HoldAsync(
        NpgsqlConnection connection, IReadOnlyCollection<DeviceId> devices, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(
            "select id from devices where id = any(@device) order by id for no key update skip locked", connection);
        AddIds(command, "device", devices.Select(device => device.Value));
        return await ReadIdsAsync(command, cancel);
    }

    /// <summary>Holds the rows of devices until the transaction ends, waiting for others, and reads them.</summary>
    /// <param name="connection">The connection in whose transaction it happens.</param>
    /// <param name="devices">The devices.</param>
    /// <param name="cancel">Gives up.</param>
    /// <returns>The devices that are there.</returns>
    public static async Task<Dictionary<DeviceId, HeldDevice>> HoldWholeAsync(
        NpgsqlConnection connection, IReadOnlyCollection<DeviceId> devices, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("""
            select id, account_id, live_mode, consent_telemetry, locations from devices
            where id = any(@device) order by id for no key update
            """, connection);
        AddIds(command, "device", devices.Select(device => device.Value));
        var held = new Dictionary<DeviceId, HeldDevice>(devices.Count);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            held.Add(new DeviceId(ObjectId.Read(reader.GetFieldValue<byte[]>(0))), new(
                new AccountId(ObjectId.Read(reader.GetFieldValue<byte[]>(1))), reader.GetBoolean(2),
                reader.GetBoolean(3), reader.GetFieldValue<byte[]>(4)));
        }
        return held;
    }

    /// <summary>Moves the marks up to which records may be packed on, never back.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="until">Marks by device, microseconds since 1970-01-01T00:00:00Z.</param>
    /// <param name="skipHeld">Whether devices that another transaction holds are passed over.</param>
    /// <param name="cancel">Gives up.</param>
    public static async Task MoveMarksAsync(
        NpgsqlConnection connection, Dictionary<DeviceId, long> until, bool skipHeld, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand($"""
            update devices d set chunked_until = m.until
            from (
                select d.id, i.until from devices d join unnest(@device, @until) as i (id, until) on d.id = i.id
                where d.chunked_until is null or d.chunked_until < i.until
                order by d.id
                for no key update of d{(skipHeld ? " skip locked" : "")}
            ) m
            where d.id = m.id
            """, connection);
        AddIds(command, "device", until.Keys.Select(device => device.Value));
        command.Parameters.Add(new NpgsqlParameter<long[]>("until", [.. until.Values]));
        await command.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>Finds devices whose mark is at least at a time.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="devices">The devices among which to look.</param>
    /// <param name="until">The time, microseconds since 1970-01-01T00:00:00Z.</param>
    /// <param name="cancel">Gives up.</param>
    public static async Task<IReadOnlyCollection<DeviceId>> FindMarkedAsync(
        NpgsqlConnection connection, IReadOnlyCollection<DeviceId> devices, long until, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(
            "select id from devices where id = any(@device) and chunked_until >= @until", connection);
        AddIds(command, "device", devices.Select(device => device.Value));
        command.Parameters.AddWithValue("until", until);
        return await ReadIdsAsync(command, cancel);
    }

    /// <summary>
    /// Adds a location to each of these devices and holds both rows, where the caller has both, the device has room and
    /// no other transaction holds them.
    /// </summary>
    /// <param name="connection">The connection in whose transaction it happens.</param>
    /// <param name="places">Callers, devices and locations that are new to them; no device twice.</param>
    /// <param name="cancel">Gives up.</param>
    /// <returns>Which of them are held now, by their number in the list.</returns>
    public static async Task<List<int>> AddPlacesAsync(
        NpgsqlConnection connection, IReadOnlyList<(Caller Caller, DeviceId Device, LocationId Location)> places,
        CancellationToken cancel)
    {
        await using var hold = new NpgsqlCommand(HoldSql, connection);
        AddIds(hold, "device", places.Select(place => place.Device.Value));
        AddIds(hold, "account", places.Select(place => place.Caller.AccountId.Value));
        hold.Parameters.Add(new NpgsqlParameter<bool[]>("live", [.. places.Select(place => place.Caller.LiveMode)]));
        AddIds(hold, "location", places.Select(place => place.Location.Value));
        hold.Parameters.AddWithValue("full", DeviceLocations.Max * ObjectId.Size);
        var held = new List<int>(places.Count);
        await using (var reader = await hold.ExecuteReaderAsync(cancel))
        {
            while (await reader.ReadAsync(cancel))
            {
                held.Add(reader.GetInt32(0));
            }
        }
        await using var add = new NpgsqlCommand(AddPlacesSql, connection);
        AddIds(add, "device", held.Select(number => places[number].Device.Value));
        AddIds(add, "location", held.Select(number => places[number].Location.Value));
        await add.ExecuteNonQueryAsync(cancel);
        return held;
    }

    /// <summary>Moves <c>last_seen</c> on, never back, and returns the devices of which it was written.</summary>
    /// <param name="connection">The connection in whose transaction it happens.</param>
    /// <param name="seen">Moments by device, milliseconds since 1970-01-01T00:00:00Z.</param>
    /// <param name="cancel">Gives up.</param>
    public static async Task<HashSet<DeviceId>> SetLastSeenAsync(
        NpgsqlConnection connection, Dictionary<DeviceId, long> seen, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(SetLastSeenSql, connection);
        AddIds(command, "device", seen.Keys.Select(device => device.Value));
        command.Parameters.Add(new NpgsqlParameter<long[]>("seen", [.. seen.Values.Select(moment => moment * 1000)]));
        return await ReadIdsAsync(command, cancel);
    }

    private static async Task<HashSet<DeviceId>> ReadIdsAsync(NpgsqlCommand command, CancellationToken cancel)
    {
        var ids = new HashSet<DeviceId>();
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            ids.Add(new DeviceId(ObjectId.Read(reader.GetFieldValue<byte[]>(0))));
        }
        return ids;
    }

    private static void AddIds(NpgsqlCommand command, string name, IEnumerable<ObjectId> ids) =>
        command.Parameters.Add(new NpgsqlParameter<byte[][]>(name, [.. ids.Select(id => id.ToByteArray())]));
}
