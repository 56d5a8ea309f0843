using CsCheck;

namespace Plateau.Telemetry.Tests;

/// <summary>What records come to in buckets.</summary>
public sealed class DeviceAggregationTests
{
    private const long Minute = 60_000_000;
    private const long Gap = 15 * Minute;

    private static readonly long[] HalfHours = [0, 30 * Minute, 60 * Minute, 90 * Minute];

    private static readonly Gen<(long Time, double Charge, double? Power)[]> Records =
        Gen.Select(
            Gen.Long[-20 * Minute, 110 * Minute], Gen.Double[0, 100],
            Gen.OneOf(Gen.Const((double?)null), Gen.Double[-10, 10].Select(power => (double?)power)))
        .Array[0, 60].Select(records => records.OrderBy(record => record.Item1).ToArray());

    [Fact]
    public void Each_bucket_tells_of_its_own_records()
    {
        var buckets = Aggregate(
            [(5 * Minute, 40, 2), (10 * Minute, 42, -1), (29 * Minute, 41, null), (65 * Minute, 50, 3)]);

        Assert.Equal([3, 0, 1], buckets.Select(bucket => bucket.Count));
        Assert.Equal(new StatesOfCharge(41, 40, 42, 40, 41), buckets[0].StateOfCharge);
        Assert.Equal(new BatteryPowers(0.5, -1, 2), buckets[0].BatteryPower);
        Assert.Equal(2 * 5 / 60.0, buckets[0].EnergyChargedKwh!.Value, 9);
        Assert.Equal(15 / 60.0, buckets[0].EnergyDischargedKwh!.Value, 9);
        Assert.Equal(3 * 15 / 60.0, buckets[2].EnergyChargedKwh!.Value, 9);
    }

    [Fact]
    public void A_bucket_without_records_is_empty_and_not_zero()
    {
        var buckets = Aggregate([(29 * Minute, 40, 2)]);

        Assert.Equal(
            new StateBucket
            {
                Count = 0, StateOfCharge = null, BatteryPower = null, EnergyChargedKwh = null,
                EnergyDischargedKwh = null,
            },
            buckets[1]);
    }

    [Fact]
    public void A_power_that_the_next_record_ends_at_once_moved_nothing()
    {
        var bucket = Aggregate([(5 * Minute, 40, 6), (5 * Minute, 41, null)])[0];

        Assert.Equal(new BatteryPowers(6, 6, 6), bucket.BatteryPower);
        Assert.Equal(0, bucket.EnergyChargedKwh);
        Assert.Equal(0, bucket.EnergyDischargedKwh);
    }

    [Fact]
    public void A_power_from_before_the_range_holds_into_it()
    {
        var buckets = Aggregate([(-5 * Minute, 40, 6), (5 * Minute, 41, null)]);

        Assert.Equal(6 * 5 / 60.0, buckets[0].EnergyChargedKwh!.Value, 9);
        Assert.Equal(1, buckets[0].Count);
    }

    [Fact]
    public void A_power_holds_no_longer_than_now()
    {
        var aggregation = new DeviceAggregation(HalfHours, Gap);
        aggregation.Add(5 * Minute, 40, 6);

        Assert.Equal(6 * 2 / 60.0, aggregation.Finish(7 * Minute)[0].EnergyChargedKwh!.Value, 9);
    }

    [Fact]
    public void Counts_energies_and_means_add_up_to_those_of_the_whole_range() => Records.Sample(records =>
    {
        var parts = Aggregate(records);
        var whole = Aggregate(records, [HalfHours[0], HalfHours[^1]])[0];

        Assert.Equal(whole.Count, parts.Sum(part => part.Count));
        if (whole.StateOfCharge is { } charge)
        {
            var mean = parts.Sum(part => part.Count * (part.StateOfCharge?.Mean ?? 0)) / whole.Count;
            Assert.Equal(charge.Mean, mean, tolerance: 1e-9);
            Assert.InRange(charge.Mean, charge.Min, charge.Max);
            Assert.Equal(charge.Max, parts.Max(part => part.StateOfCharge?.Max));
        }
        if (parts.All(part => part.Count > 0))
        {
            Assert.Equal(
                whole.EnergyChargedKwh ?? 0, parts.Sum(part => part.EnergyChargedKwh ?? 0), tolerance: 1e-9);
            Assert.Equal(
                whole.EnergyDischargedKwh ?? 0, parts.Sum(part => part.EnergyDischargedKwh ?? 0), tolerance: 1e-9);
        }
    });

    // A clock that ticks every second says the same in the plainest way.
    [Fact]
    public void Energies_are_what_a_meter_read_every_second_would_sum_up() =>
        Records.Select(records => records
                .Select(record => (record.Time / 1_000_000 * 1_000_000, record.Charge, record.Power)).ToArray())
            .Sample(records =>
            {
                var buckets = Aggregate(records);
                for (var bucket = 0; bucket < buckets.Length; bucket++)
                {
                    double charged = 0;
                    for (var second = HalfHours[bucket]; second < HalfHours[bucket + 1]; second += 1_000_000)
                    {
                        var last = Array.FindLastIndex(records, record => record.Item1 <= second);
                        var known = last >= 0 && second - records[last].Item1 < Gap ? records[last].Power : null;
                        charged += Math.Max(known ?? 0, 0) / 3600;
                    }
                    Assert.Equal(
                        buckets[bucket].Count > 0 ? charged : 0, buckets[bucket].EnergyChargedKwh ?? 0,
                        tolerance: 1e-6);
                }
            }, iter: 50);

    private static StateBucket[] Aggregate((long Time, double Charge, double? Power)[] records, long[]? edges = null)
    {
        var aggregation = new DeviceAggregation(edges ?? HalfHours, Gap);
        foreach (var (time, charge, power) in records)
        {
            aggregation.Add(time, charge, power);
        }
        return aggregation.Finish(long.MaxValue);
    }
}
