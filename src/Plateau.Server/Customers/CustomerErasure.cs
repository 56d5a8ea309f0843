using Plateau.Contracts;
using Plateau.Server.Access;
using Plateau.Server.Devices;
using Plateau.Server.Locations;
using Plateau.Server.Storage;

namespace Plateau.Server.Customers;

/// <summary>What a device becomes when a customer is erased.</summary>
internal enum DeviceFate
{
    /// <summary>It is not at a place of the customer.</summary>
    Stays,

    /// <summary>It is another customer's too: it only leaves the erased places.</summary>
    LeavesPlaces,

    /// <summary>It is erased with everything recorded of it.</summary>
    Erased,
}

/// <summary>Erases what belongs to a customer, step by step.</summary>
internal sealed class CustomerErasure(DeviceDeletion devices, LocationDeletion locations)
{
    /// <summary>
    /// Devices, and locations, of a step: as many as are written in some ten milliseconds, for which submissions wait.
    /// </summary>
    public const int AtOnce = 200;

    /// <summary>
    /// Decides about a device: a place of no customer, such as where a car is charged, makes it nobody else's, but what
    /// is at another customer's too is not destroyed for this one.
    /// </summary>
    /// <param name="customer">The customer who is erased.</param>
    /// <param name="owners">The customers of the device's places; null of a place of no customer.</param>
    public static DeviceFate Decide(CustomerId customer, IReadOnlyCollection<CustomerId?> owners) =>
        !owners.Contains(customer) ? DeviceFate.Stays
        : owners.Any(owner => owner is not null && owner != customer) ? DeviceFate.LeavesPlaces
        : DeviceFate.Erased;

    /// <summary>Erases a step's worth of locations and devices of a customer, within a write.</summary>
    /// <param name="db">The write.</param>
    /// <param name="caller">In whose name.</param>
    /// <param name="customer">The customer.</param>
    /// <param name="cancel">Gives up.</param>
    /// <returns>Whether nothing is left.</returns>
    public async Task<bool> EraseSomeAsync(
        PlateauDb db, Caller caller, CustomerId customer, CancellationToken cancel)
    {
        // Rows are held in the order in which every other write holds them: devices, locations, customers.
        var found = await db.FindLocationsOfAsync(customer, AtOnce, cancel);
        var held = await db.HoldDevicesAtAsync(caller, found, AtOnce, cancel);
        await db.LockRowsAsync("locations", found.Select(id => id.Value), cancel);
        // A location may have passed to another customer before it was held.
        var owners = await db.FindCustomersOfAsync(
            found.Concat(held.SelectMany(device => DeviceLocations.Unpack(device.Locations))), cancel);
        LocationId[] own = [.. found.Where(place => owners.TryGetValue(place, out var owner) && owner == customer)];
        await EraseAsync(db, caller, customer, held, owners, cancel);
        await locations.DeleteAsync(db, caller, await db.WithoutDevicesAsync(own, cancel), cancel);
        return !await db.HasLocationsOfAsync(customer, cancel);
    }

    private async Task EraseAsync(
        PlateauDb db, Caller caller, CustomerId customer, IReadOnlyList<DeviceRow> held,
        Dictionary<LocationId, CustomerId?> owners, CancellationToken cancel)
    {
        var erased = new List<DeviceId>();
        foreach (var device in held)
        {
            var places = DeviceLocations.Unpack(device.Locations);
            switch (Decide(customer, [.. places.Select(place => owners.GetValueOrDefault(place))]))
            {
                case DeviceFate.Erased:
                    erased.Add(device.Id);
                    break;
                case DeviceFate.LeavesPlaces:
                    devices.TakeFrom(
                        db, caller, device,
                        [.. places.Where(place => owners.GetValueOrDefault(place) == customer)]);
                    break;
                default:
                    break;
            }
        }
        // What left its places must be seen by the question for empty ones.
        await db.SaveChangesAsync(cancel);
        if (await devices.DeleteAsync(db, caller, erased, cancel) is var deleted && deleted != erased.Count)
        {
            throw new InvalidOperationException($"{erased.Count} held devices were to be deleted, but {deleted} were.");
        }
    }
}
