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
    public static string Format(DateTimeOffset instant)
    {
        Span<char> text = stackalloc char[MaxTextLength];
        return text[..Format(instant, text)].ToString();
    }

    /// <summary>Writes what <see cref="Format(DateTimeOffset)"/> returns and tells its length.</summary>
    /// <param name="instant">The instant.</param>
    /// <param name="destination">At least <see cref="MaxTextLength"/> characters.</param>
    public static int Format(DateTimeOffset instant, Span<char> destination)
    {
        var utc = instant.UtcDateTime;
        var (year, month, day) = utc;
        var second = (int)(utc.TimeOfDay.Ticks / TimeSpan.TicksPerSecond);
        WriteDigits(destination, year, 4);
        destination[4] = '-';
        WriteDigits(destination[5..], month, 2);
        destination[7] = '-';
        WriteDigits(destination[8..], day, 2);
        destination[10] = 'T';
        WriteDigits(destination[11..], second / 3600, 2);
        destination[13] = ':';
        WriteDigits(destination[14..], second / 60 % 60, 2);
        destination[16] = ':';
        WriteDigits(destination[17..], second % 60, 2);
        var length = 19;
        var microseconds = (int)(utc.Ticks % TimeSpan.TicksPerSecond / TimeSpan.TicksPerMicrosecond);
        if (microseconds != 0)
        {
            destination[length++] = '.';
            WriteDigits(destination[length..], microseconds, 6);
            length += 6;
            while (destination[length - 1] == '0')
            {
                length--;
            }
        }
        destination[length++] = 'Z';
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

    // Cheaper than a format string: a page of a hundred devices prints four hundred instants.
    private static void WriteDigits(Span<char> destination, int value, int count)
    {
        for (var place = count - 1; place >= 0; place--)
        {
            destination[place] = (char)('0' + (value % 10));
            value /= 10;
        }
    }
}
