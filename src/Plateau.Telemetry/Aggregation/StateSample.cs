namespace Plateau.Telemetry;

/// <summary>What is summed up of one record.</summary>
/// <param name="UnixMicroseconds">Its time, microseconds since 1970-01-01T00:00:00Z.</param>
/// <param name="Tail">The tail of its key, which tells it from others of the same time.</param>
/// <param name="StateOfChargePercent">State of charge, %, 0–100.</param>
/// <param name="BatteryPowerKw">Battery power, kW, positive charges; null when it was not measured.</param>
public readonly record struct StateSample(
    long UnixMicroseconds, ulong Tail, double StateOfChargePercent, double? BatteryPowerKw);
