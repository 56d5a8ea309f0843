using Plateau.Contracts;

namespace Plateau.Server.Http;

/// <summary>A point on the earth in a body; devices and locations both have one.</summary>
internal static class GeoLocationBody
{
    private static readonly NumberField Lat = new("lat", -90, 90)
    {
        Required = true,
        Description = "Degrees, north positive.",
    };
    private static readonly NumberField Lng = new("lng", -180, 180)
    {
        Required = true,
        Description = "Degrees, east positive.",
    };

    public static readonly BodySchema<GeoLocation> Schema = new(
        "GeoLocation", [Lat, Lng], values => new GeoLocation(values.RequiredValue(Lat), values.RequiredValue(Lng)));
}
