using Plateau.Contracts;
using Plateau.Server.Http;

namespace Plateau.Server.Devices;

/// <summary>The body that creates a device, and what a merge patch of one must lead to.</summary>
internal static class DeviceBody
{
    private static readonly TextField ReferenceId = new("reference_id")
    {
        Description = "Your own name for the device; need not be unique.",
    };

    private static readonly BooleanField Controlled = new("controlled")
    {
        Description = "Whether the platform may control the device. Default true; once false it stays false.",
    };

    private static readonly ObjectField<DeviceProperties> Properties = new("properties", DevicePropertiesBody.Schema);

    private static readonly ObjectField<ConsentsDraft> Consents = new("consents", ConsentsBody.Schema);

    private static readonly TextField Timezone = new("timezone")
    {
        Check = TimezoneNames.IsKnown,
        MustBe = "a name of the tz database such as Europe/London",
        Example = "Europe/London",
        Description = "Default: the first location's, else UTC.",
    };

    private static readonly ObjectField<GeoLocation> Place = new("geo_location", GeoLocationBody.Schema)
    {
        Description = "Default: the first location's place.",
    };

    private static readonly IdListField<LocationId> Locations = new("locations", DeviceLocations.Max)
    {
        Description = "Ids of locations of your account and mode.",
    };

    public static readonly BodySchema<DeviceDraft> Schema = new(
        "DeviceDraft",
        [ReferenceId, Controlled, Properties, Consents, Timezone, Place, Locations],
        values => new DeviceDraft
        {
            ReferenceId = values.Object(ReferenceId),
            Controlled = values.Value(Controlled),
            Properties = values.Object(Properties),
            Consents = values.Object(Consents),
            Timezone = values.Object(Timezone),
            GeoLocation = values.Object(Place),
            Locations = values.Object(Locations),
        });
}

/// <summary>The consents in a device's body.</summary>
internal static class ConsentsBody
{
    private static readonly BooleanField Information = new("information")
    {
        Description = "May properties be shown? Default true.",
    };
    private static readonly BooleanField Telemetry = new("telemetry")
    {
        Description = "May states be taken and shown? Default true.",
    };
    private static readonly BooleanField Control = new("control")
    {
        Description = "May the device be steered? Default false.",
    };
    private static readonly BooleanField Place = new("geo_location")
    {
        Description = "May the place be shown? Default false.",
    };

    public static readonly BodySchema<ConsentsDraft> Schema = new(
        "ConsentsDraft",
        [Information, Telemetry, Control, Place],
        values => new ConsentsDraft
        {
            Information = values.Value(Information),
            Telemetry = values.Value(Telemetry),
            Control = values.Value(Control),
            GeoLocation = values.Value(Place),
        });
}
