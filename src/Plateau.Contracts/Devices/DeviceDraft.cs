namespace Plateau.Contracts;

/// <summary>The body that creates a device. No member is required; null means absent.</summary>
public sealed record DeviceDraft
{
    /// <summary>The account's own name for it, at most 255 characters, not unique.</summary>
    public string? ReferenceId { get; init; }

    /// <summary>Whether the platform may control it. Default true.</summary>
    public bool? Controlled { get; init; }

    /// <summary>What it is and can do. Default nothing told.</summary>
    public DeviceProperties? Properties { get; init; }

    /// <summary>What its owner has agreed to.</summary>
    public ConsentsDraft? Consents { get; init; }

    /// <summary>Name in the tz database. Default the first location's, else <c>UTC</c>.</summary>
    public string? Timezone { get; init; }

    /// <summary>Where it stands. Default the first location's place.</summary>
    public GeoLocation? GeoLocation { get; init; }

    /// <summary>The locations it is placed at, at most 100, of the same account and mode.</summary>
    public IReadOnlyList<LocationId>? Locations { get; init; }
}

/// <summary>Consents as they are given; null leaves the default or what was given before.</summary>
public sealed record ConsentsDraft
{
    /// <summary>Whether the device's properties may be shown. Default true.</summary>
    public bool? Information { get; init; }

    /// <summary>Whether states may be taken and shown. Default true.</summary>
    public bool? Telemetry { get; init; }

    /// <summary>Whether the device may be steered. Default false.</summary>
    public bool? Control { get; init; }

    /// <summary>Whether the device's place may be shown. Default false.</summary>
    public bool? GeoLocation { get; init; }
}
