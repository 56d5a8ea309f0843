using System.Globalization;
using Plateau.Contracts;

namespace Plateau.Server.WebConsole.OneDevice;

/// <summary>A part of a device, and what is told of it.</summary>
/// <param name="Name">The part.</param>
/// <param name="Rows">Name and value with its unit, only of what is told.</param>
internal sealed record PropertyGroup(string Name, IReadOnlyList<(string Name, string Value)> Rows);

/// <summary>The properties of a device, in words and with their units.</summary>
internal static class PropertyRows
{
    /// <summary>The parts of which anything is told.</summary>
    public static IReadOnlyList<PropertyGroup> Of(DeviceProperties properties, TimeZoneInfo zone, CultureInfo culture)
    {
        List<PropertyGroup> groups =
        [
            new("Device",
            [
                .. Row("Manufacturer", properties.Manufacturer), .. Row("Model", properties.ModelName),
                .. Row("Model code", properties.ModelCode),
                .. Row("Installed", properties.InstallDate is { } date ? Show.Date(date, zone, culture) : null),
            ]),
        ];
        if (properties.Battery is { } battery)
        {
            groups.Add(new("Battery",
            [
                .. Unit("Capacity", battery.CapacityKwh, "kWh", culture),
                .. Unit("Rated power", battery.PowerKw, "kW", culture),
                .. Unit("Charges with up to", battery.ChargePowerKw, "kW", culture),
                .. Unit("Discharges with up to", battery.DischargePowerKw, "kW", culture),
                .. Unit("Round-trip efficiency", battery.RoundTripEfficiency * 100, "%", culture),
            ]));
        }
        if (properties.Pv is { } solar)
        {
            groups.Add(new("Solar",
            [
                .. Unit("Peak power", solar.PeakPowerKw, "kW", culture),
                .. Row("Faces", Direction(solar.Azimuth, culture)),
                .. Unit("Tilt", solar.Tilt, "°", culture), .. YesNo("Shaded by terrain", solar.TerrainShading),
                .. YesNo("Forecasts wanted", solar.ForecastsEnabled),
            ]));
        }
        if (properties.Inverter is { } inverter)
        {
            groups.Add(new("Inverter", [.. Unit("Exports up to", inverter.AcExportLimitKw, "kW", culture)]));
        }
        if (properties.EvCharger is { } charger)
        {
            groups.Add(new("EV charger",
            [
                .. Unit("Charges with up to", charger.MaxPowerKw, "kW", culture),
                .. Unit("Charges with at least", charger.MinPowerKw, "kW", culture),
                .. Row("Phases", charger.Phases?.ToString(culture)), .. YesNo("Changes phases", charger.PhaseSwitching),
                .. YesNo("Car can feed back", charger.V2gCapable),
            ]));
        }
        if (properties.HeatPump is { } pump)
        {
            groups.Add(new("Heat pump",
            [
                .. Unit("Takes up to", pump.MaxPowerKw, "kW", culture),
                .. Unit("Takes at least", pump.MinPowerKw, "kW", culture),
                .. Unit("Heat store", pump.ThermalStorageLitres, "litres", culture),
            ]));
        }
        return [.. groups.Where(group => group.Rows.Count > 0)];
    }

    /// <summary>A direction counted anticlockwise from true north, with the nearest point of the compass.</summary>
    public static string? Direction(double? azimuthDegrees, CultureInfo culture)
    {
        if (azimuthDegrees is not { } azimuth)
        {
            return null;
        }
        string[] points = ["north", "north-west", "west", "south-west", "south", "south-east", "east", "north-east"];
        var point = points[(int)Math.Round((((azimuth % 360) + 360) % 360) / 45) % 8];
        return $"{point} ({azimuth.ToString("0.##", culture)}°)";
    }

    private static IEnumerable<(string Name, string Value)> Row(string name, string? value) =>
        string.IsNullOrEmpty(value) ? [] : [(name, value)];

    private static IEnumerable<(string Name, string Value)> Unit(
        string name, double? value, string unit, CultureInfo culture) =>
        value is { } number ? [(name, $"{number.ToString("#,0.##", culture)}{(unit == "°" ? "" : " ")}{unit}")] : [];

    private static IEnumerable<(string Name, string Value)> YesNo(string name, bool? value) =>
        value is { } given ? [(name, given ? "yes" : "no")] : [];
}
