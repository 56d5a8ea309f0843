using CsCheck;
using Plateau.Contracts;
using Plateau.Server.Demo;
using Plateau.Server.Demo.Simulation;

namespace Plateau.Server.Tests.Demo;

/// <summary>The physics of the demo holds for every battery, place, season and person.</summary>
public sealed class SimulationTests
{
    private const double Tolerance = 1e-9;

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

    private static readonly Gen<SolarPanels> Panels = Gen.Select(
        Gen.Double[0.5, 20], Gen.Double[0, 90], Gen.Double[-180, 180], Gen.Double[-66, 66], Gen.Double[-180, 180],
        Gen.ULong,
        (peak, tilt, azimuth, lat, lng, seed) => new SolarPanels(peak, tilt, azimuth, new(lat, lng), new(seed)));

    private static readonly Gen<DemoDevice> Reporting = Gen.Select(
        Gen.ULong, Gen.Int[0, 25],
        (seed, index) => new DemoFleet(seed).Devices.Where(device => device.Battery is not null).ElementAt(index));

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
    public void Panels_give_between_nothing_and_their_peak() => Gen.Select(Panels, Moments).Sample((panels, time) =>
        Assert.InRange(panels.PowerKw(time), 0, panels.PeakPowerKw));

    [Fact]
    public void Panels_give_nothing_at_midnight_and_something_at_noon() => Panels.Sample(panels =>
    {
        // At the equinox the sun stands over every place between the polar circles for twelve hours.
        var noon = new DateTimeOffset(2025, 3, 20, 12, 0, 0, TimeSpan.Zero).AddHours(-panels.Place.Lng / 15);
        Assert.Equal(0, panels.PowerKw(noon.AddHours(12)));
        Assert.True(panels.PowerKw(noon) > 0);
    });

    [Theory]
    [InlineData(51.5, 180, 9, 15)] // north: the sun is in the south
    [InlineData(-33.9, 0, 9, 15)] // south: the sun is in the north
    public void Panels_towards_the_noon_sun_give_most_around_noon(double lat, double azimuth, int from, int until)
    {
        var day = new DateTimeOffset(2025, 3, 20, 0, 0, 0, TimeSpan.Zero);
        var towards = new SolarPanels(5, 35, azimuth, new(lat, 0), new(1));
        var away = towards with { AzimuthDegrees = 180 - azimuth };
        var hours = Enumerable.Range(0, 24).Select(hour => (Hour: hour, PowerKw: towards.PowerKw(day.AddHours(hour))));
        var around = hours.Where(one => one.Hour >= from && one.Hour <= until).Sum(one => one.PowerKw);
        Assert.True(around > hours.Sum(one => one.PowerKw) / 2);
        Assert.True(towards.PowerKw(day.AddHours(12)) > away.PowerKw(day.AddHours(12)));
    }

    [Theory]
    [InlineData(-90, 8, 16)] // east: the morning
    [InlineData(90, 16, 8)] // west: the afternoon
    public void Azimuth_counts_anticlockwise_from_north(double azimuth, int brighter, int darker)
    {
        var day = new DateTimeOffset(2025, 6, 21, 0, 0, 0, TimeSpan.Zero);
        var panels = Enumerable.Range(0, 50)
            .Select(seed => new SolarPanels(5, 45, azimuth, new(48, 0), new((ulong)seed)));
        Assert.True(
            panels.Sum(one => one.PowerKw(day.AddHours(brighter)))
                > panels.Sum(one => one.PowerKw(day.AddHours(darker))));
    }

    [Fact]
    public void Every_device_of_the_fleet_stays_within_its_limits_for_days() => Gen.Select(Reporting, Moments).Sample(
        (device, start) =>
        {
            var battery = device.Battery!; // the generator leaves out devices without one
            var limits = battery.Model;
            var state = battery.Begin(start);
            for (var minutes = 7; minutes < 3 * 24 * 60; minutes += 7)
            {
                state = battery.Advance(state, start.AddMinutes(minutes));
                Assert.InRange(state.ChargePercent, 0, 100);
                Assert.InRange(state.PowerKw, -limits.DischargePowerKw, limits.ChargePowerKw);
            }
        }, iter: 60);

    [Fact]
    public void The_same_seed_gives_the_same_life() => Gen.Select(Gen.ULong, Moments).Sample((seed, start) =>
    {
        var lives = new[] { new DemoFleet(seed), new DemoFleet(seed) }.Select(fleet => fleet.Devices
            .Select(device => device.Battery).OfType<SimulatedBattery>()
            .Select(battery => battery.Advance(battery.Begin(start), start.AddHours(5))).ToList()).ToList();
        Assert.Equal(lives[0], lives[1]);
    }, iter: 5);

    [Fact]
    public void Cars_leave_come_back_with_less_and_are_charged_again()
    {
        var start = new DateTimeOffset(2025, 5, 5, 0, 0, 0, TimeSpan.Zero);
        foreach (var device in new DemoFleet(1).Devices.Where(device => device.Battery?.Use is CarUse))
        {
            var (battery, car) = (device.Battery!, (CarUse)device.Battery!.Use); // the filter asks for both
            var state = battery.Begin(start);
            var (arrivals, charged) = (0, false);
            for (var minutes = 1; minutes <= 2 * 24 * 60; minutes++)
            {
                var (before, time) = (state, start.AddMinutes(minutes));
                state = battery.Advance(state, time);
                if (!car.IsHome(time))
                {
                    Assert.Equal(before.ChargePercent, state.ChargePercent);
                    Assert.Equal(0, state.PowerKw);
                }
                else if (!car.IsHome(before.Time))
                {
                    arrivals++;
                    Assert.True(state.ChargePercent < before.ChargePercent);
                }
                charged |= state.PowerKw > 0;
            }
            Assert.Equal(2, arrivals);
            Assert.True(charged, $"{device.ReferenceId} was never charged.");
        }
    }

    [Fact]
    public void A_submission_tells_the_energy_of_its_charge_within_the_rounding()
    {
        var now = new DateTimeOffset(2025, 5, 5, 0, 0, 0, TimeSpan.Zero);
        foreach (var device in new DemoFleet(1).Devices.Where(device => device.Battery is not null))
        {
            var battery = device.Battery!; // filtered
            var body = DemoDevice.ToSubmission(battery, new LocationId(), battery.Begin(now), "run-1");
            Assert.Equal(device.Properties.Battery?.CapacityKwh, battery.Model.CapacityKwh);
            Assert.NotNull(body.EnergyRemainingKwh);
            Assert.Equal(
                battery.Model.CapacityKwh * body.StateOfChargePercent / 100, body.EnergyRemainingKwh.Value, 0.0006);
        }
    }
}
