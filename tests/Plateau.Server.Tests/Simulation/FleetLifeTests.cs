using CsCheck;
using Plateau.Server.Demo;
using Plateau.Server.Simulation;

namespace Plateau.Server.Tests.Simulation;

/// <summary>The homes and cars of a simulated fleet, over days, weeks and a year.</summary>
public sealed class FleetLifeTests
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(5);

    private static readonly Gen<DateTimeOffset> Moments =
        Gen.Long[1_600_000_000, 2_000_000_000].Select(DateTimeOffset.FromUnixTimeSeconds);

    private static readonly Gen<SimulatedDevice> Reporting = Gen.Select(
        Gen.UInt, Gen.Int[0, 100_000], (seed, number) => new SimulatedFleet(seed).Device(number))
        .Where(device => device.Battery is not null);

    private readonly SimulatedFleet _fleet = new(7);

    [Fact]
    public void A_device_is_the_same_whatever_is_asked_before_and_another_with_another_seed() =>
        Gen.Select(Gen.UInt, Gen.Int[0, 1_000_000]).Sample((seed, number) =>
        {
            var (fleet, other) = (new SimulatedFleet(seed), new SimulatedFleet(seed));
            other.Device(3);
            Assert.Equal(Text(fleet.Device(number)), Text(other.Device(number)));
            Assert.Equal(fleet.Device(number).Home, other.Home(SimulatedFleet.AddressOf(number)));
            Assert.NotEqual(Text(fleet.Device(number)), Text(new SimulatedFleet(seed + 1).Device(number)));
        }, iter: 200);

    [Fact]
    public void Homes_have_one_to_three_devices_and_every_kind_is_there()
    {
        var devices = Enumerable.Range(0, 1_600).Select(_fleet.Device).ToList();
        var homes = devices.GroupBy(device => device.Home.ReferenceId).ToList();
        Assert.Equal(SimulatedFleet.AddressesOf(1_600), homes.Count);
        Assert.Equal([1, 2, 3], homes.Select(home => home.Count()).Distinct().Order());
        Assert.Equal(600, devices.Count(device => device.Battery?.Use is HomeUse));
        Assert.Equal(800, devices.Count(device => device.Battery?.Use is CarUse));
        Assert.Equal(100, devices.Count(device => device.Properties.HeatPump is not null));
        Assert.Equal(100, devices.Count(device => device.Properties is { Pv: not null, Battery: null }));
        Assert.Equal(Town.All.Count, devices.Select(device => device.Home.Town).Distinct().Count());
    }

    [Fact]
    public void Every_battery_stays_within_its_limits_and_balances_its_energy_for_days() =>
        Gen.Select(Reporting, Moments).Sample((device, start) =>
        {
            var battery = device.Battery!; // the generator leaves out devices without one
            var (model, charge) = (battery.Model, battery.Begin(start));
            for (var step = 0; step < 3 * 288; step++)
            {
                var period = battery.Advance(charge, charge.Time + Interval);
                Assert.InRange(period.After.Percent, 0, 100);
                Assert.InRange(period.PowerKw, -model.DischargePowerKw, model.ChargePowerKw);
                var flowedKwh = period.PowerKw * Interval.TotalHours;
                var storedKwh = (period.After.Percent - charge.Percent) / 100 * model.CapacityKwh;
                if (period.PowerKw < 0)
                {
                    Assert.True(period.After.Percent >= battery.Use.BackupReservePercent - 1e-9);
                }
                if (period.PowerKw != 0 || battery.Use is HomeUse)
                {
                    var expected = flowedKwh > 0
                        ? flowedKwh * model.OneWayEfficiency : flowedKwh / model.OneWayEfficiency;
                    Assert.Equal(expected, storedKwh, 1e-6);
                }
                charge = period.After;
            }
        }, iter: 60);

    [Fact]
    public void A_cars_charge_falls_only_while_it_is_away_or_feeds_back_and_it_gets_nothing_there() =>
        Gen.Select(Reporting.Where(device => device.Battery?.Use is CarUse), Moments).Sample((device, start) =>
        {
            var (battery, car) = (device.Battery!, (CarUse)device.Battery!.Use); // the generator asks for both
            var charge = battery.Begin(start);
            for (var step = 0; step < 7 * 288; step++)
            {
                var period = battery.Advance(charge, charge.Time + Interval);
                var isHome = car.IsHome(charge.Time) && car.IsHome(period.After.Time);
                if (!isHome)
                {
                    Assert.Equal(0, period.PowerKw);
                    Assert.True(period.After.Percent <= charge.Percent);
                }
                else if (period.After.Percent < charge.Percent)
                {
                    Assert.True(car.ReservePercent is not null && period.PowerKw < 0);
                }
                if (period.PowerKw > 0)
                {
                    Assert.True(period.After.Percent <= battery.Use.TargetPercent + 1e-9);
                }
                charge = period.After;
            }
        }, iter: 60);

    [Fact]
    public void Cars_are_away_on_workdays_come_home_in_the_evening_and_are_charged_for_what_they_drove()
    {
        var start = new DateTimeOffset(2025, 5, 5, 0, 0, 0, TimeSpan.Zero);
        var cars = Enumerable.Range(0, 800).Select(_fleet.Device).Where(device => device.Battery?.Use is CarUse);
        var (count, chargedKwh, arrivals) = (0, 0.0, new int[24]);
        foreach (var device in cars)
        {
            var (battery, car) = (device.Battery!, (CarUse)device.Battery!.Use); // filtered
            var charge = battery.Begin(start);
            count++;
            for (var step = 0; step < 14 * 96; step++)
            {
                var period = battery.Advance(charge, charge.Time + (3 * Interval));
                chargedKwh += Math.Max(period.PowerKw, 0) / 4;
                if (!car.IsHome(charge.Time) && car.IsHome(period.After.Time))
                {
                    arrivals[(int)LocalTime.At(car.Zone, period.After.Time).Hour]++;
                }
                charge = period.After;
            }
        }
        Assert.InRange(chargedKwh / count / 14, 5, 11);
        Assert.InRange(arrivals.Sum() / (14.0 * count), 0.75, 1);
        Assert.InRange(arrivals[15..20].Sum() / (double)arrivals.Sum(), 0.55, 0.85);
        Assert.Equal(0, arrivals[..9].Sum());
    }

    [Theory]
    [InlineData("Berlin", 9, 3, 13)]
    [InlineData("Oslo", 22, 7, 33)]
    [InlineData("Riverside", 27, 15, 40)]
    public void A_household_uses_what_its_climate_says_most_in_the_evening_and_least_at_night(
        string town, double mean, double low, double high)
    {
        var place = Town.All.Single(one => one.Name == town);
        var start = new DateTimeOffset(2025, 1, 1, 0, 0, 0, default);
        var zone = TimeZoneInfo.FindSystemTimeZoneById(place.Timezone);
        var (days, hours) = (new List<double>(), new double[24]);
        for (ulong home = 0; home < 12; home++)
        {
            var load = new HouseholdLoad(mean, place.Climate, place.Point.Lat, new Chance(home));
            for (var day = 0; day < 365; day++)
            {
                var kwh = 0.0;
                for (var time = start.AddDays(day); time < start.AddDays(day + 1); time = time.AddMinutes(15))
                {
                    var local = LocalTime.At(zone, time);
                    var power = load.PowerKw(time, local);
                    kwh += power / 4;
                    hours[(int)local.Hour] += power / 4;
                }
                days.Add(kwh);
            }
        }
        days.Sort();
        Assert.Equal(mean, days.Average(), 0.06 * mean);
        Assert.True(days[days.Count / 20] > low, $"5 % use less than {days[days.Count / 20]} kWh.");
        Assert.True(days[days.Count * 19 / 20] < high, $"5 % use more than {days[days.Count * 19 / 20]} kWh.");
        Assert.InRange(Array.IndexOf(hours, hours.Max()), 17, 21);
        Assert.InRange(Array.IndexOf(hours, hours.Min()), 0, 5);
    }

    [Theory]
    [InlineData("Berlin", 900, 1_200, 3)]
    [InlineData("Oslo", 750, 1_050, 4.5)]
    [InlineData("Riverside", 1_450, 1_800, 1.4)]
    [InlineData("Sydney", 1_350, 1_650, 1.2)]
    public void Panels_yield_in_a_year_and_its_seasons_what_the_town_is_known_for(
        string town, double low, double high, double summerOverWinter)
    {
        var place = Town.All.Single(one => one.Name == town);
        var panels = new SolarPanels(
            1, 30, place.Point.Lat < 0 ? 0 : 180, place.Point,
            new Weather(place.Climate, place.Point.Lat, new Chance(7)), new Chance(8));
        var start = new DateTimeOffset(2025, 1, 1, 0, 0, 0, default);
        double Kwh(int month) => Enumerable.Range(0, 28 * 96)
            .Sum(step => panels.PowerKw(start.AddMonths(month - 1).AddMinutes(15 * step)) / 4);
        var months = Enumerable.Range(1, 24).Select(Kwh).ToList();
        Assert.InRange(months.Sum() / 2 * 365.25 / (12 * 28), low, high);
        var (first, second) = (months[5] + months[6] + months[17] + months[18], months[0] + months[11] + months[12]
            + months[23]);
        Assert.True((place.Point.Lat < 0 ? second / first : first / second) > summerOverWinter);
    }

    [Fact]
    public void The_same_seed_gives_the_same_lives() => Gen.Select(Gen.UInt, Moments).Sample((seed, start) =>
    {
        var lives = Enumerable.Range(0, 2).Select(_ => new DemoFleet(seed).Devices.Concat(
                Enumerable.Range(0, 32).Select(new SimulatedFleet(seed).Device))
            .Select(device => device.Battery).OfType<SimulatedBattery>()
            .Select(battery => battery.Advance(battery.Begin(start), start.AddHours(5))).ToList()).ToList();
        Assert.Equal(lives[0], lives[1]);
    }, iter: 5);

    [Fact]
    public void A_submission_tells_the_energy_of_its_charge_within_the_rounding()
    {
        var now = new DateTimeOffset(2025, 5, 5, 0, 0, 0, TimeSpan.Zero);
        foreach (var device in new DemoFleet(1).Devices.Where(device => device.Battery is not null))
        {
            var battery = device.Battery!; // filtered
            var body = battery.ToSubmission(default, default, battery.Begin(now), -1.23456, "run-1");
            Assert.Equal(device.Properties.Battery?.CapacityKwh, battery.Model.CapacityKwh);
            Assert.Equal(-1.235, body.BatteryPowerKw);
            Assert.NotNull(body.EnergyRemainingKwh);
            Assert.Equal(
                battery.Model.CapacityKwh * body.StateOfChargePercent / 100, body.EnergyRemainingKwh.Value, 0.0006);
        }
    }

    private static string Text(SimulatedDevice device) => device.ToString();
}
