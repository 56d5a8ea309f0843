using System.Globalization;

namespace Plateau.Contracts;

/// <summary>
/// Instants on the wire: RFC 3339 in, with <c>Z</c> or an offset, cut to microseconds; UTC with <c>Z</c> and no
/// trailing zeros out.
/// </summary>
public static class Instant
{
    /// <summary>The longest text that can be an instant, in characters: nine fraction digits and an offset.</summary>
    public const int MaxTextLength = 35;

    /// <summary>Microseconds since 1970-01-01T00:00:00Z; what is finer is cut off.</summary>
    public static long ToUnixMicroseconds(DateTimeOffset instant) =>
        (instant.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks) / TimeSpan.TicksPerMicrosecond;

    /// <summary>The UTC instant of that many microseconds since 1970-01-01T00:00:00Z.</summary>
    public static DateTimeOffset FromUnixMicroseconds(long microseconds) =>
        new(DateTimeOffset.UnixEpoch.UtcTicks + (microseconds * TimeSpan.TicksPerMicrosecond), TimeSpan.Zero);

    /// <summary>UTC with <c>Z</c>, fraction digits only where they are not zero, at most six.</summary>
    public static string Format(DateTimeOffset instant) =>
        instant.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFF'Z'", CultureInfo.InvariantCulture);

    /// <summary>Writes what <see cref="Format(DateTimeOffset)"/> returns and tells its length.</summary>
    /// <param name="instant">The instant.</param>
    /// <param name="destination">At least <see cref="MaxTextLength"/> characters.</param>
    public static int Format(DateTimeOffset instant, Span<char> destination)
    {
        instant.UtcDateTime.TryFormat(
            destination, out var length, "yyyy-MM-dd'T'HH:mm:ss.FFFFFF'Z'", CultureInfo.InvariantCulture);
        return length;
    }

    /// <summary>
    /// Reads RFC 3339 strictly: <c>T</c> and <c>Z</c> in either case, up to nine fraction digits. A space for the
    /// <c>T</c>, second 60, hour 24, a missing offset, or an instant outside the years 1 to 9999 is refused.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<char> text, out DateTimeOffset instant)
    {
        instant = default;
        if (text.Length is < 20 or > MaxTextLength
            || text[4] != '-' || text[7] != '-' || text[10] is not ('T' or 't') || text[13] != ':' || text[16] != ':'
            || !TryDigits(text[..4], out var year) || !TryDigits(text[5..7], out var month)
            || !TryDigits(text[8..10], out var day) || !TryDigits(text[11..13], out var hour)
            || !TryDigits(text[14..16], out var minute) || !TryDigits(text[17..19], out var second)
            || year < 1 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month)
            || hour > 23 || minute > 59 || second > 59)
        {
            return false;
        }
        var rest = text[19..];
        if (!TryFraction(ref rest, out var microseconds) || !TryOffset(rest, out var offset))
        {
            return false;
        }
        var ticks = new DateTime(year, month, day, hour, minute, second, DateTimeKind.Unspecified).Ticks
            + (microseconds * TimeSpan.TicksPerMicrosecond) - offset.Ticks;
        if (ticks < DateTimeOffset.MinValue.Ticks || ticks > DateTimeOffset.MaxValue.Ticks)
        {
            return false;
        }
        instant = new DateTimeOffset(ticks, TimeSpan.Zero);
        return true;
    }

    private static bool TryFraction(ref ReadOnlySpan<char> rest, out int microseconds)
    {
        microseconds = 0;
        if (rest[0] != '.')
        {
            return true;
        }
        rest = rest[1..];
        var digits = rest.IndexOfAnyExceptInRange('0', '9');
        if (digits is < 1 or > 9)
        {
            return false;
        }
        for (var place = 0; place < 6; place++)
        {
            microseconds = (microseconds * 10) + (place < digits ? rest[place] - '0' : 0);
        }
        rest = rest[digits..];
        return true;
    }

    private static bool TryOffset(ReadOnlySpan<char> rest, out TimeSpan offset)
    {
        offset = TimeSpan.Zero;
        if (rest is ['Z' or 'z'])
        {
            return true;
        }
        if (rest.Length != 6 || rest[0] is not ('+' or '-') || rest[3] != ':'
            || !TryDigits(rest[1..3], out var hours) || !TryDigits(rest[4..], out var minutes)
            || hours > 23 || minutes > 59)
        {
            return false;
        }
        var size = new TimeSpan(hours, minutes, 0);
        offset = rest[0] == '-' ? -size : size;
        return true;
    }

    private static bool TryDigits(ReadOnlySpan<char> text, out int value)
    {
        value = 0;
        foreach (var character in text)
        {
            if (!char.IsAsciiDigit(character))
            {
                return false;
            }
            value = (value * 10) + (character - '0');
        }
        return true;
    }
}
