using Microsoft.EntityFrameworkCore;
using Plateau.Contracts;
using Plateau.Server.Access;
using Plateau.Server.Audit;
using Plateau.Server.Storage;

namespace Plateau.Server.Devices;

/// <summary>Deletes devices, and takes them from places that are deleted.</summary>
internal sealed class DeviceDeletion(AuditTrail audit, TimeProvider clock)
{
    /// <summary>
    /// Deletes a caller's devices: they are gone with this write, on every process, and what was recorded of them is
    /// erased in the background.
    /// </summary>
    /// <param name="db">The write, which holds the rows of the devices.</param>
    /// <param name="caller">Whose devices.</param>
    /// <param name="ids">The devices.</param>
    /// <param name="cancel">Gives up.</param>
    /// <returns>How many of them there were; where that is fewer, the write must not be committed.</returns>
    public async Task<int> DeleteAsync(
        PlateauDb db, Caller caller, IReadOnlyCollection<DeviceId> ids, CancellationToken cancel)
    {
        var deleted = await db.Devices
            .Where(row =>
                ids.Contains(row.Id) && row.AccountId == caller.AccountId && row.LiveMode == caller.LiveMode)
            .ExecuteDeleteAsync(cancel);
        await db.DeviceLocations.Where(row => ids.Contains(row.DeviceId)).ExecuteDeleteAsync(cancel);
        await db.ConsentChanges.Where(row => ids.Contains(row.DeviceId)).ExecuteDeleteAsync(cancel);
        foreach (var id in ids)
        {
            db.Erasures.Add(new ErasureRow { DeviceId = id, TimeCreated = clock.GetUtcNow() });
            audit.Note(db, caller, "device.deleted", id.ToString());
        }
        return deleted;
    }

    /// <summary>Takes a device from some of its places.</summary>
    /// <param name="db">The write, which holds and tracks the device.</param>
    /// <param name="caller">Whose device.</param>
    /// <param name="device">The device.</param>
    /// <param name="places">Places of the device.</param>
    public void TakeFrom(PlateauDb db, Caller caller, DeviceRow device, IReadOnlyCollection<LocationId> places)
    {
        device.Locations = DeviceLocations.Pack([.. DeviceLocations.Unpack(device.Locations).Except(places)]);
        db.DeviceLocations.RemoveRange(
            places.Select(place => new DeviceLocationRow { DeviceId = device.Id, LocationId = place }));
        audit.Note(db, caller, "device.updated", device.Id.ToString());
    }
}
