using Microsoft.EntityFrameworkCore;
using Plateau.Contracts;
using Plateau.Server.Access;
using Plateau.Server.Storage;

namespace Plateau.Server.Customers;

/// <summary>What other slices ask of customers.</summary>
internal static class CustomerDirectory
{
    /// <summary>Whether a caller has this customer; holds it against deletion until the write ends.</summary>
    public static async Task<bool> HoldCustomerAsync(
        this PlateauDb db, Caller caller, CustomerId id, CancellationToken cancel)
    {
        await db.LockRowsAsync("customers", [id.Value], cancel);
        return await db.HasCustomerAsync(caller, id, cancel);
    }

    /// <summary>Whether a caller has this customer.</summary>
    public static Task<bool> HasCustomerAsync(
        this PlateauDb db, Caller caller, CustomerId id, CancellationToken cancel) =>
        db.Customers.AnyAsync(
            row => row.Id == id && row.AccountId == caller.AccountId && row.LiveMode == caller.LiveMode, cancel);
}
