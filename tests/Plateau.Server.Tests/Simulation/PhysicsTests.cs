using CsCheck;
using Plateau.Contracts;
using Plateau.Server.Simulation;

namespace Plateau.Server.Tests.Simulation;

/// <summary>The physics of batteries and of the sun holds, whatever is asked of them, everywhere and always.</summary>
public sealed class PhysicsTests
{
    private const double Tolerance = 1e-9;

    private static readonly Climate Mild = new(0.6, 0.4, 10, 0.2, 0.1);

    private static readonly Gen<DateTimeOffset> Moments =
        Gen.Long[1_600_000_000, 2_000_000_000].Select(DateTimeOffset.FromUnixTimeSeconds);

    private static readonly Gen<BatteryModel> Batteries = Gen.Select(
        Gen.Double[0.5, 200], Gen.Double[0.1, 30], Gen.Double[0, 30], Gen.Double[0.5, 1],
        (capacity, charge, discharge, efficiency) => new BatteryModel(capacity, charge, discharge, efficiency));

    private static readonly Gen<BatteryWish> Wishes = Gen.Select(
        Gen.Double[-60, 60], Gen.Double[0, 100], Gen.Double[0, 100],
        (power, floor, ceiling) => new BatteryWish(power, floor, ceiling));

    private static readonly Gen<(BatteryModel Battery, double Charge, BatteryWish Wish, TimeSpan Duration)> Steps =
        Gen.Select(
            Batteries, Gen.Double[0, 100], Wishes, Gen.Double[1, 3_600],
            (battery, charge, wish, seconds) => (battery, charge, wish, TimeSpan.FromSeconds(seconds)));

    private static readonly Gen<GeoLocation> Places =
        Gen.Select(Gen.Double[-66, 66], Gen.Double[-180, 180], (lat, lng) => new GeoLocation(lat, lng));

    private static readonly Gen<SolarPanels> Roofs = Gen.Select(
        Gen.Double[0.5, 20], Gen.Double[0, 90], Gen.Double[-180, 180], Places, Gen.ULong,
        (peak, tilt, azimuth, place, seed) => Panels(peak, tilt, azimuth, place, seed));

    [Fact]
    public void A_charge_stays_within_0_and_100_and_a_power_within_its_limits_and_its_wish() => Steps.Sample(one =>
    {
        var step = BatterySimulation.Step(one.Battery, one.Charge, one.Wish, one.Duration);
        Assert.InRange(step.ChargePercent, 0, 100);
        Assert.InRange(
            step.PowerKw,
            Math.Max(-one.Battery.DischargePowerKw, Math.Min(one.Wish.PowerKw, 0)),
            Math.Min(one.Battery.ChargePowerKw, Math.Max(one.Wish.PowerKw, 0)));
    });

    [Fact]
    public void What_is_stored_changes_by_what_flows_less_what_is_lost() => Steps.Sample(one =>
    {
        var step = BatterySimulation.Step(one.Battery, one.Charge, one.Wish, one.Duration);
        var flowedKwh = step.PowerKw * one.Duration.TotalHours;
        var storedKwh = (step.ChargePercent - one.Charge) / 100 * one.Battery.CapacityKwh;
        var efficiency = Math.Sqrt(one.Battery.RoundTripEfficiency);
        var expectedKwh = flowedKwh > 0 ? flowedKwh * efficiency : flowedKwh / efficiency;
        Assert.Equal(expectedKwh, storedKwh, Tolerance * one.Battery.CapacityKwh);
    });

    [Fact]
    public void A_battery_is_neither_drawn_below_its_reserve_nor_charged_above_its_target() => Steps.Sample(one =>
    {
        var step = BatterySimulation.Step(one.Battery, one.Charge, one.Wish, one.Duration);
        Assert.InRange(
            step.ChargePercent,
            Math.Min(one.Charge, one.Wish.FloorPercent) - Tolerance,
            Math.Max(one.Charge, one.Wish.CeilingPercent) + Tolerance);
    });

    [Fact]
    public void The_sun_is_always_one_unit_away_and_never_higher_than_the_latitude_allows() =>
        Gen.Select(Places, Moments).Sample((place, time) =>
        {
            var sun = Sun.At(place, time);
            Assert.Equal(1, (sun.East * sun.East) + (sun.North * sun.North) + (sun.Up * sun.Up), Tolerance);
            Assert.True(sun.Up <= Math.Cos(Math.Max(Math.Abs(place.Lat) - 23.45, 0) * Math.PI / 180) + Tolerance);
        });

