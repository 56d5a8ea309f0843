using Plateau.Contracts;
using Plateau.Server.Access;
using Plateau.Server.Audit;
using Plateau.Server.Locations;
using Plateau.Server.Storage;

namespace Plateau.Server.Devices;

/// <summary>Creates devices.</summary>
internal sealed class DeviceCreation(RegistryIds ids, AuditTrail audit, TimeProvider clock)
{
    /// <summary>Adds a device, its places, its first consents and its entry in the trail to a write.</summary>
    /// <param name="db">The write.</param>
    /// <param name="caller">Whose device.</param>
    /// <param name="id">Its id.</param>
    /// <param name="draft">What it is to be.</param>
    /// <param name="first">The first of its locations, which the write holds as all of them; null without any.</param>
    public DeviceRow Add(PlateauDb db, Caller caller, DeviceId id, DeviceDraft draft, LocationRow? first)
    {
        var device = DeviceRules.Create(caller, id, draft, first, clock.GetUtcNow());
        db.Devices.Add(device);
        db.DeviceLocations.AddRange((draft.Locations ?? []).Select(
            place => new DeviceLocationRow { DeviceId = id, LocationId = place }));
        db.ConsentChanges.Add(ConsentChangeRow.Of(device, ids.Next<ConsentChangeId>(), caller.KeyId, from: null));
        audit.Note(db, caller, "device.created", id.ToString());
        return device;
    }
}
