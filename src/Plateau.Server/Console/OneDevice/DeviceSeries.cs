using Plateau.Contracts;
using Plateau.Server.WebConsole.Charts;

namespace Plateau.Server.WebConsole.OneDevice;

/// <summary>What the charts of a device draw of its telemetry.</summary>
internal static class DeviceSeries
{
    /// <summary>
    /// The state of charge, and of records the target and the reserve as they were at the time. Of sums it is the mean
    /// between least and greatest.
    /// </summary>
    /// <param name="telemetry">The telemetry.</param>
    /// <param name="gapLimit">Records further apart are not joined.</param>
    public static IReadOnlyList<ChartSeries> Charge(DeviceTelemetry telemetry, TimeSpan gapLimit)
    {
        if (telemetry.Records is not { } records)
        {
            return
            [
                OfBuckets("State of charge", telemetry, gapLimit, bucket => bucket.StateOfChargePercent is { } charge
                    ? (charge.Mean, charge.Min, charge.Max) : null),
            ];
        }
        List<ChartSeries> series =
        [
            OfRecords("Target", records, gapLimit, record => record.TargetStateOfChargePercent) with
            {
                Shape = ChartShape.Guide, Tone = ChartTone.Target,
            },
        ];
        if (records.Any(record => record.BackupReservePercent is not null))
        {
            series.Add(OfRecords("Reserve", records, gapLimit, record => record.BackupReservePercent) with
            {
                Shape = ChartShape.Guide, Tone = ChartTone.Reserve,
            });
        }
        series.Add(OfRecords("State of charge", records, gapLimit, record => record.StateOfChargePercent));
        return series;
    }

    /// <summary>The battery power; of sums its mean between least and greatest.</summary>
    /// <param name="telemetry">The telemetry.</param>
    /// <param name="gapLimit">Records further apart are not joined.</param>
    public static IReadOnlyList<ChartSeries> Power(DeviceTelemetry telemetry, TimeSpan gapLimit) =>
    [
        (telemetry.Records is { } records
            ? OfRecords("Battery power", records, gapLimit, record => record.BatteryPowerKw)
            : OfBuckets("Battery power", telemetry, gapLimit, bucket => bucket.BatteryPowerKw is { } power
                ? (power.Mean, power.Min, power.Max) : null)) with { Shape = ChartShape.SignedArea },
    ];

    /// <summary>Target and reserve of the latest record, for charts of sums, which do not tell them.</summary>
    public static IReadOnlyList<ChartGuide> Guides(DeviceTelemetry telemetry, DeviceState? latest)
    {
        if (telemetry.Records is not null || latest is null)
        {
            return [];
        }
        var target = new ChartGuide("Target now", latest.TargetStateOfChargePercent);
        return latest.BackupReservePercent is { } reserve
            ? [new ChartGuide("Reserve now", 0, reserve, ChartTone.Reserve), target]
            : [target];
    }

    private static ChartSeries OfRecords(
        string name, IReadOnlyList<DeviceState> records, TimeSpan gapLimit, Func<DeviceState, double?> value) => new()
        {
            Name = name, GapLimit = gapLimit,
            Samples = [.. records.Select(record => ChartSample.At(record.Time, value(record)))],
        };

    // A bucket without records is left out, so that short buckets between slow records are no gaps; a stretch of them
    // that is as long as the limit is one.
    private static ChartSeries OfBuckets(
        string name, DeviceTelemetry telemetry, TimeSpan gapLimit,
        Func<DeviceStateAggregate, (double Mean, double Min, double Max)?> value)
    {
        var samples = new List<ChartSample>();
        foreach (var bucket in telemetry.Buckets)
        {
            if (value(bucket) is { } sum)
            {
                samples.Add(ChartSample.Over(bucket.StartTime, bucket.EndTime, sum.Mean, sum.Min, sum.Max));
            }
        }
        return new() { Name = name, Samples = samples, GapLimit = gapLimit - TimeSpan.FromTicks(1) };
    }
}
