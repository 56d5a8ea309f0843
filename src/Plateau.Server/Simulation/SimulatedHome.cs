using Plateau.Contracts;

namespace Plateau.Server.Simulation;

/// <summary>A home.</summary>
/// <param name="ReferenceId">Our own name for it.</param>
/// <param name="CustomerReferenceId">Who lives there; null for a home without a customer.</param>
/// <param name="Town">Where it is.</param>
/// <param name="AddressLine">Street and number; both are invented.</param>
/// <param name="PostCode">Post code; null where none is told.</param>
/// <param name="Point">Where it stands.</param>
internal sealed record SimulatedHome(
    string ReferenceId, string? CustomerReferenceId, Town Town, string AddressLine, string? PostCode,
    GeoLocation Point)
{
    /// <summary>The body that registers it.</summary>
    /// <param name="customer">Id of who lives there; null for a home without a customer.</param>
    public LocationDraft ToDraft(CustomerId? customer) => new()
    {
        ReferenceId = ReferenceId,
        CustomerId = customer,
        Timezone = Town.Timezone,
        CurrencyCode = Town.CurrencyCode,
        PostalAddress = new()
        {
            AddressLine1 = AddressLine,
            City = Town.Name,
            State = Town.State,
            PostCode = PostCode,
            CountryCode = Town.CountryCode,
        },
        GeoLocation = Point,
    };
}
