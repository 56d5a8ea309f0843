namespace Plateau.Contracts;

/// <summary>One change of a device's consents.</summary>
public sealed record ConsentChange
{
    /// <summary>Id of the change.</summary>
    public required ConsentChangeId Id { get; init; }

    /// <summary>Always <c>consent_change</c>.</summary>
    public string Object { get; init; } = "consent_change";

    /// <summary>Whether it belongs to the live mode.</summary>
    public required bool LiveMode { get; init; }

    /// <summary>The device it is about.</summary>
    public required DeviceId DeviceId { get; init; }

    /// <summary>The key that made the change.</summary>
    public required KeyId KeyId { get; init; }

    /// <summary>When it took effect, UTC.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>The consents before; null for the first ones, given with the device.</summary>
    [System.Text.Json.Serialization.JsonIgnore(Condition = System.Text.Json.Serialization.JsonIgnoreCondition.Never)]
    public required ConsentSet? From { get; init; }

    /// <summary>The consents after.</summary>
    public required ConsentSet To { get; init; }
}

/// <summary>The four consents at one moment.</summary>
/// <param name="Information">Whether the device's properties may be shown.</param>
/// <param name="Telemetry">Whether states may be taken and shown.</param>
/// <param name="Control">Whether the device may be steered.</param>
/// <param name="GeoLocation">Whether the device's place may be shown.</param>
public sealed record ConsentSet(bool Information, bool Telemetry, bool Control, bool GeoLocation);
