using System.Globalization;
using Plateau.Contracts;
using static Plateau.Server.Simulation.DeviceModels;

namespace Plateau.Server.Simulation;

/// <summary>
/// A fleet of any size. Every device follows from the seed and its number alone: it is the same in a fleet of ten and
/// of a hundred thousand.
/// </summary>
internal sealed class SimulatedFleet
{
    // Of sixteen devices in a row: in which of eight homes each is, and what it is.
    private static readonly (int Home, Kind Kind)[] Pattern =
    [
        (0, Kind.Battery),
        (1, Kind.Battery), (1, Kind.Car),
        (2, Kind.Battery), (2, Kind.Car),
        (3, Kind.Battery), (3, Kind.Car), (3, Kind.HeatPump),
        (4, Kind.Car),
        (5, Kind.Battery), (5, Kind.Car),
        (6, Kind.Solar), (6, Kind.Car),
        (7, Kind.Battery), (7, Kind.Car), (7, Kind.Car),
    ];

    private const int HomesInPattern = 8;

    // Further homes are at the same addresses, so that a large fleet is registered within minutes: locations are
    // registered one by one, the devices of a large fleet by thousands.
    private const int Addresses = 2_000;

    // Homes lie within some kilometres of the middle of their town.
    private const double ScatterDegrees = 0.12;

    // Smallest first.
    private static readonly DeviceProperties[] Batteries = [Fjord7, Hearth10, Fjord13, Hearth16, Mesa20];
    private static readonly DeviceProperties[] Chargers = [Kerb7, Kerb7, Kerb7, Kerb11, Kerb11, Kerb22, Return10];
    private static readonly DeviceProperties[] HeatPumps = [Zephyr5, Zephyr9, Zephyr14];
    private static readonly double[] CarKwh = [40, 50, 58, 60, 64, 75, 77, 82];
    private static readonly double[] Targets = [80, 80, 80, 85, 90, 100];
    private static readonly string[] Streets =
        ["Lantern Row", "Orchard Lane", "Mill Street", "Harbour Walk", "Meadow Way", "Station Road", "Hill Crescent"];

    private static readonly DateTimeOffset FirstInstallation = new(2021, 3, 15, 9, 30, 0, TimeSpan.Zero);

    private readonly Chance _chance;
    private readonly string _seed;
    private readonly Place[] _places;

    /// <summary>The fleet of a seed.</summary>
    /// <param name="seed">The chance behind its devices, weather and people, and part of every reference.</param>
    public SimulatedFleet(uint seed)
    {
        _chance = new(seed);
        _seed = seed.ToString(CultureInfo.InvariantCulture);
        var weather = _chance.For(1);
        _places =
        [
            .. Town.All.Select((town, index) => new Place(
                town, TimeZoneInfo.FindSystemTimeZoneById(town.Timezone),
                new Weather(town.Climate, town.Point.Lat, weather.For((ulong)index)))),
        ];
    }

    private enum Kind
    {
        Battery,
        Car,
        HeatPump,
        Solar,
    }

    /// <summary>What the reference of every customer, home and device of it begins with.</summary>
    public string Prefix => $"sim-{_seed}-";

    /// <summary>How many addresses have the first devices.</summary>
    /// <param name="devices">How many devices, at least one.</param>
    public static int AddressesOf(int devices) => Math.Min(HouseholdOf(devices - 1) + 1, Addresses);

    /// <summary>The reference of a device.</summary>
    public string ReferenceOf(int device) => string.Create(CultureInfo.InvariantCulture, $"sim-{_seed}-{device:D6}");

    /// <summary>The home, or homes, at one of its addresses.</summary>
    /// <param name="number">The address's number, from 0.</param>
    public SimulatedHome Home(int number)
    {
        var chance = HouseholdChance(number);
        var town = PlaceOf(chance).Town;
        var street = Streets[(int)chance.Between(0, Streets.Length, 2)];
        return new(
            string.Create(CultureInfo.InvariantCulture, $"sim-{_seed}-home-{number:D6}"),
            string.Create(CultureInfo.InvariantCulture, $"sim-{_seed}-customer-{number:D6}"),
            town, string.Create(CultureInfo.InvariantCulture, $"{(int)chance.Between(1, 200, 1)} {street}"), null,
            new(
                Math.Round(town.Point.Lat + chance.Between(-ScatterDegrees, ScatterDegrees, 3), 4),
                Math.Round(town.Point.Lng + chance.Between(-ScatterDegrees, ScatterDegrees, 4), 4)));
    }

    /// <summary>The number of the address of a device.</summary>
    /// <param name="device">The device's number, from 0.</param>
    public static int AddressOf(int device) => HouseholdOf(device) % Addresses;

