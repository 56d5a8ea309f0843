using System.Globalization;
using System.Text;

namespace Plateau.Server.WebConsole.Charts;

/// <summary>What a time chart is to show, and in how much room.</summary>
/// <param name="Series">The quantities; all in one unit.</param>
/// <param name="Guides">Values that hold for the whole chart.</param>
/// <param name="Start">Start of the time shown.</param>
/// <param name="End">End of it, exclusive, after the start.</param>
/// <param name="Unit">Unit of all values, such as <c>kW</c>.</param>
/// <param name="Floor">Where the axis of values begins; null: on a mark at or below the least value and zero.</param>
/// <param name="Ceiling">Where it ends; null: on a mark at or above the greatest value and zero.</param>
/// <param name="Zone">The time zone of the axis of time.</param>
/// <param name="Culture">How times and numbers are written.</param>
/// <param name="Width">Width of the whole drawing, pixels, 160 or more.</param>
/// <param name="Height">Height of the whole drawing, pixels, 100 or more.</param>
internal sealed record TimeChartRequest(
    IReadOnlyList<ChartSeries> Series, IReadOnlyList<ChartGuide> Guides, DateTimeOffset Start, DateTimeOffset End,
    string Unit, double? Floor, double? Ceiling, TimeZoneInfo Zone, CultureInfo Culture, double Width, double Height);

/// <summary>A mark on an axis.</summary>
/// <param name="At">Its coordinate along the axis, pixels.</param>
/// <param name="Label">What is written there.</param>
/// <param name="IsMajor">Whether it is the zero line, or where a day or a year begins.</param>
internal readonly record struct AxisMark(double At, string Label, bool IsMajor);

/// <summary>A shape of a drawing.</summary>
/// <param name="Class">Its classes in the style sheet.</param>
/// <param name="Path">Its path; never empty.</param>
internal readonly record struct ChartLayer(string Class, string Path);

/// <summary>A line of a legend.</summary>
/// <param name="Name">The name.</param>
/// <param name="Class">The classes of its sign in the style sheet.</param>
internal readonly record struct LegendEntry(string Name, string Class);

