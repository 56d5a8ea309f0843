using Plateau.Contracts;
using Plateau.Server.Demo.Simulation;
using static Plateau.Server.Demo.DemoModels;

namespace Plateau.Server.Demo;

/// <summary>
/// The demo's forty devices: home batteries with panels and inverter, car chargers, heat pumps, and panels with an
/// inverter alone. The same each time, so that a second start finds what the first one made.
/// </summary>
internal sealed class DemoFleet
{
    // Degrees anticlockwise from true north, as the contract counts them.
    private const double South = 180;
    private const double SouthEast = -135;
    private const double SouthWest = 135;
    private const double East = -90;
    private const double North = 0;
    private const double NorthWest = 45;

    private const double CarRoundTripEfficiency = 0.86;
    private static readonly DateTimeOffset FirstInstallation = new(2021, 3, 15, 9, 30, 0, TimeSpan.Zero);

    private readonly Chance _chance;
    private readonly List<DemoDevice> _devices = [];

    /// <summary>The devices of a simulation.</summary>
    /// <param name="seed">The chance behind weather and people; the same seed gives the same lives.</param>
    public DemoFleet(ulong seed)
    {
        _chance = new(seed);
        AddEurope();
        AddTheRest();
    }

    /// <summary>All of them, in the order they are registered.</summary>
    public IReadOnlyList<DemoDevice> Devices => _devices;

    private void AddEurope()
    {
        Home("home-london", Fjord13, 4.2, 35, South);
        Car("home-london", Kerb7, carKwh: 58, target: 80);
        Car("home-london", Return10, carKwh: 62, target: 90);
        Other("home-london", Zephyr9);

        Home("home-berlin", Hearth10, 6.4, 30, SouthWest);
        Car("home-berlin", Kerb11, carKwh: 77, target: 80);
        Other("home-berlin", Zephyr14);
        Solar("home-berlin", Field4, 3.9, 15, East);

        Home("home-lisbon", Fjord7, 3.6, 25, South);
        Car("home-lisbon", Kerb7, carKwh: 44, target: 85);
        Solar("home-lisbon", Field8, 7.5, 20, SouthWest);

        Home("home-oslo", Hearth16, 5.4, 45, South);
        Car("home-oslo", Kerb22, carKwh: 82, target: 80);
        Other("home-oslo", Zephyr14);
        Other("home-oslo", Zephyr5);

        Home("home-amsterdam", Fjord7);
        Car("home-amsterdam", Return10, carKwh: 64, target: 85);
        Solar("home-amsterdam", Field4, 4.4, 10, SouthEast);
    }

    private void AddTheRest()
    {
        Home("home-austin", Mesa20, 11.2, 20, South);
        Home("home-austin", Hearth16, 8.1, 20, SouthWest);
        Car("home-austin", Return10, carKwh: 75, target: 80);
        Other("home-austin", Zephyr9);

        Home("home-sydney", Mesa20, 9.9, 22, North);
        Car("home-sydney", Kerb7, carKwh: 60, target: 80);
        Solar("home-sydney", Field8, 6.6, 22, NorthWest);

        Home("home-osaka", Hearth10, 4.8, 30, South);
        Car("home-osaka", Return10, carKwh: 40, target: 90);
        Other("home-osaka", Zephyr5);

        Home("home-cape-town", Hearth16, 7.7, 30, North);
        Home("home-cape-town", Fjord13);
        Solar("home-cape-town", Field8, 8.2, 25, NorthWest);

        Home("home-sao-paulo", Hearth10, 5.5, 18, North);
        Car("home-sao-paulo", Kerb7, carKwh: 50, target: 80);
        Solar("home-sao-paulo", Field4, 3.3, 15, East);

        Home("home-pune", Fjord13, 5.9, 15, South);
        Car("home-pune", Kerb7, carKwh: 30, target: 90);
        Solar("home-pune", Field4, 4.0, 15, SouthEast);

        Home("home-auckland", Fjord13, 6.0, 28, North);
        Car("home-auckland", Kerb11, carKwh: 66, target: 80);
        Other("home-auckland", Zephyr9);
    }

    private void Home(string place, DeviceProperties model, double peakKw = 0, double tilt = 0, double azimuth = 0)
    {
        var home = Find(place);
        var chance = NextChance();
        var pv = peakKw > 0 ? Panels(peakKw, tilt, azimuth) : null;
        var storage = new BatteryModel(
            Told(model.Battery?.CapacityKwh), Told(model.Battery?.ChargePowerKw),
            Told(model.Battery?.DischargePowerKw), Told(model.Battery?.RoundTripEfficiency));
        var use = new HomeUse(
            LoadOf(home, chance),
            pv is null ? null : new SolarPanels(peakKw, tilt, azimuth, home.Point, chance.For(4)),
            ReservePercent: _devices.Count % 3 == 0 ? 20 : 10);
        Add(home, model with { Pv = pv }, new(storage, use, chance.Between(25, 90, 0)));
    }

    private void Car(string place, DeviceProperties model, double carKwh, double target)
    {
        var home = Find(place);
        var chance = NextChance();
        var powerKw = Told(model.EvCharger?.MaxPowerKw);
        var feedsBack = model.EvCharger?.V2gCapable is true;
        var storage = new BatteryModel(carKwh, powerKw, feedsBack ? powerKw : 0, CarRoundTripEfficiency);
        var use = new CarUse(
            LoadOf(home, chance), Told(model.EvCharger?.MinPowerKw), target, feedsBack ? 40 : null, chance.For(4));
        Add(
            home, model with { Battery = new() { CapacityKwh = carKwh } },
            new(storage, use, chance.Between(35, 75, 0)));
    }

    private void Solar(string place, DeviceProperties model, double peakKw, double tilt, double azimuth) =>
        Other(place, model with { Pv = Panels(peakKw, tilt, azimuth) });

    private void Other(string place, DeviceProperties model) => Add(Find(place), model, null);

    private void Add(DemoPlace place, DeviceProperties model, SimulatedBattery? battery)
    {
        var serial = _devices.Count + 1;
        _devices.Add(new(
            FormattableString.Invariant($"{model.ModelCode}-{serial:D4}"),
            place,
            model with { InstallDate = FirstInstallation.AddDays(37 * serial) },
            new() { GeoLocation = serial % 3 == 0, Control = serial % 2 == 0 },
            battery));
    }

    private PvProperties Panels(double peakKw, double tilt, double azimuth) => new()
    {
        PeakPowerKw = peakKw,
        Azimuth = azimuth,
        Tilt = tilt,
        TerrainShading = _devices.Count % 5 == 0,
        ForecastsEnabled = _devices.Count % 4 == 0,
    };

    private static HouseholdLoad LoadOf(DemoPlace place, Chance chance) => new(
        chance.Between(0.7, 1.5, 1), TimeZoneInfo.FindSystemTimeZoneById(place.Timezone), chance.For(5));

    private Chance NextChance() => _chance.For((ulong)_devices.Count + 1);

    private static DemoPlace Find(string reference) =>
        DemoPlace.All.First(place => place.ReferenceId == reference);

    private static double Told(double? value) =>
        value ?? throw new InvalidOperationException("A model of the demo leaves out what the simulation needs.");
}
