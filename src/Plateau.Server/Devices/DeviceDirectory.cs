using Microsoft.EntityFrameworkCore;
using Plateau.Contracts;
using Plateau.Server.Access;
using Plateau.Server.Storage;

namespace Plateau.Server.Devices;

/// <summary>What other slices ask of devices.</summary>
internal static class DeviceDirectory
{
    /// <summary>Whether any device is placed at a location.</summary>
    public static Task<bool> HasDevicesAtAsync(this PlateauDb db, LocationId location, CancellationToken cancel) =>
        db.DeviceLocations.AnyAsync(row => row.LocationId == location, cancel);

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
}
