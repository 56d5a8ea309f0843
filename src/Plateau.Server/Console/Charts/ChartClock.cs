using System.Globalization;
using System.Text.RegularExpressions;

namespace Plateau.Server.WebConsole.Charts;

/// <summary>Says times on the clock of a zone and in the manner of a culture.</summary>
/// <param name="zone">The time zone.</param>
/// <param name="culture">How times and dates are written.</param>
internal sealed partial class ChartClock(TimeZoneInfo zone, CultureInfo culture)
{
    private readonly string _dayOfMonth = culture.DateTimeFormat.MonthDayPattern.Replace(
        "MMMM", "MMM", StringComparison.Ordinal);

    private readonly string _date = DatePattern(culture);

    /// <summary>The time zone.</summary>
    public TimeZoneInfo Zone { get; } = zone;

    /// <summary>How a culture writes a date: as at length, without the day of the week, with a short month.</summary>
    public static string DatePattern(CultureInfo culture) => DayOfWeek()
        .Replace(culture.DateTimeFormat.LongDatePattern, " ").Trim()
        .Replace("MMMM", "MMM", StringComparison.Ordinal);

    /// <summary>Date and time, to the second where it is no whole minute.</summary>
    public string Instant(DateTimeOffset time)
    {
        var local = Local(time);
        return $"{local.ToString(_date, culture)}, {TimeOfDay(local)}{Offset(local)}";
    }

    /// <summary>A stretch of time: one date where it is a day, otherwise from when until when.</summary>
    public string Span(DateTimeOffset start, DateTimeOffset end)
    {
        var (from, until) = (Local(start), Local(end));
        if (end <= start)
        {
            return Instant(start);
        }
        if (from.TimeOfDay == TimeSpan.Zero && until.TimeOfDay == TimeSpan.Zero)
        {
            return from.Date.AddDays(1) == until.Date
                ? Date(start)
                : $"{Date(start)} – {Date(end.AddTicks(-1))}";
        }
        return from.Date == until.Date
            ? $"{Instant(start)} – {TimeOfDay(until)}{Offset(until)}"
            : $"{Instant(start)} – {Instant(end)}";
    }

    /// <summary>A date with its year.</summary>
    public string Date(DateTimeOffset time) => Local(time).ToString(_date, culture);

    /// <summary>A date without its year.</summary>
    public string DayOfMonth(DateTimeOffset time) => Local(time).ToString(_dayOfMonth, culture);

    /// <summary>A month's short name; in January the year.</summary>
    public string Month(DateTimeOffset time) =>
        Local(time).ToString(Local(time).Month == 1 ? "yyyy" : "MMM", culture);

    /// <summary>Hours and minutes, with seconds where there are some.</summary>
    public string TimeOfDay(DateTimeOffset time)
    {
        var local = Local(time);
        var format = culture.DateTimeFormat;
        return local.ToString(
            local.Second == 0 && local.Millisecond == 0 ? format.ShortTimePattern : format.LongTimePattern, culture);
    }

    /// <summary>The time on the zone's clock.</summary>
    public DateTimeOffset Local(DateTimeOffset time) => TimeZoneInfo.ConvertTime(time, Zone);

    [GeneratedRegex("[\\s,،]*dddd[\\s,،]*")]
    private static partial Regex DayOfWeek();

    // An hour that the clock shows twice is told apart by its offset.
    private string Offset(DateTimeOffset local) =>
        Zone.IsAmbiguousTime(local.DateTime) ? local.ToString(" '('zzz')'", CultureInfo.InvariantCulture) : "";
}
