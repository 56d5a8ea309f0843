using Microsoft.EntityFrameworkCore;
using Plateau.Contracts;
using Plateau.Server.Access;
using Plateau.Server.Audit;
using Plateau.Server.Storage;

namespace Plateau.Server.Locations;

/// <summary>Deletes locations.</summary>
internal sealed class LocationDeletion(AuditTrail audit)
{
    /// <summary>Deletes a caller's locations, at which no device is placed.</summary>
    /// <param name="db">The write, which holds the rows of the locations.</param>
    /// <param name="caller">Whose locations.</param>
    /// <param name="ids">The locations; all are there.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task DeleteAsync(
        PlateauDb db, Caller caller, IReadOnlyCollection<LocationId> ids, CancellationToken cancel)
    {
        await db.Locations
            .Where(row =>
                ids.Contains(row.Id) && row.AccountId == caller.AccountId && row.LiveMode == caller.LiveMode)
            .ExecuteDeleteAsync(cancel);
        foreach (var id in ids)
        {
            audit.Note(db, caller, "location.deleted", id.ToString());
        }
    }
}