    /// <summary>One of its devices.</summary>
    /// <param name="number">Its number, from 0.</param>
    public SimulatedDevice Device(int number)
    {
        var (address, chance) = (AddressOf(number), _chance.For(3).For((ulong)number));
        var site = new Site(
            Home(address), PlaceOf(HouseholdChance(address)), HouseholdChance(HouseholdOf(number)));
        var (model, battery) = Pattern[number % Pattern.Length].Kind switch
        {
            Kind.Battery => Battery(site, chance),
            Kind.Car => Car(site, chance),
            Kind.HeatPump => (Pick(HeatPumps, chance, 1), null),
            _ => Solar(site, chance),
        };
        return new(
            ReferenceOf(number), site.Home,
            model with { InstallDate = FirstInstallation.AddDays((int)chance.Between(0, 1_400, 20)) },
            new() { GeoLocation = chance.At(21) < 0.5, Control = chance.At(22) < 0.5 }, battery);
    }

    private static (DeviceProperties Model, SimulatedBattery? Battery) Battery(Site site, Chance chance)
    {
        var load = LoadOf(site);
        // Battery and panels are sized after what the home uses; one home in ten has no panels.
        var wantedKwh = load.KwhPerDay * chance.Between(0.6, 1.3, 1);
        var model = Batteries.FirstOrDefault(one => one.Battery?.CapacityKwh >= wantedKwh) ?? Batteries[^1];
        var panels = chance.At(2) < 0.1
            ? null
            : Panels(site, chance, Math.Clamp(load.KwhPerDay * chance.Between(0.35, 0.65, 3), 2.4, 12));
        var use = new HomeUse(
            load, site.Place.Zone, panels, ReservePercent: chance.At(4) < 0.3 ? 20 : chance.At(4) < 0.7 ? 10 : 5);
        var battery = SimulatedDevice.HomeBattery(model, use, chance.Between(25, 90, 5));
        return (panels is null ? model : model with { Pv = Told(panels) }, battery);
    }

    private static (DeviceProperties Model, SimulatedBattery? Battery) Car(Site site, Chance chance)
    {
        var model = Pick(Chargers, chance, 1);
        var charger = model.EvCharger ?? throw new InvalidOperationException("A charger's model tells of none.");
        var capacityKwh = Pick(CarKwh, chance, 2);
        var use = new CarUse(
            new CarDriver(chance.For(1)), LoadOf(site), site.Place.Zone, charger.MinPowerKw ?? 0,
            Pick(Targets, chance, 3), charger.V2gCapable is true ? 40 : null);
        return (
            model with { Battery = new() { CapacityKwh = capacityKwh } },
            SimulatedDevice.Car(charger, capacityKwh, onboardKw: 11, use, chance.Between(35, 75, 4)));
    }

    private static (DeviceProperties Model, SimulatedBattery? Battery) Solar(Site site, Chance chance)
    {
        var model = chance.At(1) < 0.6 ? Field4 : Field8;
        var peakKw = (model.Inverter?.AcExportLimitKw ?? 0) * chance.Between(0.9, 1.2, 3);
        return (model with { Pv = Told(Panels(site, chance, peakKw)) }, null);
    }

    private static SolarPanels Panels(Site site, Chance chance, double peakKw)
    {
        // 180 is south; south of the equator roofs are used that face north.
        var towardsSun = site.Home.Point.Lat < 0 ? 0 : 180;
        var azimuth = towardsSun + chance.Between(-80, 80, 10);
        return new(
            Math.Round(peakKw, 1), Math.Round(chance.Between(12, 42, 11)),
            Math.Round(azimuth > 180 ? azimuth - 360 : azimuth), site.Home.Point, site.Place.Weather, chance.For(2));
    }

    private static PvProperties Told(SolarPanels panels) => new()
    {
        PeakPowerKw = panels.PeakPowerKw,
        Azimuth = panels.AzimuthDegrees,
        Tilt = panels.TiltDegrees,
    };

    // Large homes are rarer than small ones, and a few are very large.
    private static HouseholdLoad LoadOf(Site site)
    {
        var climate = site.Place.Town.Climate;
        var size = Math.Exp(0.6 * (site.Chance.At(5) + site.Chance.At(6) + site.Chance.At(7) - 1.5) - 0.05);
        return new(climate.HomeKwhPerDay * size, climate, site.Home.Point.Lat, site.Chance.For(8));
    }

    private static int HouseholdOf(int device) =>
        (device / Pattern.Length * HomesInPattern) + Pattern[device % Pattern.Length].Home;

    private Chance HouseholdChance(int household) => _chance.For(2).For((ulong)household);

    private Place PlaceOf(Chance address) => _places[(int)address.Between(0, _places.Length, 0)];

    private static T Pick<T>(T[] choices, Chance chance, long question) =>
        choices[(int)chance.Between(0, choices.Length, question)];

    private sealed record Place(Town Town, TimeZoneInfo Zone, Weather Weather);

    private sealed record Site(SimulatedHome Home, Place Place, Chance Chance);
}
