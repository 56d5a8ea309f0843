using Plateau.Contracts;

namespace Plateau.Telemetry;

/// <summary>One state of a device as it is kept. What was not measured is null, never zero.</summary>
public sealed record StateRecord
{
    /// <summary>What tells this record from every other.</summary>
    public required StateRecordKey Key { get; init; }

    /// <summary>When it was accepted, milliseconds since 1970-01-01T00:00:00Z.</summary>
    public required long CreatedUnixMilliseconds { get; init; }

    /// <summary>Where the device was.</summary>
    public required LocationId LocationId { get; init; }

    /// <summary>State of charge, %, 0–100.</summary>
    public required double StateOfChargePercent { get; init; }

    /// <summary>Target state of charge, %, 0–100.</summary>
    public required double TargetStateOfChargePercent { get; init; }

    /// <summary>Battery power, kW, −10 000…10 000; positive charges, negative discharges.</summary>
    public double? BatteryPowerKw { get; init; }

    /// <summary>Usable energy in the battery, kWh, 0–1 000 000.</summary>
    public double? EnergyRemainingKwh { get; init; }

    /// <summary>Share of the capacity kept for backup, %, 0–100.</summary>
    public double? BackupReservePercent { get; init; }

    /// <summary>The sender's name for this record, 1–255 code points; null when it gave none.</summary>
    public string? RecordReferenceId { get; init; }

    /// <summary>
    /// Whether both say the same of the device: equal numbers, places and references. The moment of acceptance is
    /// no part of what was said, and records without a reference are never the same.
    /// </summary>
    public bool HasSameContentAs(StateRecord other) =>
        RecordReferenceId is not null
        && string.Equals(RecordReferenceId, other.RecordReferenceId, StringComparison.Ordinal)
        && Key == other.Key
        && LocationId == other.LocationId
        && StateOfChargePercent == other.StateOfChargePercent
        && TargetStateOfChargePercent == other.TargetStateOfChargePercent
        && BatteryPowerKw == other.BatteryPowerKw
        && EnergyRemainingKwh == other.EnergyRemainingKwh
        && BackupReservePercent == other.BackupReservePercent;
}
