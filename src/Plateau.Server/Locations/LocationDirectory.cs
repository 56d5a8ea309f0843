using Microsoft.EntityFrameworkCore;
using Plateau.Contracts;
using Plateau.Server.Access;
using Plateau.Server.Storage;

namespace Plateau.Server.Locations;

/// <summary>What other slices ask of locations.</summary>
internal static class LocationDirectory
{
    /// <summary>
    /// Finds a caller's locations and, in a write, holds them against deletion until it ends. Null when one is missing.
    /// </summary>
    /// <returns>The locations, in the order asked.</returns>
    public static async Task<IReadOnlyList<LocationRow>?> HoldAsync(
        this PlateauDb db, Caller caller, IReadOnlyList<LocationId> ids, CancellationToken cancel)
    {
        if (ids.Count == 0)
        {
            return [];
        }
        await db.LockRowsAsync("locations", ids.Select(id => id.Value), cancel);
        var found = await db.Locations.AsNoTracking()
            .Where(row => ids.Contains(row.Id) && row.AccountId == caller.AccountId && row.LiveMode == caller.LiveMode)
            .ToDictionaryAsync(row => row.Id, cancel);
        return ids.All(found.ContainsKey) ? [.. ids.Select(id => found[id])] : null;
    }

    /// <summary>Whether a caller has this location.</summary>
    public static Task<bool> HasLocationAsync(
        this PlateauDb db, Caller caller, LocationId id, CancellationToken cancel) =>
        db.Locations.AnyAsync(
            row => row.Id == id && row.AccountId == caller.AccountId && row.LiveMode == caller.LiveMode, cancel);

    /// <summary>Whether a customer has any location.</summary>
    public static Task<bool> HasLocationsOfAsync(this PlateauDb db, CustomerId customer, CancellationToken cancel) =>
        db.Locations.AnyAsync(row => row.CustomerId == customer, cancel);
}
