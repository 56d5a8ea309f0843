using Plateau.Contracts;
using Plateau.Server.Access;

namespace Plateau.Server.Locations;

/// <summary>What a new or changed location becomes. Pure: no store, clock or HTTP.</summary>
internal static class LocationRules
{
    /// <summary>The location a creation body asks for.</summary>
    public static LocationRow Create(Caller caller, LocationId id, LocationDraft draft, DateTimeOffset now)
    {
        var location = new LocationRow
        {
            Id = id,
            AccountId = caller.AccountId,
            LiveMode = caller.LiveMode,
            Timezone = draft.Timezone,
            City = draft.PostalAddress.City,
            CountryCode = draft.PostalAddress.CountryCode,
            TimeCreated = now,
        };
        Fill(location, draft);
        return location;
    }

    /// <summary>Gives a location everything its body says.</summary>
    public static void Fill(LocationRow location, LocationDraft draft)
    {
        location.ReferenceId = draft.ReferenceId;
        location.CustomerId = draft.CustomerId;
        location.Timezone = draft.Timezone;
        location.CurrencyCode = draft.CurrencyCode;
        location.AddressLine1 = draft.PostalAddress.AddressLine1;
        location.AddressLine2 = draft.PostalAddress.AddressLine2;
        location.City = draft.PostalAddress.City;
        location.State = draft.PostalAddress.State;
        location.PostCode = draft.PostalAddress.PostCode;
        location.CountryCode = draft.PostalAddress.CountryCode;
        location.Lat = draft.GeoLocation?.Lat;
        location.Lng = draft.GeoLocation?.Lng;
    }

    /// <summary>The body that would create the location as it stands: what a merge patch is applied to.</summary>
    public static LocationDraft ToDraft(LocationRow row)
    {
        var wire = row.ToWire();
        return new LocationDraft
        {
            ReferenceId = wire.ReferenceId,
            CustomerId = wire.CustomerId,
            Timezone = wire.Timezone,
            CurrencyCode = wire.CurrencyCode,
            PostalAddress = wire.PostalAddress,
            GeoLocation = wire.GeoLocation,
        };
    }
}
