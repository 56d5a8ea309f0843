using System.Text;
using Plateau.Contracts;

namespace Plateau.Server.Devices;

/// <summary>
/// What stays as it is while a device's version does, as spans over wherever it was read: it is copied from the
/// engine's memory into JSON without an object for each text.
/// </summary>
internal readonly ref struct DeviceFields
{
    public required DeviceId Id { get; init; }

    /// <summary>UTF-8; empty when it has none.</summary>
    public required ReadOnlySpan<byte> ReferenceId { get; init; }

    public required bool Controlled { get; init; }
    public required bool ConsentInformation { get; init; }
    public required bool ConsentTelemetry { get; init; }
    public required bool ConsentControl { get; init; }
    public required bool ConsentGeoLocation { get; init; }
    public required DateTimeOffset ConsentsCreated { get; init; }
    public required DateTimeOffset ConsentsUpdated { get; init; }

    /// <summary>UTF-8; empty when it is not known.</summary>
    public required ReadOnlySpan<byte> Timezone { get; init; }

    /// <summary>Latitude, degrees; null together with <see cref="Lng"/>.</summary>
    public required double? Lat { get; init; }

    /// <summary>Longitude, degrees.</summary>
    public required double? Lng { get; init; }

    /// <summary>Packed as <see cref="DeviceLocations"/>.</summary>
    public required ReadOnlySpan<byte> Locations { get; init; }

    public required DateTimeOffset TimeCreated { get; init; }

    /// <summary>The properties as they go on the wire.</summary>
    public required ReadOnlySpan<byte> Properties { get; init; }

    /// <summary>The fields of a device that was read for a change.</summary>
    public static DeviceFields Of(DeviceRow device) => new()
    {
        Id = device.Id,
        ReferenceId = Utf8(device.ReferenceId),
        Controlled = device.Controlled,
        ConsentInformation = device.ConsentInformation,
        ConsentTelemetry = device.ConsentTelemetry,
        ConsentControl = device.ConsentControl,
        ConsentGeoLocation = device.ConsentGeoLocation,
        ConsentsCreated = device.ConsentsCreated,
        ConsentsUpdated = device.ConsentsUpdated,
        Timezone = Utf8(device.Timezone),
        Lat = device.Lat,
        Lng = device.Lng,
        Locations = device.Locations,
        TimeCreated = device.TimeCreated,
        Properties = device.Properties,
    };

    /// <summary>A text that may be absent.</summary>
    public static ReadOnlySpan<byte> Utf8(string? text) => text is null ? default : Encoding.UTF8.GetBytes(text);
}
