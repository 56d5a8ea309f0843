using System.Text.Json.Serialization;

namespace Plateau.Contracts;

/// <summary>Buckets of a time, oldest first.</summary>
/// <typeparam name="T">What one bucket says.</typeparam>
public sealed record AggregateList<T>
{
    /// <summary>Always <c>list</c>.</summary>
    public string Object { get; init; } = "list";

    /// <summary>Path of the list.</summary>
    public required string Url { get; init; }

    /// <summary>Always false: all buckets of the range are here.</summary>
    public bool HasMore { get; init; }

    /// <summary>The tz database name of the clock and calendar that buckets follow.</summary>
    public required string Timezone { get; init; }

    /// <summary>
    /// How long buckets are: <c>PT5M</c>, <c>PT15M</c>, <c>PT30M</c>, <c>PT1H</c>, <c>P1D</c> or <c>P1M</c>.
    /// </summary>
    public required string Interval { get; init; }

    /// <summary>The buckets, oldest first, one after the other without gaps, at most 10 000.</summary>
    public required IReadOnlyList<T> Data { get; init; }
}

/// <summary>What the records of one device come to in one bucket. Without records all but the count is null.</summary>
public sealed record DeviceStateAggregate
{
    /// <summary>Always <c>device_state_aggregate</c>.</summary>
    public string Object { get; init; } = "device_state_aggregate";

    /// <summary>Start of the bucket, UTC.</summary>
    public required DateTimeOffset StartTime { get; init; }

    /// <summary>End of the bucket, UTC, exclusive.</summary>
    public required DateTimeOffset EndTime { get; init; }

    /// <summary>Records in the bucket.</summary>
    public required int Count { get; init; }

    /// <summary>Of the states of charge, %.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public required StateOfChargeSummary? StateOfChargePercent { get; init; }

    /// <summary>Of the battery powers, kW, positive charges; null also where no record has one.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public required BatteryPowerSummary? BatteryPowerKw { get; init; }

    /// <summary>
    /// Energy into the battery, kWh, 0 or more: a record's power holds until the next record or the gap limit. Null
    /// also where no power is known in the bucket.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public required double? EnergyChargedKwh { get; init; }

    /// <summary>Energy out of the battery, kWh, 0 or more; null as <see cref="EnergyChargedKwh"/> is.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public required double? EnergyDischargedKwh { get; init; }
}

/// <summary>What states of charge come to, all in %, 0–100.</summary>
/// <param name="Mean">Mean over records.</param>
/// <param name="Min">The least.</param>
/// <param name="Max">The greatest.</param>
/// <param name="First">That of the first record.</param>
/// <param name="Last">That of the last record.</param>
public sealed record StateOfChargeSummary(double Mean, double Min, double Max, double First, double Last);

/// <summary>What battery powers come to, all in kW, positive charges.</summary>
/// <param name="Mean">Mean over the records that have one.</param>
/// <param name="Min">The least.</param>
/// <param name="Max">The greatest.</param>
public sealed record BatteryPowerSummary(double Mean, double Min, double Max);

/// <summary>What the records of the fleet come to in one bucket. Without records all but the counts is null.</summary>
public sealed record FleetStateAggregate
{
    /// <summary>Always <c>fleet_state_aggregate</c>.</summary>
    public string Object { get; init; } = "fleet_state_aggregate";

    /// <summary>Start of the bucket, UTC.</summary>
    public required DateTimeOffset StartTime { get; init; }

    /// <summary>End of the bucket, UTC, exclusive.</summary>
    public required DateTimeOffset EndTime { get; init; }

    /// <summary>Records in the bucket.</summary>
    public required long Count { get; init; }

    /// <summary>Devices with records in the bucket.</summary>
    public required int Devices { get; init; }

    /// <summary>
    /// Mean state of charge, %, 0–100, weighted by the devices' capacities; null also where no reporting device shows a
    /// capacity.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public required double? StateOfChargePercent { get; init; }

    /// <summary>
    /// Sum over devices of their mean battery powers, kW, positive charges; null also where none has one.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public required double? BatteryPowerKw { get; init; }

    /// <summary>Energy into batteries, kWh, 0 or more; null also where no power is known in the bucket.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public required double? EnergyChargedKwh { get; init; }

    /// <summary>Energy out of batteries, kWh, 0 or more; null as <see cref="EnergyChargedKwh"/> is.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public required double? EnergyDischargedKwh { get; init; }
}