    // Times of an almanac; the sun's middle meets the horizon a few minutes later and earlier than its edge, in bent
    // light, is seen there.
    [Theory]
    [InlineData(51.5, -0.1, "2025-06-21T03:43:00Z", "2025-06-21T20:21:00Z")] // London
    [InlineData(51.5, -0.1, "2025-12-21T08:04:00Z", "2025-12-21T15:53:00Z")]
    [InlineData(-33.9, 151.2, "2025-12-20T18:41:00Z", "2025-12-21T09:05:00Z")] // Sydney
    [InlineData(34.0, -117.4, "2025-03-20T13:53:00Z", "2025-03-21T02:01:00Z")] // Riverside
    public void The_sun_rises_and_sets_when_the_almanac_says(double lat, double lng, string rises, string sets)
    {
        var place = new GeoLocation(lat, lng);
        var (rise, set) = (Time(rises), Time(sets));
        Assert.True(Sun.At(place, rise.AddMinutes(-10)).Up < 0);
        Assert.True(Sun.At(place, rise.AddMinutes(15)).Up > 0);
        Assert.True(Sun.At(place, set.AddMinutes(-15)).Up > 0);
        Assert.True(Sun.At(place, set.AddMinutes(10)).Up < 0);
    }

    [Fact]
    public void Panels_give_between_nothing_and_their_peak_and_nothing_by_night() =>
        Gen.Select(Roofs, Moments).Sample((panels, time) =>
        {
            var power = panels.PowerKw(time);
            Assert.InRange(power, 0, panels.PeakPowerKw);
            Assert.Equal(Sun.At(panels.Place, time).Up > 0, power > 0);
        });

    [Theory]
    [InlineData(51.5, 180)] // north: the sun is in the south
    [InlineData(-33.9, 0)] // south: the sun is in the north
    public void Panels_towards_the_noon_sun_give_most_around_noon(double lat, double azimuth)
    {
        var day = Time("2025-03-20T00:00:00Z");
        var hours = Enumerable.Range(0, 24).ToList();
        double At(double direction, int hour) => Enumerable.Range(0, 50)
            .Sum(seed => Panels(5, 35, direction, new(lat, 0), (ulong)seed).PowerKw(day.AddHours(hour)));
        Assert.True(hours.Where(hour => hour is >= 9 and <= 15).Sum(hour => At(azimuth, hour))
            > 0.75 * hours.Sum(hour => At(azimuth, hour)));
        Assert.True(At(azimuth, 12) > 1.3 * At(180 - azimuth, 12));
    }

    [Theory]
    [InlineData(-90, 8, 16)] // east: the morning
    [InlineData(90, 16, 8)] // west: the afternoon
    public void Azimuth_counts_anticlockwise_from_north(double azimuth, int brighter, int darker)
    {
        var day = Time("2025-06-21T00:00:00Z");
        var panels = Enumerable.Range(0, 50).Select(seed => Panels(5, 45, azimuth, new(48, 0), (ulong)seed)).ToList();
        Assert.True(
            panels.Sum(one => one.PowerKw(day.AddHours(brighter)))
                > panels.Sum(one => one.PowerKw(day.AddHours(darker))));
    }

    [Fact]
    public void Clouds_stay_for_hours_are_those_of_the_whole_place_and_as_frequent_as_its_climate_says()
    {
        var start = Time("2025-01-01T00:00:00Z");
        var grey = new Weather(Mild with { WinterCloud = 0.7, SummerCloud = 0.7 }, 50, new Chance(3));
        var clear = new Weather(Mild with { WinterCloud = 0.3, SummerCloud = 0.3 }, 50, new Chance(4));
        var clouds = Enumerable.Range(0, 2 * 365 * 24).Select(hour => grey.Cloud(start.AddHours(hour))).ToList();
        Assert.All(clouds, cloud => Assert.InRange(cloud, 0, 1));
        Assert.InRange(clouds.Average(), 0.6, 0.75);
        Assert.True(Correlation(clouds, 1) > 0.9);
        Assert.InRange(Correlation(clouds, 24), 0.2, 0.6);
        Assert.True(Math.Abs(Correlation(clouds, 24 * 20)) < 0.15);
        Assert.True(
            Enumerable.Range(0, 10_000).Average(hour => clear.Cloud(start.AddHours(hour))) < clouds.Average() - 0.25);
    }

    private static double Correlation(List<double> values, int lag)
    {
        var mean = values.Average();
        return values.Skip(lag).Zip(values, (late, early) => (late - mean) * (early - mean)).Average()
            / values.Average(value => (value - mean) * (value - mean));
    }

    private static SolarPanels Panels(double peakKw, double tilt, double azimuth, GeoLocation place, ulong seed) =>
        new(peakKw, tilt, azimuth, place, new Weather(Mild, place.Lat, new Chance(seed)), new Chance(seed + 1));

    private static DateTimeOffset Time(string text) =>
        DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
}
