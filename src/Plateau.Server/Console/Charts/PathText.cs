using System.Globalization;
using System.Text;

namespace Plateau.Server.WebConsole.Charts;

/// <summary>Paths of SVG through the samples of a piece without gaps.</summary>
internal static class PathText
{
    /// <summary>A line through the middles of samples, from the start of the first to the end of the last.</summary>
    public static void AppendLine(StringBuilder path, List<ChartSample> run, PlotFrame frame)
    {
        var points = Middles(run, frame, static sample => sample.Value);
        AppendPoints(path, points);
        if (points.Count == 1)
        {
            // Round ends make a dot of it.
            path.Append("h0");
        }
    }

    /// <summary>A point, for a piece too short to be seen as a line; round ends of its stroke make it a dot.</summary>
    public static void AppendDot(StringBuilder path, ChartSample sample, PlotFrame frame)
    {
        AppendPoints(path, [(frame.X(sample.Middle), frame.Y(sample.Value ?? 0))]);
        path.Append("h0");
    }

    /// <summary>A line of steps: each holds from the start of its sample to the start of the next.</summary>
    public static void AppendSteps(StringBuilder path, List<ChartSample> run, PlotFrame frame)
    {
        AppendPoints(path, Steps(run, frame, static value => value));
        path.Append("h0");
    }

    /// <summary>What lies between steps and the zero line, on one side of it; nothing where nothing does.</summary>
    /// <param name="path">What it is added to.</param>
    /// <param name="run">The samples.</param>
    /// <param name="frame">The plot.</param>
    /// <param name="isAbove">Whether the side above zero is wanted, or that below.</param>
    public static void AppendArea(StringBuilder path, List<ChartSample> run, PlotFrame frame, bool isAbove)
    {
        if (!run.Any(sample => isAbove ? sample.Value > 0 : sample.Value < 0))
        {
            return;
        }
        var points = Steps(run, frame, value => isAbove ? Math.Max(value, 0) : Math.Min(value, 0));
        AppendPoints(path, [(points[0].X, frame.ZeroY), .. points, (points[^1].X, frame.ZeroY)]);
        path.Append('Z');
    }

    /// <summary>The band between the least and the greatest values; nothing where they are the same.</summary>
    public static void AppendBand(StringBuilder path, List<ChartSample> run, PlotFrame frame)
    {
        if (!run.Any(sample => sample.Max > sample.Min))
        {
            return;
        }
        var lower = Middles(run, frame, static sample => sample.Min);
        lower.Reverse();
        AppendPoints(path, [.. Middles(run, frame, static sample => sample.Max), .. lower]);
        path.Append('Z');
    }

    /// <summary>A coordinate as it stands in a path.</summary>
    public static string Number(double coordinate) => coordinate.ToString("0.#", CultureInfo.InvariantCulture);

    private static List<(double X, double Y)> Middles(
        List<ChartSample> run, PlotFrame frame, Func<ChartSample, double?> value)
    {
        var points = new List<(double X, double Y)>(run.Count + 2);
        Add(points, (frame.X(run[0].Start), frame.Y(value(run[0]) ?? 0)));
        foreach (var sample in run)
        {
            Add(points, (frame.X(sample.Middle), frame.Y(value(sample) ?? 0)));
        }
        Add(points, (frame.X(run[^1].End), frame.Y(value(run[^1]) ?? 0)));
        return points;
    }

    private static List<(double X, double Y)> Steps(
        List<ChartSample> run, PlotFrame frame, Func<double, double> value)
    {
        var points = new List<(double X, double Y)>((run.Count * 2) + 2);
        for (var index = 0; index < run.Count; index++)
        {
            var y = frame.Y(value(run[index].Value ?? 0));
            Add(points, (frame.X(run[index].Start), y));
            Add(points, (frame.X(index + 1 < run.Count ? run[index + 1].Start : run[index].End), y));
        }
        return points;
    }

    private static void Add(List<(double X, double Y)> points, (double X, double Y) point)
    {
        if (points.Count == 0 || points[^1] != point)
        {
            points.Add(point);
        }
    }

    private static void AppendPoints(StringBuilder path, List<(double X, double Y)> points)
    {
        for (var index = 0; index < points.Count; index++)
        {
            path.Append(index == 0 ? 'M' : 'L').Append(Number(points[index].X)).Append(' ')
                .Append(Number(points[index].Y));
        }
    }
}
