using Microsoft.EntityFrameworkCore;
using Plateau.Contracts;
using Plateau.Server.Access;
using Plateau.Server.Storage;

namespace Plateau.Server.Locations;

/// <summary>What other slices ask of locations.</summary>
internal static class LocationDirectory
{
    // Far below the parameters that either engine takes.
    private const int IdsAtOnce = 1000;

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
        var found = await db.HoldFoundAsync(caller, ids, cancel);
        return ids.All(found.ContainsKey) ? [.. ids.Select(id => found[id])] : null;
    }

    /// <summary>
    /// Finds those of some locations that are a caller's and, in a write, holds them against deletion until it ends.
    /// </summary>
    public static async Task<Dictionary<LocationId, LocationRow>> HoldFoundAsync(
        this PlateauDb db, Caller caller, IEnumerable<LocationId> ids, CancellationToken cancel)
    {
        LocationId[] asked = [.. ids.Distinct()];
        if (asked.Length > 0)
        {
            await db.LockRowsAsync("locations", asked.Select(id => id.Value), cancel);
        }
        var held = new Dictionary<LocationId, LocationRow>();
        foreach (var some in asked.Chunk(IdsAtOnce))
        {
            var found = db.Locations.AsNoTracking().Where(row =>
                some.Contains(row.Id) && row.AccountId == caller.AccountId && row.LiveMode == caller.LiveMode);
            await foreach (var row in found.AsAsyncEnumerable().WithCancellation(cancel))
            {
                held.Add(row.Id, row);
            }
        }
        return held;
    }

    /// <summary>Whether a caller has this location.</summary>
    public static Task<bool> HasLocationAsync(
        this PlateauDb db, Caller caller, LocationId id, CancellationToken cancel) =>
        db.Locations.AnyAsync(
            row => row.Id == id && row.AccountId == caller.AccountId && row.LiveMode == caller.LiveMode, cancel);

    /// <summary>Some locations of a customer.</summary>
    public static async Task<IReadOnlyList<LocationId>> FindLocationsOfAsync(
        this PlateauDb db, CustomerId customer, int max, CancellationToken cancel) =>
        await db.Locations.Where(row => row.CustomerId == customer).OrderBy(row => row.Id).Select(row => row.Id)
            .Take(max).ToListAsync(cancel);

    /// <summary>Whose some locations are; those that are not there are left out.</summary>
    /// <returns>By location; null of one of no customer.</returns>
    public static async Task<Dictionary<LocationId, CustomerId?>> FindCustomersOfAsync(
        this PlateauDb db, IEnumerable<LocationId> ids, CancellationToken cancel)
    {
        var customers = new Dictionary<LocationId, CustomerId?>();
        foreach (var some in ids.Distinct().Chunk(IdsAtOnce))
        {
            var found = db.Locations.Where(row => some.Contains(row.Id)).Select(row => new { row.Id, row.CustomerId });
            await foreach (var one in found.AsAsyncEnumerable().WithCancellation(cancel))
            {
                customers.Add(one.Id, one.CustomerId);
            }
        }
        return customers;
    }

    /// <summary>Whether a customer has any location.</summary>
    public static Task<bool> HasLocationsOfAsync(this PlateauDb db, CustomerId customer, CancellationToken cancel) =>
        db.Locations.AnyAsync(row => row.CustomerId == customer, cancel);
}
