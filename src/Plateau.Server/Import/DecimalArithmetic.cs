using System.Globalization;

namespace Plateau.Server.Import;

/// <summary>
/// Arithmetic on numbers as they are written, so that 1831 W become 1.831 kW and not 1.8310000000000002. Pure.
/// </summary>
internal static class DecimalArithmetic
{
    private const NumberStyles Style =
        NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;

    /// <summary>The one text of a number, however it was written.</summary>
    public static string Canonical(string number) =>
        // Plus nothing, so that -0 is 0.
        (double.Parse(number, Style, CultureInfo.InvariantCulture) + 0.0)
            .ToString("R", CultureInfo.InvariantCulture);

    /// <summary>A sum and one more product, as text; what is neither scaled nor added stays as it was.</summary>
    /// <param name="sum">The sum so far; null for none.</param>
    /// <param name="number">A number with a decimal point.</param>
    /// <param name="factor">What it is multiplied with.</param>
    public static string AddProduct(string? sum, string number, decimal factor)
    {
        if (sum is null && factor == 1)
        {
            return number;
        }
        if (decimal.TryParse(number, Style, CultureInfo.InvariantCulture, out var exact)
            && decimal.TryParse(sum ?? "0", Style, CultureInfo.InvariantCulture, out var before)
            && Math.Abs(exact) < 1e12m && Math.Abs(factor) < 1e12m && Math.Abs(before) < 1e24m)
        {
            return (before + (exact * factor)).ToString(CultureInfo.InvariantCulture);
        }
        // Beyond what decimals hold no quantity of a state is good; its range refuses it.
        var product = double.Parse(number, Style, CultureInfo.InvariantCulture) * (double)factor;
        var rest = sum is null ? 0 : double.Parse(sum, Style, CultureInfo.InvariantCulture);
        return (rest + product).ToString("R", CultureInfo.InvariantCulture);
    }
}
