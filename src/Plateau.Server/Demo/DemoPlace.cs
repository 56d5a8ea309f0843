using Plateau.Contracts;

namespace Plateau.Server.Demo;

/// <summary>A home of the demo.</summary>
/// <param name="ReferenceId">The demo's own name for it.</param>
/// <param name="CustomerReferenceId">Who lives there; null for a home without a customer.</param>
/// <param name="Timezone">Name in the tz database.</param>
/// <param name="CurrencyCode">ISO 4217 code.</param>
/// <param name="Address">Its address; streets and numbers are invented.</param>
/// <param name="Point">The middle of its city.</param>
internal sealed record DemoPlace(
    string ReferenceId, string? CustomerReferenceId, string Timezone, string CurrencyCode, PostalAddress Address,
    GeoLocation Point)
{
    /// <summary>The twelve homes, each in a country and a time zone of its own.</summary>
    public static IReadOnlyList<DemoPlace> All { get; } =
    [
        new("home-london", "customer-ashworth", "Europe/London", "GBP",
            Street("14 Lantern Row", "London", "E8 4XX", "GB"), new(51.545, -0.055)),
        new("home-berlin", "customer-lindner", "Europe/Berlin", "EUR",
            Street("Ahornbogen 7", "Berlin", "10249", "DE"), new(52.524, 13.443)),
        new("home-lisbon", null, "Europe/Lisbon", "EUR",
            Street("Rua das Amoreiras Novas 31", "Lisbon", "1250-020", "PT"), new(38.722, -9.155)),
        new("home-oslo", "customer-haugen", "Europe/Oslo", "NOK",
            Street("Bjerkeløkka 22", "Oslo", "0577", "NO"), new(59.927, 10.801)),
        new("home-amsterdam", null, "Europe/Amsterdam", "EUR",
            Street("Wilgenkade 118", "Amsterdam", "1019 AZ", "NL"), new(52.376, 4.935)),
        new("home-austin", "customer-moreno", "America/Chicago", "USD",
            Street("2207 Pecan Hollow", "Austin", "78702", "US", "TX"), new(30.264, -97.716)),
        new("home-sydney", "customer-tran", "Australia/Sydney", "AUD",
            Street("9 Banksia Rise", "Sydney", "2042", "AU", "NSW"), new(-33.898, 151.179)),
        new("home-osaka", null, "Asia/Tokyo", "JPY",
            Street("3-12 Sakaemachi", "Osaka", "540-0003", "JP"), new(34.682, 135.521)),
        new("home-cape-town", null, "Africa/Johannesburg", "ZAR",
            Street("41 Protea Steps", "Cape Town", "7925", "ZA"), new(-33.938, 18.469)),
        new("home-sao-paulo", "customer-moreno", "America/Sao_Paulo", "BRL",
            Street("Alameda dos Ipês 560", "São Paulo", "05423-010", "BR", "SP"), new(-23.561, -46.691)),
        new("home-pune", null, "Asia/Kolkata", "INR",
            Street("5 Neem Court", "Pune", "411004", "IN", "MH"), new(18.519, 73.832)),
        new("home-auckland", "customer-tran", "Pacific/Auckland", "NZD",
            Street("68 Kowhai Terrace", "Auckland", "1021", "NZ"), new(-36.862, 174.744)),
    ];

    /// <summary>The body that registers it.</summary>
    /// <param name="customers">Ids of the demo's customers by reference.</param>
    public LocationDraft ToDraft(IReadOnlyDictionary<string, CustomerId> customers) => new()
    {
        ReferenceId = ReferenceId,
        CustomerId = CustomerReferenceId is null ? null : customers[CustomerReferenceId],
        Timezone = Timezone,
        CurrencyCode = CurrencyCode,
        PostalAddress = Address,
        GeoLocation = Point,
    };

    private static PostalAddress Street(
        string line, string city, string postCode, string country, string? state = null) => new()
        {
            AddressLine1 = line,
            City = city,
            State = state,
            PostCode = postCode,
            CountryCode = country,
        };
}
