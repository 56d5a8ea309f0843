using System.Globalization;

namespace Plateau.Server.Import;

/// <summary>One <c>--map</c>: a column of the file and what it means.</summary>
/// <param name="Column">The column's heading, or the name of a JSON member.</param>
/// <param name="Member">A name of <see cref="StateMembers"/>.</param>
/// <param name="Factor">What the column's numbers are multiplied with to give the member's unit and sign.</param>
internal sealed record ColumnMapping(string Column, string Member, decimal Factor)
{
    private const NumberStyles FactorStyle = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint;

    /// <summary>Reads <c>column=member</c>, <c>column=member*factor</c> or <c>column=member/divisor</c>.</summary>
    /// <param name="text">The argument.</param>
    /// <param name="fault">What is wrong, in one line; null when nothing is.</param>
    public static ColumnMapping? Parse(string text, out string? fault)
    {
        // A heading may hold an equals sign; a member does not.
        var equals = text.LastIndexOf('=');
        var column = equals < 0 ? "" : text[..equals].Trim();
        var (member, factor) = SplitFactor(text[(equals + 1)..]);
        fault = column.Length == 0
            ? $"--map must be column=member, such as \"SoC (%)=state_of_charge_percent\"; it was {text}."
            : !StateMembers.Names.Contains(member)
                ? $"--map {text}: there is no member {member}; there are {string.Join(", ", StateMembers.Names)}."
                : factor is null or 0
                    ? $"--map {text}: the factor must be a number other than 0, such as *0.001."
                    : factor != 1 && StateMembers.FindQuantity(member) is null
                        ? $"--map {text}: {member} is no number and takes no factor."
                        : null;
        return fault is null && factor is { } good ? new ColumnMapping(column, member, good) : null;
    }

    private static (string Member, decimal? Factor) SplitFactor(string text)
    {
        var sign = text.AsSpan().IndexOfAny('*', '/');
        if (sign < 0)
        {
            return (text.Trim(), 1);
        }
        var isNumber = decimal.TryParse(
            text.AsSpan(sign + 1).Trim(), FactorStyle, CultureInfo.InvariantCulture, out var number);
        return (text[..sign].Trim(), !isNumber || number == 0 ? null : text[sign] == '*' ? number : 1 / number);
    }
}
