using System.Globalization;

namespace Plateau.Server.WebConsole.Charts;

/// <summary>Writes the values of a chart in the manner of a culture, with a true minus sign.</summary>
internal sealed class ChartNumbers
{
    private readonly NumberFormatInfo _format;
    private readonly string _mark;
    private readonly string _reading;

    /// <summary>Prepares the writing.</summary>
    /// <param name="culture">How numbers are written.</param>
    /// <param name="unit">Unit of the values.</param>
    /// <param name="decimals">Digits after the point that marks on the axis need, 0–9.</param>
    public ChartNumbers(CultureInfo culture, string unit, int decimals)
    {
        _format = FormatOf(culture);
        Unit = unit;
        _mark = $"N{decimals}";
        // A reading tells two digits more than the axis, and none that are zero.
        _reading = $"#,0.{new string('#', decimals + 2)}";
    }

    /// <summary>Unit of the values.</summary>
    public string Unit { get; }

    /// <summary>How a culture writes numbers, with a true minus sign.</summary>
    public static NumberFormatInfo FormatOf(CultureInfo culture)
    {
        var format = (NumberFormatInfo)culture.NumberFormat.Clone();
        format.NegativeSign = "−";
        return format;
    }

    /// <summary>A value that is marked on the axis, without unit.</summary>
    public string Mark(double value) => value.ToString(_mark, _format);

    /// <summary>A value as it is read, with its unit.</summary>
    public string Reading(double value) => $"{Digits(value)} {Unit}";

    /// <summary>A mean and, where they differ, the least and the greatest value.</summary>
    public string Reading(double mean, double min, double max) => Digits(min) == Digits(max)
        ? Reading(mean)
        : $"{Reading(mean)} ({Digits(min)} … {Digits(max)})";

    private string Digits(double value)
    {
        var text = value.ToString(_reading, _format);
        return text == "−0" ? "0" : text;
    }
}
