using Plateau.Contracts;
using Plateau.Server.Simulation;
using static Plateau.Server.Simulation.DeviceModels;

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

    private const double CarOnboardKw = 11;
    private static readonly DateTimeOffset FirstInstallation = new(2021, 3, 15, 9, 30, 0, TimeSpan.Zero);

    private readonly Chance _chance;
    private readonly Chance _weather;
    private readonly List<SimulatedDevice> _devices = [];

    /// <summary>The devices of a simulation.</summary>
    /// <param name="seed">The chance behind weather and people; the same seed gives the same lives.</param>
    public DemoFleet(ulong seed)
    {
        _chance = new(seed);
        _weather = _chance.For(1_000);
        AddEurope();
        AddTheRest();
    }

    /// <summary>All of them, in the order they are registered.</summary>
    public IReadOnlyList<SimulatedDevice> Devices => _devices;

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

    private void Home(string reference, DeviceProperties model, double peakKw = 0, double tilt = 0, double azimuth = 0)
    {
        var home = Find(reference);
        var chance = NextChance();
        var use = new HomeUse(
            LoadOf(home, chance), ZoneOf(home),
            peakKw == 0
                ? null
                : new SolarPanels(peakKw, tilt, azimuth, home.Point, WeatherOf(home), chance.For(4)),
            ReservePercent: _devices.Count % 3 == 0 ? 20 : 10);
        Add(
            home, model with { Pv = peakKw == 0 ? null : Panels(peakKw, tilt, azimuth) },
            SimulatedDevice.HomeBattery(model, use, chance.Between(25, 90, 0)));
    }

    private void Car(string reference, DeviceProperties model, double carKwh, double target)
    {
        var home = Find(reference);
        var chance = NextChance();
        var charger = model.EvCharger ?? throw new InvalidOperationException("A charger's model tells of none.");
        var use = new CarUse(
            new CarDriver(chance.For(4)), LoadOf(home, chance), ZoneOf(home), charger.MinPowerKw ?? 0, target,
            charger.V2gCapable is true ? 40 : null);
        Add(
            home, model with { Battery = new() { CapacityKwh = carKwh } },
            SimulatedDevice.Car(charger, carKwh, CarOnboardKw, use, chance.Between(35, 75, 0)));
    }

    private void Solar(string home, DeviceProperties model, double peakKw, double tilt, double azimuth) =>
        Other(home, model with { Pv = Panels(peakKw, tilt, azimuth) });

    private void Other(string home, DeviceProperties model) => Add(Find(home), model, null);

    private void Add(SimulatedHome home, DeviceProperties model, SimulatedBattery? battery)
    {
        var serial = _devices.Count + 1;
        _devices.Add(new(
            FormattableString.Invariant($"{model.ModelCode}-{serial:D4}"),
            home,
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

    private static HouseholdLoad LoadOf(SimulatedHome home, Chance chance) => new(
        home.Town.Climate.HomeKwhPerDay * chance.Between(0.7, 1.5, 1), home.Town.Climate, home.Point.Lat,
        chance.For(5));

    private static TimeZoneInfo ZoneOf(SimulatedHome home) => TimeZoneInfo.FindSystemTimeZoneById(home.Town.Timezone);

    private Weather WeatherOf(SimulatedHome home) => new(
        home.Town.Climate, home.Point.Lat, _weather.For((ulong)DemoHomes.All.ToList().IndexOf(home)));

    private Chance NextChance() => _chance.For((ulong)_devices.Count + 1);

    private static SimulatedHome Find(string reference) =>
        DemoHomes.All.First(home => home.ReferenceId == reference);
}
