using Microsoft.EntityFrameworkCore;
using Plateau.Contracts;
using Plateau.Server.Access;
using Plateau.Server.Http;
using Plateau.Server.Storage;

namespace Plateau.Server.Devices;

/// <summary>What other slices ask of devices.</summary>
internal static class DeviceDirectory
{
    /// <summary>Whether any device is placed at a location.</summary>
    public static Task<bool> HasDevicesAtAsync(this PlateauDb db, LocationId location, CancellationToken cancel) =>
        db.DeviceLocations.AnyAsync(row => row.LocationId == location, cancel);

    /// <summary>Some of the caller's devices at some locations, held until the write ends, and tracked.</summary>
    /// <param name="db">The write.</param>
    /// <param name="caller">Whose devices.</param>
    /// <param name="places">The locations.</param>
    /// <param name="max">The most devices to hold.</param>
    /// <param name="cancel">Gives up.</param>
    public static async Task<IReadOnlyList<DeviceRow>> HoldDevicesAtAsync(
        this PlateauDb db, Caller caller, IReadOnlyCollection<LocationId> places, int max, CancellationToken cancel)
    {
        var ids = await db.DeviceLocations.Where(row => places.Contains(row.LocationId)).Select(row => row.DeviceId)
            .Distinct().OrderBy(id => id).Take(max).ToListAsync(cancel);
        await db.LockRowsAsync("devices", ids.Select(id => id.Value), cancel);
        return await db.Devices
            .Where(row =>
                ids.Contains(row.Id) && row.AccountId == caller.AccountId && row.LiveMode == caller.LiveMode)
            .ToListAsync(cancel);
    }

    /// <summary>Those of some locations at which no device is placed.</summary>
    public static async Task<LocationId[]> WithoutDevicesAsync(
        this PlateauDb db, IReadOnlyCollection<LocationId> places, CancellationToken cancel)
    {
        var used = await db.DeviceLocations.Where(row => places.Contains(row.LocationId))
            .Select(row => row.LocationId).Distinct().ToListAsync(cancel);
        return [.. places.Except(used)];
    }

    /// <summary>A caller's device; null when there is none.</summary>
    public static Task<DeviceRow?> FindDeviceAsync(
        this PlateauDb db, Caller caller, DeviceId id, CancellationToken cancel) =>
        db.OwnDevices(caller, id).AsNoTracking().FirstOrDefaultAsync(cancel);

    /// <summary>Whether a caller has this device.</summary>
    public static Task<bool> HasDeviceAsync(this PlateauDb db, Caller caller, DeviceId id, CancellationToken cancel) =>
        db.OwnDevices(caller, id).AnyAsync(cancel);

    /// <summary>A caller's device, or nothing, to be asked further.</summary>
    public static IQueryable<DeviceRow> OwnDevices(this PlateauDb db, Caller caller, DeviceId id) =>
        db.Devices.Where(row => row.Id == id && row.AccountId == caller.AccountId && row.LiveMode == caller.LiveMode);

    /// <summary>A caller's devices whose owners have agreed to telemetry, newest first.</summary>
    /// <param name="db">The registry.</param>
    /// <param name="caller">Whose.</param>
    /// <param name="filter">Which of them.</param>
    public static IQueryable<DeviceRow> DevicesWithTelemetry(this PlateauDb db, Caller caller, DeviceFilter filter)
    {
        var rows = db.Devices.AsNoTracking().Where(row =>
            row.AccountId == caller.AccountId && row.LiveMode == caller.LiveMode && row.ConsentTelemetry);
        if (filter.ReferenceId is { } reference)
        {
            rows = rows.Where(row => row.ReferenceId == reference);
        }
        if (filter.LocationId is { } location)
        {
            rows = rows.Where(row =>
                db.DeviceLocations.Any(place => place.LocationId == location && place.DeviceId == row.Id));
        }
        return rows;
    }
}

/// <summary>Which devices are meant.</summary>
/// <param name="ReferenceId">Those with exactly this reference; null for any.</param>
/// <param name="LocationId">Those placed at this location; null for any.</param>
internal sealed record DeviceFilter(string? ReferenceId, LocationId? LocationId)
{
    /// <summary>The parameters of both.</summary>
    public static readonly QueryParameter[] Parameters =
    [
        QueryParameter.ReferenceId, QueryParameter.ById("location_id", "Devices placed at this location."),
    ];

    /// <summary>Reads the parameters.</summary>
    public static DeviceFilter Read(QueryReader query) =>
        new(query.Reference("reference_id"), query.Id<LocationId>("location_id"));
}
