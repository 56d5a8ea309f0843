using Plateau.Client;
using Plateau.Contracts;
using Plateau.Server.WebConsole.Charts;

namespace Plateau.Server.WebConsole;

/// <summary>The power of a fleet over its last day, ready to be drawn.</summary>
/// <param name="Charging">Sum of what charges, kW, 0 or more; oldest first.</param>
/// <param name="Discharging">Sum of what discharges, kW, 0 or less; oldest first.</param>
/// <param name="Start">Start of the time shown.</param>
/// <param name="End">End of the time shown: now.</param>
internal sealed record FleetPower(
    IReadOnlyList<ChartSample> Charging, IReadOnlyList<ChartSample> Discharging, DateTimeOffset Start,
    DateTimeOffset End)
{
    private const string Interval = "PT15M";
    private static readonly TimeSpan Step = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan Shown = TimeSpan.FromHours(24);

    /// <summary>What to ask the API for: whole quarters of an hour, the one that runs included.</summary>
    public static AggregateRange RangeAt(DateTimeOffset now)
    {
        var end = Floor(now) + Step;
        return new(end - Shown - Step, end, Interval);
    }

    /// <summary>
    /// The mean power of each quarter of an hour, from what was charged and discharged in it. The one that runs is not
    /// over: there stands what the fleet does now.
    /// </summary>
    public static FleetPower Of(
        IReadOnlyList<FleetStateAggregate> buckets, double chargingNowKw, double dischargingNowKw, DateTimeOffset now)
    {
        var running = Floor(now);
        var over = buckets.Where(bucket => bucket.EndTime <= running).ToList();
        return new(
            [
                .. over.Select(bucket => Sample(bucket, bucket.EnergyChargedKwh)),
                ChartSample.Over(running, now, chargingNowKw),
            ],
            [
                .. over.Select(bucket => Sample(bucket, -bucket.EnergyDischargedKwh)),
                ChartSample.Over(running, now, dischargingNowKw),
            ],
            now - Shown, now);
    }

    private static ChartSample Sample(FleetStateAggregate bucket, double? energyKwh) => ChartSample.Over(
        bucket.StartTime, bucket.EndTime, energyKwh / (bucket.EndTime - bucket.StartTime).TotalHours);

    private static DateTimeOffset Floor(DateTimeOffset time) => new(time.UtcTicks / Step.Ticks * Step.Ticks, default);
}
