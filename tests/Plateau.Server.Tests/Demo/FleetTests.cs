using Plateau.Server.Demo;
using Plateau.Server.Simulation;

namespace Plateau.Server.Tests.Demo;

/// <summary>The demo's homes and devices.</summary>
public sealed class FleetTests
{
    private readonly IReadOnlyList<SimulatedDevice> _devices = new DemoFleet(1).Devices;

    [Fact]
    public void There_are_forty_devices_of_every_kind_with_references_of_their_own()
    {
        Assert.Equal(40, _devices.Select(device => device.ReferenceId).Distinct().Count());
        Assert.Equal(14, _devices.Count(device => device.Properties is { Battery: not null, Inverter: not null }));
        Assert.Equal(12, _devices.Count(device => device.Properties.EvCharger is not null));
        Assert.Equal(4, _devices.Count(device => device.Properties.EvCharger?.V2gCapable is true));
        Assert.Equal(7, _devices.Count(device => device.Properties.HeatPump is not null));
        Assert.Equal(7, _devices.Count(device => device.Properties is { Pv: not null, Battery: null }));
        Assert.Contains(_devices, device => device.Consents.GeoLocation is true);
        Assert.Contains(_devices, device => device.Consents.GeoLocation is false);
    }

    [Fact]
    public void Exactly_the_devices_with_a_battery_or_a_car_report() => Assert.All(_devices, device => Assert.Equal(
        device.Properties.Battery is not null || device.Properties.EvCharger is not null, device.Battery is not null));

    [Fact]
    public void The_twelve_homes_are_in_different_countries_and_time_zones_and_each_has_a_device()
    {
        Assert.Equal(12, DemoHomes.All.Count);
        Assert.Equal(12, DemoHomes.All.Select(home => home.Town.CountryCode).Distinct().Count());
        Assert.Equal(12, DemoHomes.All.Select(home => home.Town.Timezone).Distinct().Count());
        Assert.All(DemoHomes.All, home => Assert.Contains(_devices, device => device.Home == home));
    }
}
