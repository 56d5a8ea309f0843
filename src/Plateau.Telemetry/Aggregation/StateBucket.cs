namespace Plateau.Telemetry;

/// <summary>What one device's records of one bucket come to. Missing is null, never zero.</summary>
public readonly record struct StateBucket
{
    /// <summary>Records in the bucket.</summary>
    public required int Count { get; init; }

    /// <summary>Of the states of charge, %; null without records.</summary>
    public required StatesOfCharge? StateOfCharge { get; init; }

    /// <summary>Of the battery powers, kW, positive charges; null where no record has one.</summary>
    public required BatteryPowers? BatteryPower { get; init; }

    /// <summary>
    /// Energy into the battery, kWh, 0 or more; null without records, or where no power is known in the bucket.
    /// </summary>
    public required double? EnergyChargedKwh { get; init; }

    /// <summary>Energy out of the battery, kWh, 0 or more; null as <see cref="EnergyChargedKwh"/> is.</summary>
    public required double? EnergyDischargedKwh { get; init; }
}

/// <summary>What states of charge come to, all in %, 0–100.</summary>
/// <param name="Mean">Mean over records.</param>
/// <param name="Min">The least.</param>
/// <param name="Max">The greatest.</param>
/// <param name="First">That of the first record.</param>
/// <param name="Last">That of the last record.</param>
public readonly record struct StatesOfCharge(double Mean, double Min, double Max, double First, double Last);

/// <summary>What battery powers come to, all in kW, positive charges.</summary>
/// <param name="Mean">Mean over the records that have one.</param>
/// <param name="Min">The least.</param>
/// <param name="Max">The greatest.</param>
public readonly record struct BatteryPowers(double Mean, double Min, double Max);
