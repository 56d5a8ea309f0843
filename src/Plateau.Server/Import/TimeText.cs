using System.Globalization;
using Plateau.Contracts;
using Plateau.Server.Http;

namespace Plateau.Server.Import;

/// <summary>A time as a line gives it.</summary>
/// <param name="Instant">The instant; null while it is not known.</param>
/// <param name="Local">What the clock on the wall showed; null where the line gives an instant.</param>
/// <param name="Later">
/// The other instant at which the clock showed the same, where it was set back; <paramref name="Instant"/> is then the
/// first.
/// </param>
/// <param name="Fault">Why there is no time; null when there is one.</param>
internal readonly record struct ReadTime(
    DateTimeOffset? Instant, DateTime? Local = null, DateTimeOffset? Later = null, ImportFault? Fault = null);

/// <summary>
/// Times as exports write them: with an offset as they are, without one by the clock of a time zone. What has two
/// readings, such as 03/04/2023, is read by a format that the user tells, never guessed. Pure.
/// </summary>
/// <param name="format">The one format of all times; null for the common ones.</param>
/// <param name="zone">The zone of times without an offset; null where none was told.</param>
internal sealed class TimeText(string? format, TimeZoneInfo? zone)
{
    /// <summary>Seconds since 1970-01-01T00:00:00Z.</summary>
    public const string UnixSeconds = "unix";

    /// <summary>Milliseconds since 1970-01-01T00:00:00Z.</summary>
    public const string UnixMilliseconds = "unix-ms";

    private static readonly DateTime Sample = new(2023, 6, 21, 13, 5, 0, DateTimeKind.Unspecified);

    private static readonly string[] Common =
    [
        "yyyy-MM-dd HH:mm:ss", "yyyy-MM-dd HH:mm", "yyyy-MM-dd HH:mm:ss.FFFFFFF",
        "yyyy-MM-ddTHH:mm:ss", "yyyy-MM-ddTHH:mm", "yyyy-MM-ddTHH:mm:ss.FFFFFFF",
        "dd.MM.yyyy HH:mm:ss", "dd.MM.yyyy HH:mm", "d.M.yyyy H:mm:ss", "d.M.yyyy H:mm",
        "dd.MM.yyyy, HH:mm:ss", "dd.MM.yyyy, HH:mm", "yyyy/MM/dd HH:mm:ss", "yyyy/MM/dd HH:mm",
    ];

    // Most files have one format, so the one that fitted last is tried first.
    private string _last = Common[0];

    /// <summary>Why a format is of no use, in words; null when it is right.</summary>
    public static string? CheckFormat(string format)
    {
        if (format is UnixSeconds or UnixMilliseconds)
        {
            return null;
        }
        try
        {
            var isWhole = DateTime.TryParseExact(
                Sample.ToString(format, CultureInfo.InvariantCulture), format, CultureInfo.InvariantCulture,
                DateTimeStyles.AdjustToUniversal, out _)
                && new[] { 'y', 'M', 'd', 'm' }.All(one => format.Contains(one, StringComparison.Ordinal))
                && format.Contains('h', StringComparison.OrdinalIgnoreCase);
            return isWhole
                ? null
                : "--time-format must have year, month, day, hour and minute, such as \"MM/dd/yyyy HH:mm\".";
        }
        catch (FormatException)
        {
            return "--time-format must be a format of .NET such as \"MM/dd/yyyy HH:mm\", unix or unix-ms.";
        }
    }

    /// <summary>Reads a time.</summary>
    /// <param name="text">The cell, not empty.</param>
    public ReadTime Read(string text)
    {
        if (format is UnixSeconds or UnixMilliseconds)
        {
            return ReadUnix(text);
        }
        if (format is not null && format.Contains('z', StringComparison.Ordinal))
        {
            return DateTimeOffset.TryParseExact(
                text, format, CultureInfo.InvariantCulture, DateTimeStyles.None, out var instant)
                ? new(instant)
                : Invalid(text, $"a time of the format {format}");
        }
        if (format is not null)
        {
            return TryFormat(text, format, out var local)
                ? Place(local, text)
                : Invalid(text, $"a time of the format {format}");
        }
        // Python and SQL put a space where the standard has a T.
        if (Instant.TryParse(text, out var told)
            || (text.Length > 10 && text[10] == ' ' && Instant.TryParse($"{text[..10]}T{text[11..]}", out told)))
        {
            return new(told);
        }
        return TryCommon(text, out var wall)
            ? Place(wall, text)
            : Invalid(text, "a time such as 2022-02-01T10:30:00Z, or 2022-02-01 10:30 with --timezone, "
                + "or of another form with --time-format");
    }

    private bool TryCommon(string text, out DateTime local)
    {
        if (TryFormat(text, _last, out local))
        {
            return true;
        }
        var fitting = Array.Find(Common, one => TryFormat(text, one, out _));
        _last = fitting ?? _last;
        return fitting is not null && TryFormat(text, fitting, out local);
    }

    private static bool TryFormat(string text, string format, out DateTime local) =>
        DateTime.TryParseExact(text, format, CultureInfo.InvariantCulture, DateTimeStyles.None, out local);

    // Where the clock is put back, two instants show the same; where it is put forward, some times are never shown.
    private ReadTime Place(DateTime local, string text)
    {
        if (zone is null)
        {
            return new(null, Fault: new ImportFault(
                "time_zone_missing", "time has no offset: --timezone tells the zone of its clock, such as "
                + $"Europe/Berlin; it was {Quote.Of(text)}.", text));
        }
        // Programs write their empty time as the year 1, which a zone's offset moves out of the calendar.
        if (local.Year is 1 or 9999)
        {
            return Invalid(text, "a time of the years 2 to 9998");
        }
        if (zone.IsInvalidTime(local))
        {
            return new(null, local, Fault: new ImportFault(
                "time_skipped", $"time must be one that the clocks of {zone.Id} showed: they were put forward over "
                + $"{Quote.Of(text)}.", text));
        }
        if (!zone.IsAmbiguousTime(local))
        {
            return new(new DateTimeOffset(local, zone.GetUtcOffset(local)).ToUniversalTime(), local);
        }
        var offsets = zone.GetAmbiguousTimeOffsets(local);
        return new(
            new DateTimeOffset(local, offsets.Max()).ToUniversalTime(), local,
            new DateTimeOffset(local, offsets.Min()).ToUniversalTime());
    }

    private ReadTime ReadUnix(string text)
    {
        const NumberStyles Style = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint;
        var unit = format == UnixSeconds ? 1_000_000L : 1_000L;
        // Within the years that a date can have.
        return decimal.TryParse(text, Style, CultureInfo.InvariantCulture, out var number)
            && Math.Abs(number) < 62_000_000_000_000_000m / unit
            ? new(Instant.FromUnixMicroseconds((long)(number * unit)))
            : Invalid(text, format == UnixSeconds ? "seconds since 1970" : "milliseconds since 1970");
    }

    private static ReadTime Invalid(string text, string wanted) => new(null, Fault: new ImportFault(
        "time_invalid", $"time must be {wanted}; it was {Quote.Of(text)}.", text));
}
