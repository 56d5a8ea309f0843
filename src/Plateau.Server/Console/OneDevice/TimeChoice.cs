using System.Globalization;
using Plateau.Server.WebConsole.Charts;

namespace Plateau.Server.WebConsole.OneDevice;

/// <summary>
/// Which time of a device a page shows, as its address says it: the last hours or days up to now, or whole days of the
/// device's calendar.
/// </summary>
/// <param name="Last">Name of a time up to now, one of <see cref="Names"/>; null when days are chosen.</param>
/// <param name="From">The first day; null with a name.</param>
/// <param name="Until">The last day, which is shown whole; null with a name. Not before the first.</param>
public sealed record TimeChoice(string? Last, DateOnly? From, DateOnly? Until)
{
    // A calendar's first and last years cannot be asked for, and longer times have more buckets than are summed up.
    private static readonly DateOnly Earliest = new(2000, 1, 1);
    private static readonly DateOnly Latest = new(2200, 1, 1);

    private static readonly (string Name, TimeSpan Length, string Text)[] Lasts =
    [
        ("1h", TimeSpan.FromHours(1), "1 hour"), ("24h", TimeSpan.FromDays(1), "24 hours"),
        ("7d", TimeSpan.FromDays(7), "7 days"), ("30d", TimeSpan.FromDays(30), "30 days"),
    ];

    /// <summary>What a page shows when its address says nothing.</summary>
    public static TimeChoice Default { get; } = new("24h", null, null);

    /// <summary>The times up to now that are offered: name in the address, and in words.</summary>
    public static IEnumerable<(string Name, string Text)> Names => Lasts.Select(one => (one.Name, one.Text));

    /// <summary>Whether the time goes up to now, so that new records belong to it.</summary>
    public bool IsLive => Last is not null;

    /// <summary>Reads the choice of an address; what cannot be read is the default.</summary>
    /// <param name="last">Parameter <c>range</c>.</param>
    /// <param name="from">Parameter <c>from</c>, a date.</param>
    /// <param name="until">Parameter <c>until</c>, a date; one that is missing is the same as the first.</param>
    public static TimeChoice Read(string? last, string? from, string? until)
    {
        if (ReadDate(from) is { } first)
        {
            var final = ReadDate(until) ?? first;
            return first <= final ? new(null, first, final) : new(null, final, first);
        }
        return Lasts.Any(one => one.Name == last) ? new(last, null, null) : Default;
    }

    /// <summary>The instants it stands for.</summary>
    /// <param name="now">The present.</param>
    /// <param name="zone">The device's time zone.</param>
    /// <returns>Start and end, exclusive, UTC; the start is before the end.</returns>
    public (DateTimeOffset Start, DateTimeOffset End) Span(DateTimeOffset now, TimeZoneInfo zone)
    {
        if (From is { } from && Until is { } until)
        {
            return (StartOf(from, zone), StartOf(until.AddDays(1), zone));
        }
        var end = now.ToUniversalTime();
        return (end - Lasts.First(one => one.Name == Last).Length, end);
    }

    /// <summary>The choice in words.</summary>
    public string Text(CultureInfo culture) => From is { } from
        ? from == Until ? Date(from, culture) : $"{Date(from, culture)} – {Date(Until ?? from, culture)}"
        : $"Last {Lasts.First(one => one.Name == Last).Text}";

    /// <summary>Which sums of a time are drawn when single records would be too many.</summary>
    /// <param name="length">Length of the time.</param>
    /// <returns>An interval of the API that gives at most 1 500 buckets within four years, more beyond.</returns>
    public static string IntervalFor(TimeSpan length) => length.TotalDays switch
    {
        <= 3 => "PT5M",
        <= 8 => "PT15M",
        <= 16 => "PT30M",
        <= 62 => "PT1H",
        <= 1_500 => "P1D",
        _ => "P1M",
    };

    /// <summary>Whether single records are tried first: up to a day, of 25 hours where clocks are set back.</summary>
    public static bool ShowsRecords(TimeSpan length) => length <= TimeSpan.FromHours(25);

    private static string Date(DateOnly date, CultureInfo culture) =>
        date.ToString(ChartClock.DatePattern(culture), culture);

    private static DateOnly? ReadDate(string? text) =>
        DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)
        && date >= Earliest && date <= Latest ? date : null;

    // The first instant of a date; where the clock skips midnight, that is what it shows next.
    private static DateTimeOffset StartOf(DateOnly date, TimeZoneInfo zone)
    {
        var midnight = date.ToDateTime(TimeOnly.MinValue);
        while (zone.IsInvalidTime(midnight))
        {
            midnight = midnight.AddMinutes(15);
        }
        var offset = zone.IsAmbiguousTime(midnight)
            ? zone.GetAmbiguousTimeOffsets(midnight).Max()
            : zone.GetUtcOffset(midnight);
        return new DateTimeOffset(midnight, offset).ToUniversalTime();
    }
}
