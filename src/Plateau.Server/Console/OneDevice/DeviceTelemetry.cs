using Plateau.Client;
using Plateau.Contracts;
using Plateau.Telemetry;

namespace Plateau.Server.WebConsole.OneDevice;

/// <summary>What a time of a device comes to: its records or, where they would be too many, their sums.</summary>
/// <param name="Start">Start of the time.</param>
/// <param name="End">End of the time, exclusive.</param>
/// <param name="Records">All records of the time, oldest first; null where sums are shown.</param>
/// <param name="Buckets">Sums of the time, oldest first; empty where records are shown.</param>
internal sealed record DeviceTelemetry(
    DateTimeOffset Start, DateTimeOffset End, IReadOnlyList<DeviceState>? Records,
    IReadOnlyList<DeviceStateAggregate> Buckets)
{
    /// <summary>Records at the most; a day of them every 30 seconds is less.</summary>
    public const int MostRecords = 3_000;

    /// <summary>Reads the telemetry of a time.</summary>
    /// <param name="states">Reads the API.</param>
    /// <param name="device">The device.</param>
    /// <param name="start">Start of the time.</param>
    /// <param name="end">End of the time, exclusive.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="PlateauException">It could not be read.</exception>
    public static async Task<DeviceTelemetry> ReadAsync(
        DeviceStatesClient states, DeviceId device, DateTimeOffset start, DateTimeOffset end, CancellationToken cancel)
    {
        if (TimeChoice.ShowsRecords(end - start))
        {
            var records = new List<DeviceState>();
            var range = new HistoryFilter { StartTime = start, EndTime = end };
            await foreach (var record in states.HistoryAsync(device, range, cancel))
            {
                records.Add(record);
                if (records.Count > MostRecords)
                {
                    break;
                }
            }
            if (records.Count <= MostRecords)
            {
                records.Reverse();
                return new(start, end, records, []);
            }
        }
        var interval = TimeChoice.IntervalFor(end - start);
        var buckets = await states.AggregatesAsync(device, new AggregateRange(start, end, interval), cancel);
        return new(start, end, null, buckets.Data);
    }

    /// <summary>The energy that went into the battery and out of it, as far as records of the time tell.</summary>
    /// <param name="gapLimit">How long a record's power holds when no other follows.</param>
    /// <param name="now">The present; what is held beyond it is not counted.</param>
    /// <returns>Both kWh, 0 or more; null where no power is known.</returns>
    public (double ChargedKwh, double DischargedKwh)? Energy(TimeSpan gapLimit, DateTimeOffset now)
    {
        if (Records is null)
        {
            return Buckets.Any(bucket => bucket.EnergyChargedKwh is not null)
                ? (Buckets.Sum(bucket => bucket.EnergyChargedKwh ?? 0),
                    Buckets.Sum(bucket => bucket.EnergyDischargedKwh ?? 0))
                : null;
        }
        var sum = new DeviceAggregation(
            [Instant.ToUnixMicroseconds(Start), Instant.ToUnixMicroseconds(End)],
            gapLimit.Ticks / TimeSpan.TicksPerMicrosecond);
        foreach (var record in Records)
        {
            sum.Add(Instant.ToUnixMicroseconds(record.Time), record.StateOfChargePercent, record.BatteryPowerKw);
        }
        return sum.Finish(Instant.ToUnixMicroseconds(now)) is
            [{ EnergyChargedKwh: { } charged, EnergyDischargedKwh: { } discharged }]
            ? (charged, discharged)
            : null;
    }

    /// <summary>Moves the time on to its new end, with records that have come.</summary>
    /// <param name="end">The new end, exclusive; the length stays.</param>
    /// <param name="added">Accepted records, in any order; repeats and those of other times are left out.</param>
    /// <returns>
    /// The new telemetry; null where it has to be read anew, because it is made of sums or has become too much.
    /// </returns>
    public DeviceTelemetry? MoveTo(DateTimeOffset end, IReadOnlyList<DeviceState> added)
    {
        if (Records is null)
        {
            return null;
        }
        var start = end - (End - Start);
        var known = Records.Select(record => record.Id).ToHashSet();
        var records = Records.Concat(added.Where(record => known.Add(record.Id)))
            .Where(record => record.Time >= start && record.Time < end).OrderBy(record => record.Time).ToList();
        return records.Count <= MostRecords ? new(start, end, records, []) : null;
    }
}
