using System.Globalization;
using Plateau.Contracts;
using Plateau.Server.WebConsole.Charts;

namespace Plateau.Server.WebConsole;

/// <summary>Numbers and times as a visitor reads them. The culture is always told.</summary>
internal static class Show
{
    /// <summary>What stands where nothing is known.</summary>
    public const string Nothing = "–";

    /// <summary>A count.</summary>
    public static string Count(long count, CultureInfo culture) => count.ToString("N0", culture);

    /// <summary>A power, kW, with its unit, and with the sign of one that flows out.</summary>
    public static string Power(double? powerKw, CultureInfo culture) =>
        powerKw is { } power ? $"{Number(power, culture)} kW" : Nothing;

    /// <summary>An energy or capacity, kWh, with its unit.</summary>
    public static string Energy(double? energyKwh, CultureInfo culture) =>
        energyKwh is { } energy ? $"{Number(energy, culture)} kWh" : Nothing;

    /// <summary>A percentage, 0–100.</summary>
    public static string Percent(double? percent, CultureInfo culture) =>
        percent is { } value ? $"{value.ToString("0.#", culture)} %" : Nothing;

    /// <summary>A place on the map, latitude before longitude.</summary>
    public static string Place(GeoLocation place, CultureInfo culture) =>
        $"{place.Lat.ToString("0.#####", culture)}°, {place.Lng.ToString("0.#####", culture)}°";

    /// <summary>How long ago something was, in one unit; the time itself after a month.</summary>
    public static string Ago(DateTimeOffset time, DateTimeOffset now, CultureInfo culture) => (now - time) switch
    {
        { TotalSeconds: < 60 } => "just now",
        { TotalMinutes: < 60 } ago => $"{(int)ago.TotalMinutes} min ago",
        { TotalHours: < 48 } ago => $"{(int)ago.TotalHours} h ago",
        { TotalDays: < 31 } ago => $"{(int)ago.TotalDays} days ago",
        _ => Date(time, TimeZoneInfo.Utc, culture),
    };

    /// <summary>A day, in a time zone.</summary>
    public static string Date(DateTimeOffset time, TimeZoneInfo zone, CultureInfo culture) =>
        new ChartClock(zone, culture).Date(time);

    /// <summary>A time to the second, in a time zone.</summary>
    public static string Moment(DateTimeOffset time, TimeZoneInfo zone, CultureInfo culture) =>
        new ChartClock(zone, culture).Instant(time);

    /// <summary>A time to the second, in a time zone, with the zone's name.</summary>
    public static string Time(DateTimeOffset time, TimeZoneInfo zone, CultureInfo culture) =>
        $"{Moment(time, zone, culture)} {NameOf(zone)}";

    /// <summary>The time of day to the second, in a time zone.</summary>
    public static string Clock(DateTimeOffset time, TimeZoneInfo zone, CultureInfo culture) =>
        TimeZoneInfo.ConvertTime(time, zone).ToString("T", culture);

    /// <summary>How long something lasts, in one unit.</summary>
    public static string Span(TimeSpan span) => span switch
    {
        { TotalMinutes: < 2 } => $"{(int)span.TotalSeconds} s",
        { TotalHours: < 2 } => $"{(int)span.TotalMinutes} min",
        _ => $"{(int)span.TotalHours} h",
    };

    /// <summary>The name of a time zone in the tz database.</summary>
    public static string NameOf(TimeZoneInfo zone) => zone == TimeZoneInfo.Utc ? "UTC" : zone.Id;

    // Three digits that count are enough to read; what is small keeps two places.
    private static string Number(double value, CultureInfo culture) => value.ToString(
        Math.Abs(value) switch { >= 100 => "N0", >= 10 => "N1", _ => "N2" }, ChartNumbers.FormatOf(culture));
}
