using Plateau.Contracts;
using Plateau.Server.Storage;

namespace Plateau.Server.Devices;

/// <summary>
/// What a kept record changes of its device on the embedded engine, within the transaction that keeps the record.
/// </summary>
/// <param name="prepare">Prepares a statement of the connection that keeps records, which also disposes of it.</param>
internal sealed class SqliteDeviceChanges(Func<string, SqliteStatement> prepare)
{
    // Time zone and place are copied once, from the first location, where the device has none of its own.
    private readonly SqliteStatement _addPlace = prepare("""
        update devices set
            version = version + 1,
            locations = ?2,
            timezone = case when length(locations) > 0 then timezone
                else coalesce(timezone, (select timezone from locations where id = ?3)) end,
            lng = case when length(locations) > 0 or lat is not null then lng
                else (select lng from locations where id = ?3) end,
            lat = case when length(locations) > 0 or lat is not null then lat
                else (select lat from locations where id = ?3) end
        where id = ?1
        """);

    private readonly SqliteStatement _linkPlace =
        prepare("insert into device_locations (device_id, location_id) values (?1, ?2)");

    private readonly SqliteStatement _setLastSeen =
        prepare("update devices set last_seen = max(coalesce(last_seen, 0), ?2) where id = ?1");

    private readonly SqliteStatement _moveMark =
        prepare("update devices set chunked_until = max(coalesce(chunked_until, 0), ?2) where id = ?1");

    /// <summary>Moves the mark up to which records may be packed on, never back.</summary>
    /// <param name="device">The device.</param>
    /// <param name="until">Microseconds since 1970-01-01T00:00:00Z.</param>
    public void MoveMark(DeviceId device, long until)
    {
        _moveMark.Bind(1, device.Value);
        _moveMark.Bind(2, until);
        _moveMark.Execute();
    }

    /// <summary>Adds a location to a device that has room for it.</summary>
    /// <param name="device">The device.</param>
    /// <param name="places">The device's locations before, packed.</param>
    /// <param name="location">A location of the device's account and mode, not among them.</param>
    public void AddPlace(DeviceId device, byte[] places, LocationId location)
    {
        _addPlace.Bind(1, device.Value);
        _addPlace.Bind(2, DeviceLocations.Append(places, location));
        _addPlace.Bind(3, location.Value);
        _addPlace.Execute();
        _linkPlace.Bind(1, device.Value);
        _linkPlace.Bind(2, location.Value);
        _linkPlace.Execute();
    }

    /// <summary>Moves <c>last_seen</c> on, never back.</summary>
    public void SetLastSeen(DeviceId device, long unixMilliseconds)
    {
        _setLastSeen.Bind(1, device.Value);
        _setLastSeen.Bind(2, unixMilliseconds * 1000);
        _setLastSeen.Execute();
    }
}
