using Plateau.Contracts;
using Plateau.Server.Http;

namespace Plateau.Server.Locations;

/// <summary>The body that creates a location, and what a merge patch of one must lead to.</summary>
internal static class LocationBody
{
    private static readonly TextField ReferenceId = new("reference_id")
    {
        Description = "Your own name for the location; need not be unique.",
    };

    private static readonly IdField<CustomerId> Customer = new("customer_id");

    private static readonly TextField Timezone = new("timezone")
    {
        Required = true,
        Check = TimezoneNames.IsKnown,
        MustBe = "a name of the tz database such as Europe/London",
        Example = "Europe/London",
    };

    private static readonly TextField Currency = new("currency_code")
    {
        Check = IsoCodes.IsCurrency,
        MustBe = "an ISO 4217 code such as EUR",
        Example = "EUR",
    };

    private static readonly ObjectField<PostalAddress> Address = new("postal_address", PostalAddressBody.Schema)
    {
        Required = true,
    };

    private static readonly ObjectField<GeoLocation> Place = new("geo_location", GeoLocationBody.Schema);

    public static readonly BodySchema<LocationDraft> Schema = new(
        "LocationDraft",
        [ReferenceId, Customer, Timezone, Currency, Address, Place],
        values => new LocationDraft
        {
            ReferenceId = values.Object(ReferenceId),
            CustomerId = values.Value(Customer),
            Timezone = values.RequiredObject(Timezone),
            CurrencyCode = values.Object(Currency),
            PostalAddress = values.RequiredObject(Address),
            GeoLocation = values.Object(Place),
        });
}

/// <summary>The address in a location's body.</summary>
internal static class PostalAddressBody
{
    private static readonly TextField Line1 = new("address_line1");
    private static readonly TextField Line2 = new("address_line2");
    private static readonly TextField City = new("city", minLength: 1) { Required = true };
    private static readonly TextField State = new("state") { Description = "Required in the United States." };
    private static readonly TextField PostCode = new("post_code");
    private static readonly TextField Country = new("country_code")
    {
        Required = true,
        Check = IsoCodes.IsCountry,
        MustBe = "an ISO 3166-1 alpha-2 code such as GB",
        Example = "GB",
    };

    public static readonly BodySchema<PostalAddress> Schema = new(
        "PostalAddress",
        [Line1, Line2, City, State, PostCode, Country],
        values => new PostalAddress
        {
            AddressLine1 = values.Object(Line1),
            AddressLine2 = values.Object(Line2),
            City = values.RequiredObject(City),
            State = values.Object(State),
            PostCode = values.Object(PostCode),
            CountryCode = values.RequiredObject(Country),
        },
        (values, faults, path) =>
        {
            if (values.Object(Country) == "US" && values.IsAbsent(State))
            {
                faults.Missing($"{path}.state", "state");
            }
        });
}
