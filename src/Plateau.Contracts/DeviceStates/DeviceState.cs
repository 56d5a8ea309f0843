namespace Plateau.Contracts;

/// <summary>The body that submits one state of a device.</summary>
public record DeviceStateSubmission
{
    /// <summary>Where the device is; a location of the account.</summary>
    public required LocationId LocationId { get; init; }

    /// <summary>When the state was measured. At most five minutes ahead of the server, not before 2000.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>State of charge, %, 0–100.</summary>
    public required double StateOfChargePercent { get; init; }

    /// <summary>Target state of charge, %, 0–100.</summary>
    public required double TargetStateOfChargePercent { get; init; }

    /// <summary>Battery power, kW, −10 000…10 000; positive charges, negative discharges. Null: not measured.</summary>
    public double? BatteryPowerKw { get; init; }

    /// <summary>Usable energy in the battery, kWh, 0–1 000 000. Null: not measured.</summary>
    public double? EnergyRemainingKwh { get; init; }

    /// <summary>Share of the capacity kept for backup, %, 0–100. Null: not told.</summary>
    public double? BackupReservePercent { get; init; }

    /// <summary>
    /// The sender's name for this record, 1–255 characters: repeating a record with it gives the first answer again.
    /// Null: the record is never merged with another.
    /// </summary>
    public string? RecordReferenceId { get; init; }
}

/// <summary>The answer to a submission: the record is kept.</summary>
public sealed record DeviceStateReceipt
{
    /// <summary>Id of the record.</summary>
    public required DeviceStateId Id { get; init; }

    /// <summary>The device.</summary>
    public required DeviceId DeviceId { get; init; }

    /// <summary>When the record was accepted, UTC, to the millisecond.</summary>
    public required DateTimeOffset TimeCreated { get; init; }

    /// <summary>The account.</summary>
    public required AccountId AccountId { get; init; }

    /// <summary>Always <c>device_state</c>.</summary>
    public string Object { get; init; } = "device_state";
}

/// <summary>One state record as it is read back.</summary>
public sealed record DeviceState
{
    /// <summary>Id of the record.</summary>
    public required DeviceStateId Id { get; init; }

    /// <summary>Always <c>device_state</c>.</summary>
    public string Object { get; init; } = "device_state";

    /// <summary>The account.</summary>
    public required AccountId AccountId { get; init; }

    /// <summary>The device.</summary>
    public required DeviceId DeviceId { get; init; }

    /// <summary>Where the device was.</summary>
    public required LocationId LocationId { get; init; }

    /// <summary>When the state was measured, UTC.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>State of charge, %, 0–100.</summary>
    public required double StateOfChargePercent { get; init; }

    /// <summary>Target state of charge, %, 0–100.</summary>
    public required double TargetStateOfChargePercent { get; init; }

    /// <summary>Battery power, kW; positive charges, negative discharges. Null: not measured.</summary>
    public double? BatteryPowerKw { get; init; }

    /// <summary>Usable energy in the battery, kWh. Null: not measured.</summary>
    public double? EnergyRemainingKwh { get; init; }

    /// <summary>Share of the capacity kept for backup, %. Null: not told.</summary>
    public double? BackupReservePercent { get; init; }

    /// <summary>The sender's name for this record. Null: it gave none.</summary>
    public string? RecordReferenceId { get; init; }

    /// <summary>When the record was accepted, UTC, to the millisecond.</summary>
    public required DateTimeOffset TimeCreated { get; init; }
}