/// <summary>A time chart as paths and marks: all that is left to do is to write it down.</summary>
/// <param name="Frame">Where the plot lies.</param>
/// <param name="ValueMarks">Marks of values, lowest first.</param>
/// <param name="TimeMarks">Marks of times, earliest first.</param>
/// <param name="Layers">Shapes, the hindmost first.</param>
/// <param name="Legend">What is drawn, by name.</param>
/// <param name="Readings">What there is to be read from it, left to right.</param>
/// <param name="HasValues">Whether any series but guides has a value in the range.</param>
internal sealed record TimeChartDrawing(
    PlotFrame Frame, IReadOnlyList<AxisMark> ValueMarks, IReadOnlyList<AxisMark> TimeMarks,
    IReadOnlyList<ChartLayer> Layers, IReadOnlyList<LegendEntry> Legend, ChartReadings Readings, bool HasValues)
{
    private const double TopMargin = 26;
    private const double BottomMargin = 26;
    private const double RightMargin = 14;
    private const double LeastLeftMargin = 44;
    private const double PixelsPerCharacter = 7;
    private const double PixelsPerValueMark = 36;
    private const double PixelsPerTimeMark = 70;

    /// <summary>Draws a chart.</summary>
    public static TimeChartDrawing Draw(TimeChartRequest request)
    {
        var runs = request.Series.Select(series =>
            SampleRuns.Find(series.Samples, request.Start, request.End, series.GapLimit)).ToList();
        var plotHeight = Math.Max(request.Height - TopMargin - BottomMargin, 20);
        var values = AxisOf(request, runs, Math.Max((int)(plotHeight / PixelsPerValueMark), 2));
        var numbers = new ChartNumbers(request.Culture, request.Unit, values.Decimals);
        var labels = values.Values.Select(numbers.Mark).ToList();
        // Charts below each other begin at the same place, unless their labels are long.
        var left = Math.Max((labels.Max(label => label.Length) * PixelsPerCharacter) + 12, LeastLeftMargin);
        var frame = new PlotFrame(
            left, TopMargin, Math.Max(request.Width - left - RightMargin, 20), plotHeight, request.Start, request.End,
            values.Floor, values.Ceiling);
        var clock = new ChartClock(request.Zone, request.Culture);
        var times = TimeTicks.Find(
            request.Start, request.End, clock, Math.Max((int)(frame.Width / PixelsPerTimeMark), 2));
        return new TimeChartDrawing(
            frame,
            [.. values.Values.Select((value, index) => new AxisMark(frame.Y(value), labels[index], value == 0))],
            [.. times.Select(tick => new AxisMark(frame.X(tick.Time), tick.Label, tick.IsMajor))],
            LayersOf(request, runs, frame), LegendOf(request, runs),
            new ChartReadings(request, runs, frame, clock, numbers),
            runs.Where((_, index) => request.Series[index].Shape != ChartShape.Guide).Any(one => one.Count > 0));
    }

    private static ValueTicks AxisOf(TimeChartRequest request, List<List<List<ChartSample>>> runs, int wanted)
    {
        var (low, high) = (request.Floor ?? 0, request.Ceiling ?? 0);
        foreach (var sample in runs.SelectMany(one => one).SelectMany(run => run))
        {
            low = Math.Min(low, sample.Min ?? low);
            high = Math.Max(high, sample.Max ?? high);
        }
        foreach (var guide in request.Guides)
        {
            low = Math.Min(low, guide.Value);
            high = Math.Max(high, guide.Until ?? guide.Value);
        }
        low = request.Floor ?? low;
        var ticks = ValueTicks.Find(low, Math.Max(request.Ceiling ?? high, low), wanted);
        // An axis with ends of its own keeps them, and the marks between them.
        var (floor, ceiling) = (request.Floor ?? ticks.Floor, request.Ceiling ?? ticks.Ceiling);
        return floor < ceiling
            ? ticks with
            {
                Floor = floor, Ceiling = ceiling,
                Values = [.. ticks.Values.Where(value => value >= floor && value <= ceiling)],
            }
            : ticks;
    }

    private static List<ChartLayer> LayersOf(
        TimeChartRequest request, List<List<List<ChartSample>>> runs, PlotFrame frame)
    {
        var layers = new List<ChartLayer>();
        foreach (var guide in request.Guides.Where(guide => guide.Until is not null))
        {
            Add(layers, $"chart-guide-band {ToneClass(guide.Tone)}", path => AppendGuide(path, guide, frame));
        }
        for (var index = 0; index < runs.Count; index++)
        {
            AddSeries(layers, request.Series[index], runs[index], frame);
        }
        foreach (var guide in request.Guides.Where(guide => guide.Until is null))
        {
            Add(layers, $"chart-guide {ToneClass(guide.Tone)}", path => AppendGuide(path, guide, frame));
        }
        return layers;
    }

    private static void AddSeries(
        List<ChartLayer> layers, ChartSeries series, List<List<ChartSample>> runs, PlotFrame frame)
    {
        var tone = ToneClass(series.Tone);
        var thinned = runs.ConvertAll(run => SampleRuns.Thin(run, frame));
        switch (series.Shape)
        {
            case ChartShape.Line:
                AddEach(layers, $"chart-band {tone}", runs, (path, run) =>
                    PathText.AppendBand(path, SampleRuns.Merge(run, frame, 1), frame));
                AddEach(layers, $"chart-line {tone}", thinned, (path, run) => PathText.AppendLine(path, run, frame));
                var specks = thinned.FindAll(run => frame.X(run[^1].End) - frame.X(run[0].Start) < 3);
                AddEach(layers, $"chart-dot {tone}", specks, (path, run) => PathText.AppendDot(path, run[^1], frame));
                break;
            case ChartShape.SignedArea:
                AddEach(layers, "chart-band tone-signed", runs, (path, run) =>
                    PathText.AppendBand(path, SampleRuns.Merge(run, frame, 1), frame));
                AddEach(layers, "chart-area tone-above", thinned, (path, run) =>
                    PathText.AppendArea(path, run, frame, isAbove: true));
                AddEach(layers, "chart-area tone-below", thinned, (path, run) =>
                    PathText.AppendArea(path, run, frame, isAbove: false));
                AddEach(layers, "chart-line tone-signed", thinned, (path, run) =>
                    PathText.AppendSteps(path, run, frame));
                break;
            default:
                AddEach(layers, $"chart-guide {tone}", thinned, (path, run) => PathText.AppendSteps(path, run, frame));
                break;
        }
    }

    private static void AddEach(
        List<ChartLayer> layers, string name, List<List<ChartSample>> runs,
        Action<StringBuilder, List<ChartSample>> append) =>
        Add(layers, name, path => runs.ForEach(run => append(path, run)));

    private static void Add(List<ChartLayer> layers, string name, Action<StringBuilder> append)
    {
        var path = new StringBuilder();
        append(path);
        if (path.Length > 0)
        {
            layers.Add(new ChartLayer(name, path.ToString()));
        }
    }

    private static void AppendGuide(StringBuilder path, ChartGuide guide, PlotFrame frame)
    {
        if (!double.IsFinite(guide.Value) || guide.Until is { } until && !double.IsFinite(until))
        {
            return;
        }
        var (left, right) = (PathText.Number(frame.Left), PathText.Number(frame.Right));
        path.Append('M').Append(left).Append(' ').Append(PathText.Number(frame.Y(guide.Value)))
            .Append('H').Append(right);
        if (guide.Until is { } upper)
        {
            path.Append('V').Append(PathText.Number(frame.Y(upper))).Append('H').Append(left).Append('Z');
        }
    }

    private static List<LegendEntry> LegendOf(TimeChartRequest request, List<List<List<ChartSample>>> runs)
    {
        var entries = new List<LegendEntry>();
        foreach (var (series, run) in request.Series.Zip(runs).Where(one => one.Second.Count > 0))
        {
            if (series.Shape == ChartShape.SignedArea)
            {
                entries.Add(new LegendEntry(series.AboveZeroName, "key-area tone-above"));
                entries.Add(new LegendEntry(series.BelowZeroName, "key-area tone-below"));
                continue;
            }
            var sign = series.Shape == ChartShape.Guide ? "key-guide" : "key-line";
            entries.Add(new LegendEntry(series.Name, $"{sign} {ToneClass(series.Tone)}"));
        }
        entries.AddRange(request.Guides.Select(guide => new LegendEntry(
            guide.Name, $"{(guide.Until is null ? "key-guide" : "key-area")} {ToneClass(guide.Tone)}")));
        // Two series may share their names above and below zero, and each needs to be told once.
        return [.. entries.Distinct()];
    }

    internal static string ToneClass(ChartTone tone) => tone switch
    {
        ChartTone.Target => "tone-target",
        ChartTone.Reserve => "tone-reserve",
        _ => "tone-main",
    };
}
