using System.Text.Json.Serialization;

namespace Plateau.Contracts;

/// <summary>A device as it is answered.</summary>
public sealed record Device
{
    /// <summary>The device's id.</summary>
    public required DeviceId Id { get; init; }

    /// <summary>Always <c>device</c>.</summary>
    public string Object { get; init; } = "device";

    /// <summary>Whether it belongs to the live mode.</summary>
    public required bool LiveMode { get; init; }

    /// <summary>The account it belongs to.</summary>
    public required AccountId AccountId { get; init; }

    /// <summary>Whether the platform may control it. Once false, it stays false.</summary>
    public required bool Controlled { get; init; }

    /// <summary>What it is and can do; empty without the consent to information.</summary>
    public required DeviceProperties Properties { get; init; }

    /// <summary>What its owner has agreed to.</summary>
    public required DeviceConsents Consents { get; init; }

    /// <summary>Name in the tz database.</summary>
    public required string Timezone { get; init; }

    /// <summary>Where it stands; null when not told, or without the consent to the place.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public required GeoLocation? GeoLocation { get; init; }

    /// <summary>Its part in a virtual power plant; null when it takes none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public required VppParticipation? VppParticipation { get; init; }

    /// <summary>The locations it was placed at, at most 100, in the order they were added.</summary>
    public required IReadOnlyList<LocationId> Locations { get; init; }

    /// <summary>When it was registered, UTC.</summary>
    public required DateTimeOffset TimeCreated { get; init; }

    /// <summary>The account's own name for it, at most 255 characters, not unique; null when not told.</summary>
    public string? ReferenceId { get; init; }

    /// <summary>Arrival of its last accepted record, UTC, true to within one minute; null before the first.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public required DateTimeOffset? LastSeen { get; init; }
}

/// <summary>What a device's owner has agreed to, as it is answered.</summary>
public sealed record DeviceConsents
{
    /// <summary>When a consent last changed, UTC.</summary>
    public required DateTimeOffset TimeUpdated { get; init; }

    /// <summary>When the consents were first given, UTC.</summary>
    public required DateTimeOffset TimeCreated { get; init; }

    /// <summary>Whether the device's properties may be shown.</summary>
    public required bool Information { get; init; }

    /// <summary>Whether states may be taken and shown.</summary>
    public required bool Telemetry { get; init; }

    /// <summary>Whether the device may be steered.</summary>
    public required bool Control { get; init; }

    /// <summary>Whether the device's place may be shown.</summary>
    public required bool GeoLocation { get; init; }
}

/// <summary>A point on the earth, WGS 84.</summary>
/// <param name="Lat">Latitude, degrees, −90…90, north positive.</param>
/// <param name="Lng">Longitude, degrees, −180…180, east positive.</param>
public sealed record GeoLocation(double Lat, double Lng);

/// <summary>A device's part in a virtual power plant.</summary>
public sealed record VppParticipation
{
    /// <summary>Id of the participation, <c>vpa_…</c>.</summary>
    public required string Id { get; init; }

    /// <summary>Name of the plant's operator.</summary>
    public required string ProviderName { get; init; }

    /// <summary>Name of the programme.</summary>
    public required string ProgrammeName { get; init; }

    /// <summary>State of the participation, such as <c>ACTIVE</c>.</summary>
    public required string CurrentState { get; init; }

    /// <summary>Whether the operator receives states.</summary>
    public required bool TelemetryActive { get; init; }

    /// <summary>Whether the operator may steer the device.</summary>
    public required bool ControlActive { get; init; }
}
