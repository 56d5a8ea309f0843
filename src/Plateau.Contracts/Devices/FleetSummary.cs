namespace Plateau.Contracts;

/// <summary>
/// An account's devices of one mode at a glance. Devices whose owners do not share their states count in
/// <see cref="Devices"/> and <see cref="Kinds"/> and in nothing else.
/// </summary>
public sealed record FleetSummary
{
    /// <summary>Always <c>fleet_summary</c>.</summary>
    public string Object { get; init; } = "fleet_summary";

    /// <summary>Mode of the devices.</summary>
    public required bool LiveMode { get; init; }

    /// <summary>The account they belong to.</summary>
    public required AccountId AccountId { get; init; }

    /// <summary>How many devices there are.</summary>
    public required int Devices { get; init; }

    /// <summary>How many of them have which part.</summary>
    public required FleetKinds Kinds { get; init; }

    /// <summary>How many of them are heard of.</summary>
    public required FleetActivity Activity { get; init; }

    /// <summary>Seconds for which a device counts as fresh after its last record; the server's setting.</summary>
    public required int FreshSeconds { get; init; }

    /// <summary>Sum of the powers that charge in the latest states of fresh devices, kW, at least 0.</summary>
    public required double ChargingPowerKw { get; init; }

    /// <summary>Sum of the powers that discharge in the latest states of fresh devices, kW, at most 0.</summary>
    public required double DischargingPowerKw { get; init; }

    /// <summary>
    /// How many devices' latest states, however old, have which charge: ten buckets of ten percent, lowest first.
    /// </summary>
    public required IReadOnlyList<ChargeBucket> StateOfCharge { get; init; }

    /// <summary>Devices that were seen once and not for the longest time, at most 10, quietest first.</summary>
    public required IReadOnlyList<QuietDevice> Quietest { get; init; }

    /// <summary>When it was counted, UTC; up to 30 seconds before the answer.</summary>
    public required DateTimeOffset TimeCreated { get; init; }
}

/// <summary>How many devices have which part. A device may count in several.</summary>
public sealed record FleetKinds
{
    /// <summary>Devices with a battery.</summary>
    public required int Battery { get; init; }

    /// <summary>Devices with solar panels.</summary>
    public required int Pv { get; init; }

    /// <summary>Devices with an inverter.</summary>
    public required int Inverter { get; init; }

    /// <summary>Devices with a charger of electric vehicles.</summary>
    public required int EvCharger { get; init; }

    /// <summary>Devices with a heat pump.</summary>
    public required int HeatPump { get; init; }

    /// <summary>Devices of which no part is known, or may be shown.</summary>
    public required int Unknown { get; init; }
}

/// <summary>How many devices whose states are shared are heard of. Each counts once.</summary>
public sealed record FleetActivity
{
    /// <summary>Devices whose last record arrived lately.</summary>
    public required int Fresh { get; init; }

    /// <summary>Devices that were seen, but not lately.</summary>
    public required int Silent { get; init; }

    /// <summary>Devices of which no record was ever accepted.</summary>
    public required int NeverSeen { get; init; }
}

/// <summary>How many devices have a charge in a range.</summary>
/// <param name="FromPercent">Start of the range, %, included.</param>
/// <param name="ToPercent">End of the range, %, not included but for 100.</param>
/// <param name="Devices">How many.</param>
public sealed record ChargeBucket(int FromPercent, int ToPercent, int Devices);

/// <summary>A device that was not heard of for long.</summary>
public sealed record QuietDevice
{
    /// <summary>The device.</summary>
    public required DeviceId DeviceId { get; init; }

    /// <summary>The account's own name for it; null when not told.</summary>
    public string? ReferenceId { get; init; }

    /// <summary>Arrival of its last accepted record, UTC, true to within one minute.</summary>
    public required DateTimeOffset LastSeen { get; init; }
}
