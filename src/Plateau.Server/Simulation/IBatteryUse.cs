namespace Plateau.Server.Simulation;

/// <summary>What a battery is used for: a home's, or a car's.</summary>
internal interface IBatteryUse
{
    /// <summary>State of charge it is charged to, %, 0–100.</summary>
    double TargetPercent { get; }

    /// <summary>Share kept for backup, %, 0–100; null when nothing is.</summary>
    double? BackupReservePercent { get; }

    /// <summary>What the battery does from one moment to another, not more than some minutes later.</summary>
    /// <param name="battery">The battery.</param>
    /// <param name="chargePercent">State of charge at the start, %, 0–100.</param>
    /// <param name="start">The start, UTC.</param>
    /// <param name="end">The end, UTC, after the start.</param>
    BatteryStep Step(BatteryModel battery, double chargePercent, DateTimeOffset start, DateTimeOffset end);
}
