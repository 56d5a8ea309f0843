using Plateau.Contracts;

namespace Plateau.Server.Devices;

/// <summary>A device as it is stored.</summary>
internal sealed class DeviceRow
{
    public required DeviceId Id { get; init; }
    public required AccountId AccountId { get; init; }
    public required bool LiveMode { get; init; }
    public string? ReferenceId { get; set; }
    public required bool Controlled { get; set; }
    public required bool ConsentInformation { get; set; }
    public required bool ConsentTelemetry { get; set; }
    public required bool ConsentControl { get; set; }
    public required bool ConsentGeoLocation { get; set; }
    public required DateTimeOffset ConsentsCreated { get; init; }
    public required DateTimeOffset ConsentsUpdated { get; set; }

    /// <summary>Name in the tz database; null until told or copied from a location: shown as <c>UTC</c>.</summary>
    public string? Timezone { get; set; }

    /// <summary>Latitude, degrees; null together with <see cref="Lng"/> until told or copied from a location.</summary>
    public double? Lat { get; set; }

    /// <summary>Longitude, degrees.</summary>
    public double? Lng { get; set; }

    /// <summary>The ids of its locations in the order they were added, twelve bytes each.</summary>
    public required byte[] Locations { get; set; }

    public required DateTimeOffset TimeCreated { get; init; }

    /// <summary>Arrival of its last accepted record, UTC, true to within a minute.</summary>
    public DateTimeOffset? LastSeen { get; set; }

    /// <summary>1 at first; grows with every change but that of <see cref="LastSeen"/>.</summary>
    public long Version { get; set; } = 1;

    /// <summary>The properties as they go on the wire: JSON, UTF-8, copied into answers.</summary>
    public required byte[] Properties { get; set; }

    /// <summary>The parts that the properties tell of.</summary>
    public required DeviceKinds Kinds { get; set; }

    /// <summary>The four consents.</summary>
    public ConsentSet Consents => new(ConsentInformation, ConsentTelemetry, ConsentControl, ConsentGeoLocation);
}

/// <summary>A place of a device, for finding the devices of a place.</summary>
internal sealed class DeviceLocationRow
{
    public required DeviceId DeviceId { get; init; }
    public required LocationId LocationId { get; init; }
}

/// <summary>One change of a device's consents, as it is stored.</summary>
internal sealed class ConsentChangeRow
{
    public required DeviceId DeviceId { get; init; }
    public required ConsentChangeId Id { get; init; }
    public required KeyId KeyId { get; init; }
    public required DateTimeOffset Time { get; init; }

    /// <summary>The consents before, as <see cref="ConsentBits"/>; null for the first ones.</summary>
    public required short? ConsentsFrom { get; init; }

    /// <summary>The consents after, as <see cref="ConsentBits"/>.</summary>
    public required short ConsentsTo { get; init; }

    /// <summary>The change on the wire.</summary>
    public ConsentChange ToWire(bool liveMode) => new()
    {
        Id = Id,
        LiveMode = liveMode,
        DeviceId = DeviceId,
        KeyId = KeyId,
        Time = Time,
        From = ConsentsFrom is { } from ? ConsentBits.Unpack(from) : null,
        To = ConsentBits.Unpack(ConsentsTo),
    };

    /// <summary>The change to the consents that a device has now.</summary>
    public static ConsentChangeRow Of(DeviceRow device, ConsentChangeId id, KeyId key, ConsentSet? from) => new()
    {
        DeviceId = device.Id,
        Id = id,
        KeyId = key,
        Time = device.ConsentsUpdated,
        ConsentsFrom = from is null ? null : ConsentBits.Pack(from),
        ConsentsTo = ConsentBits.Pack(device.Consents),
    };
}

/// <summary>A deleted device whose records are still to be erased.</summary>
internal sealed class ErasureRow
{
    public required DeviceId DeviceId { get; init; }
    public required DateTimeOffset TimeCreated { get; init; }
}

/// <summary>The four consents as the bits of a small number.</summary>
internal static class ConsentBits
{
    /// <summary>Packs: information 1, telemetry 2, control 4, geo_location 8.</summary>
    public static short Pack(ConsentSet set) => (short)(
        (set.Information ? 1 : 0) | (set.Telemetry ? 2 : 0) | (set.Control ? 4 : 0) | (set.GeoLocation ? 8 : 0));

    /// <summary>Unpacks.</summary>
    public static ConsentSet Unpack(short bits) =>
        new((bits & 1) != 0, (bits & 2) != 0, (bits & 4) != 0, (bits & 8) != 0);
}
