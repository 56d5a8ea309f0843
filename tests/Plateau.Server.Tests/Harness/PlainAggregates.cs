using System.Globalization;
using System.Text.Json.Nodes;

namespace Plateau.Server.Tests;

/// <summary>What a plain sum takes of a record.</summary>
/// <param name="Time">When it was measured.</param>
/// <param name="Charge">State of charge, %, 0–100.</param>
/// <param name="Power">Battery power, kW; positive charges. Null: not measured.</param>
internal sealed record PlainSample(DateTimeOffset Time, double Charge, double? Power);

/// <summary>Sums of records made the plain way.</summary>
internal static class PlainAggregates
{
    // Sums differ by the order in which they are made.
    private const double Tolerance = 1e-9;

    /// <summary>Checks a bucket of one device.</summary>
    /// <param name="bucket">The bucket as it was answered.</param>
    /// <param name="samples">All records of the device, ascending by time.</param>
    public static void AssertBucket(JsonNode bucket, IReadOnlyList<PlainSample> samples)
    {
        var (start, end) = (Time(bucket, "start_time"), Time(bucket, "end_time"));
        var inside = samples.Where(sample => sample.Time >= start && sample.Time < end).ToList();
        Assert.Equal(inside.Count, bucket["count"]!.GetValue<int>());
        if (inside.Count == 0)
        {
            Assert.Null(bucket["state_of_charge_percent"]);
            Assert.Null(bucket["energy_charged_kwh"]);
            return;
        }
        var charge = bucket["state_of_charge_percent"]!;
        Assert.Equal(inside.Average(one => one.Charge), charge["mean"]!.GetValue<double>(), Tolerance);
        Assert.Equal(inside.Min(one => one.Charge), charge["min"]!.GetValue<double>());
        Assert.Equal(inside.Max(one => one.Charge), charge["max"]!.GetValue<double>());
        Assert.Equal(inside[0].Charge, charge["first"]!.GetValue<double>());
        Assert.Equal(inside[^1].Charge, charge["last"]!.GetValue<double>());
        var powers = inside.Where(one => one.Power is not null).Select(one => one.Power!.Value).ToList();
        if (powers.Count > 0)
        {
            Assert.Equal(powers.Average(), bucket["battery_power_kw"]!["mean"]!.GetValue<double>(), Tolerance);
            var (charged, discharged) = (Energy(samples, start, end, 1), Energy(samples, start, end, -1));
            Assert.Equal(charged, bucket["energy_charged_kwh"]!.GetValue<double>(), Tolerance);
            Assert.Equal(discharged, bucket["energy_discharged_kwh"]!.GetValue<double>(), Tolerance);
        }
    }

    // Second by second would be plainer still; record by record is as independent and quicker.
    private static double Energy(IReadOnlyList<PlainSample> samples, DateTimeOffset start, DateTimeOffset end, int sign)
    {
        var sum = 0.0;
        for (var index = 0; index < samples.Count; index++)
        {
            var from = samples[index].Time;
            var to = from.AddMinutes(15);
            if (index + 1 < samples.Count && samples[index + 1].Time < to)
            {
                to = samples[index + 1].Time;
            }
            from = from < start ? start : from;
            to = to > end ? end : to;
            if (to > from && samples[index].Power * sign > 0)
            {
                sum += samples[index].Power!.Value * sign * (to - from).TotalHours;
            }
        }
        return sum;
    }

    /// <summary>A time of a bucket.</summary>
    public static DateTimeOffset Time(JsonNode bucket, string name) =>
        DateTimeOffset.Parse(bucket[name]!.GetValue<string>(), CultureInfo.InvariantCulture);
}
