using System.Buffers;
using System.Globalization;

namespace Plateau.Server.Import;

/// <summary>Which character begins the fraction of a file's numbers.</summary>
internal enum DecimalMark
{
    /// <summary>Neither the user nor the file's beginning tells.</summary>
    Unknown,

    /// <summary>As in <c>34.2</c>.</summary>
    Point,

    /// <summary>As in <c>34,2</c>.</summary>
    Comma,
}

/// <summary>
/// Numbers as exports write them. A number that can be read in one way only is read in that way; one that can be read
/// in two, such as <c>1,234</c>, is read by the file's decimal mark, and refused where that is not known. Pure.
/// </summary>
internal static class NumberText
{
    private const NumberStyles Style =
        NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;

    private const int MaxLength = 64;

    private static readonly string[] MissingWords =
        ["-", "--", "---", "nan", "null", "none", "n/a", "na", "unknown", "unavailable"];

    // Space, no-break space, narrow no-break space, apostrophes: they group digits and never begin a fraction.
    private static readonly SearchValues<char> Blanks = SearchValues.Create(" \u00A0\u202F'\u2019");

    /// <summary>Whether a cell says that nothing was measured.</summary>
    public static bool IsMissing(ReadOnlySpan<char> text)
    {
        text = text.Trim();
        foreach (var word in MissingWords)
        {
            if (text.Equals(word, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }
        return text.IsEmpty;
    }

    /// <summary>Reads a number.</summary>
    /// <param name="text">The cell, which is not missing.</param>
    /// <param name="mark">The file's decimal mark.</param>
    /// <param name="isGiven">Whether the user told the mark: the other one then groups thousands.</param>
    /// <param name="number">The number with a decimal point and without groups.</param>
    /// <returns>Null when it could be read; else what the cell should have been.</returns>
    public static string? Read(string text, DecimalMark mark, bool isGiven, out string number)
    {
        const string Wanted = "a number such as 34.2";
        number = text.Trim().Replace('\u2212', '-');
        if (number.Length is 0 or > MaxLength)
        {
            return Wanted;
        }
        var exponent = number.AsSpan().IndexOfAny('e', 'E');
        var (mantissa, rest) = exponent < 0 ? (number, "") : (number[..exponent], number[exponent..]);
        var shape = Shape.Of(mantissa);
        if (shape.IsTwofold && (mark == DecimalMark.Unknown || (!isGiven && mark != shape.Last)))
        {
            return "a number that can be read in one way only: --decimal point or --decimal comma tells which";
        }
        var used = shape.IsTwofold ? mark : shape.Proves;
        if (isGiven && used != DecimalMark.Unknown && used != mark)
        {
            return $"a number with a decimal {(mark == DecimalMark.Comma ? "comma" : "point")}";
        }
        if (Ungroup(mantissa, used) is not { } plain)
        {
            return Wanted;
        }
        number = plain + rest;
        return double.TryParse(number, Style, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value)
            ? null
            : Wanted;
    }

    /// <summary>What a cell proves about the decimal mark of its file.</summary>
    public static DecimalMark Evidence(string text)
    {
        text = text.Trim();
        var shape = Shape.Of(text);
        return !shape.IsTwofold && Ungroup(text, shape.Proves) is not null ? shape.Proves : DecimalMark.Unknown;
    }

    // The number without groups and with a decimal point; null when its groups are not of three digits.
    private static string? Ungroup(string mantissa, DecimalMark mark)
    {
        var sign = mantissa is ['+' or '-', ..] ? mantissa[..1] : "";
        var begin = mark switch
        {
            DecimalMark.Point => mantissa.LastIndexOf('.'),
            DecimalMark.Comma => mantissa.LastIndexOf(','),
            _ => -1,
        };
        var whole = begin < 0 ? mantissa[sign.Length..] : mantissa[sign.Length..begin];
        var fraction = begin < 0 ? "" : mantissa[(begin + 1)..];
        if (!fraction.All(char.IsAsciiDigit) || (whole.Length == 0 && fraction.Length == 0))
        {
            return null;
        }
        var separators = whole.Where(one => !char.IsAsciiDigit(one)).Distinct().ToList();
        if (separators is [var separator])
        {
            var groups = whole.Split(separator);
            var isGrouped = groups[0].Length is >= 1 and <= 3 && groups[1..].All(group => group.Length == 3)
                && (separator is '.' or ',' || Blanks.Contains(separator));
            return isGrouped ? $"{sign}{string.Concat(groups)}.{fraction}0" : null;
        }
        return separators.Count > 1 ? null : $"{sign}{(whole.Length == 0 ? "0" : whole)}.{fraction}0";
    }

    /// <summary>Which marks a number holds, and what follows from them alone.</summary>
    /// <param name="IsTwofold">Whether its one mark may begin a fraction or group thousands.</param>
    /// <param name="Last">The mark that comes last.</param>
    /// <param name="Proves">The decimal mark that follows; unknown when none does.</param>
    private readonly record struct Shape(bool IsTwofold, DecimalMark Last, DecimalMark Proves)
    {
        public static Shape Of(string text)
        {
            var digits = text.AsSpan(text is ['+' or '-', ..] ? 1 : 0);
            var (points, commas) = (digits.Count('.'), digits.Count(','));
            var hasBlanks = digits.ContainsAny(Blanks);
            var at = digits.LastIndexOfAny('.', ',');
            var last = at < 0 ? DecimalMark.Unknown : digits[at] == '.' ? DecimalMark.Point : DecimalMark.Comma;
            var isTwofold = points + commas == 1 && !hasBlanks
                && at is >= 1 and <= 3 && digits.Length - at == 4 && digits[0] != '0';
            // A mark that comes twice groups; what it groups is told from the other mark alone.
            var groups = points > 1 && commas == 0 || commas > 1 && points == 0;
            var other = last == DecimalMark.Point ? DecimalMark.Comma : DecimalMark.Point;
            return new Shape(isTwofold, last, groups ? other : last);
        }
    }
}
