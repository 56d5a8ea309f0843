using System.Globalization;

namespace Plateau.Server.WebConsole.Charts;

/// <summary>One bar.</summary>
/// <param name="Label">What stands below it.</param>
/// <param name="Value">Its height, 0 or more, in the chart's unit; what is less or not finite counts as 0.</param>
public sealed record ChartBar(string Label, double Value);

/// <summary>A bar as it is drawn.</summary>
/// <param name="X">Left edge, pixels.</param>
/// <param name="Y">Upper edge, pixels.</param>
/// <param name="Width">Width, pixels.</param>
/// <param name="Height">Height, pixels; 0 of a bar without value, at least 1 of any other.</param>
/// <param name="Label">What stands below it; empty where there is no room for every label.</param>
/// <param name="Reading">Label and value in words.</param>
/// <param name="Value">The value in words, without unit; empty where there is no room for every value.</param>
internal readonly record struct DrawnBar(
    double X, double Y, double Width, double Height, string Label, string Reading, string Value);

/// <summary>A chart of bars as rectangles and marks.</summary>
/// <param name="Frame">Where the plot lies.</param>
/// <param name="ValueMarks">Marks of values, lowest first.</param>
/// <param name="Bars">The bars, left to right.</param>
internal sealed record BarDrawing(PlotFrame Frame, IReadOnlyList<AxisMark> ValueMarks, IReadOnlyList<DrawnBar> Bars)
{
    private const double Margin = 26;
    private const double PixelsPerCharacter = 7;

    /// <summary>Draws bars beside each other.</summary>
    /// <param name="bars">The bars, left to right.</param>
    /// <param name="unit">Unit of their values.</param>
    /// <param name="culture">How numbers are written.</param>
    /// <param name="width">Width of the whole drawing, pixels.</param>
    /// <param name="height">Height of the whole drawing, pixels.</param>
    public static BarDrawing Draw(
        IReadOnlyList<ChartBar> bars, string unit, CultureInfo culture, double width, double height)
    {
        var values = bars.Select(bar => double.IsFinite(bar.Value) ? Math.Max(bar.Value, 0) : 0).ToList();
        var plotHeight = Math.Max(height - (2 * Margin), 20);
        var highest = Math.Max(values.DefaultIfEmpty().Max(), 1);
        var wanted = Math.Max((int)(plotHeight / 44), 2);
        // Between whole values there is nothing to mark.
        var ticks = ValueTicks.Find(
            0, highest, values.All(double.IsInteger) ? (int)Math.Min(wanted, highest) : wanted);
        var numbers = new ChartNumbers(culture, unit, ticks.Decimals);
        var labels = ticks.Values.Select(numbers.Mark).ToList();
        var left = (labels.Max(label => label.Length) * PixelsPerCharacter) + 12;
        // Bars have no time; the frame's is there to make it one.
        var frame = new PlotFrame(
            left, Margin, Math.Max(width - left - 8, 20), plotHeight, DateTimeOffset.UnixEpoch,
            DateTimeOffset.UnixEpoch.AddSeconds(1), ticks.Floor, ticks.Ceiling);
        var room = frame.Width / Math.Max(bars.Count, 1);
        var labelled = Math.Max((int)Math.Ceiling(WidthOf(bars.Select(bar => bar.Label)) / room), 1);
        var marks = values.ConvertAll(numbers.Mark);
        var hasRoom = WidthOf(marks) <= room;
        return new BarDrawing(
            frame, [.. ticks.Values.Select((value, index) => new AxisMark(frame.Y(value), labels[index], value == 0))],
            [
                .. bars.Select((bar, index) => DrawBar(
                    frame, room, index, values[index], index % labelled == 0 ? bar.Label : "",
                    $"{bar.Label}: {numbers.Reading(values[index])}", hasRoom ? marks[index] : "")),
            ]);
    }

    // Of the longest of texts that stand beside each other, with what is left between them.
    private static double WidthOf(IEnumerable<string> texts) =>
        (texts.Select(text => text.Length).DefaultIfEmpty().Max() * PixelsPerCharacter) + 6;

    private static DrawnBar DrawBar(
        PlotFrame frame, double room, int index, double value, string label, string reading, string mark)
    {
        var height = value == 0 ? 0 : Math.Max(Math.Round(frame.Bottom - frame.Y(value), 1), 1);
        var space = Math.Min(room * 0.15, 6);
        return new DrawnBar(
            Math.Round(frame.Left + (room * index) + space, 1), Math.Round(frame.Bottom - height, 1),
            Math.Round(room - (2 * space), 1), height, label, reading, mark);
    }
}
