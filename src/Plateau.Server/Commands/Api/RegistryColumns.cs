using Plateau.Contracts;

namespace Plateau.Server.Commands.Api;

/// <summary>What is printed of objects of the registry, beside the JSON of the API.</summary>
internal static class RegistryColumns
{
    public static readonly Column<Device>[] OfDevice =
    [
        new("id", one => one.Id.ToString()),
        new("reference_id", one => one.ReferenceId),
        new("model_name", one => one.Properties.ModelName),
        new("capacity_kwh", one => Output.Text(one.Properties.Battery?.CapacityKwh)),
        new("telemetry", one => one.Consents.Telemetry ? "yes" : "no"),
        new("timezone", one => one.Timezone),
        new("locations", one => string.Join(' ', one.Locations)),
        new("last_seen", one => Output.Text(one.LastSeen)),
    ];

    public static readonly Column<ConsentChange>[] OfConsentChange =
    [
        new("time", one => Output.Text(one.Time)),
        new("key_id", one => one.KeyId.ToString()),
        new("from", one => Describe(one.From)),
        new("to", one => Describe(one.To)),
    ];

    public static readonly Column<Location>[] OfLocation =
    [
        new("id", one => one.Id.ToString()),
        new("reference_id", one => one.ReferenceId),
        new("city", one => one.PostalAddress.City),
        new("country_code", one => one.PostalAddress.CountryCode),
        new("timezone", one => one.Timezone),
        new("customer_id", one => one.CustomerId?.ToString()),
    ];

    public static readonly Column<Customer>[] OfCustomer =
    [
        new("id", one => one.Id.ToString()),
        new("reference_id", one => one.ReferenceId),
        new("time_created", one => Output.Text(one.TimeCreated)),
    ];

    // The consents that are given.
    private static string? Describe(ConsentSet? consents)
    {
        if (consents is null)
        {
            return null;
        }
        (string Name, bool IsGiven)[] all =
        [
            ("information", consents.Information), ("telemetry", consents.Telemetry), ("control", consents.Control),
            ("geo_location", consents.GeoLocation),
        ];
        var given = all.Where(one => one.IsGiven).Select(one => one.Name).ToList();
        return given is [] ? "none" : string.Join(' ', given);
    }
}
