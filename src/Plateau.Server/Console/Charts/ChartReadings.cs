using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Plateau.Server.WebConsole.Charts;

/// <summary>What series say at one place of a chart.</summary>
/// <param name="X">The place, pixels.</param>
/// <param name="Time">The moment or the stretch, in words.</param>
/// <param name="Values">By series, in their order: the text and where its mean lies; null without a value.</param>
internal sealed record ChartReading(double X, string Time, IReadOnlyList<(double Y, string Text)?> Values);

/// <summary>
/// What can be read from a chart, for the tooltip, for a table, and in a few sentences for those who do not see it.
/// </summary>
internal sealed class ChartReadings
{
    // Places closer together than this cannot be told apart with a pointer.
    private const int PointerPixels = 2;
    private const int TableRows = 24;

    private readonly TimeChartRequest _request;
    private readonly List<List<List<ChartSample>>> _runs;
    private readonly PlotFrame _frame;
    private readonly ChartClock _clock;
    private readonly ChartNumbers _numbers;

    /// <summary>Prepares the readings of a chart.</summary>
    /// <param name="request">The chart.</param>
    /// <param name="runs">By series, its pieces without gaps.</param>
    /// <param name="frame">Where the plot lies.</param>
    /// <param name="clock">How times are said.</param>
    /// <param name="numbers">How values are said.</param>
    public ChartReadings(
        TimeChartRequest request, List<List<List<ChartSample>>> runs, PlotFrame frame, ChartClock clock,
        ChartNumbers numbers)
    {
        (_request, _runs, _frame, _clock, _numbers) = (request, runs, frame, clock, numbers);
    }

    /// <summary>Readings for a table of at most 25 rows, earliest first.</summary>
    public List<ChartReading> Table() => Find((int)Math.Ceiling(_frame.Width / TableRows));

    /// <summary>Readings for every place that a pointer can tell apart, left to right.</summary>
    public List<ChartReading> Places() => Find(PointerPixels);

    /// <summary>
    /// The places as the script of the page reads them: the plot's upper and lower edge, the series' names and classes,
    /// and by place its coordinate, its time and its values.
    /// </summary>
    public string Json()
    {
        using var buffer = new MemoryStream();
        // The page escapes it for HTML; letters of other alphabets stay as they are.
        using (var json = new Utf8JsonWriter(
            buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteNumber("top", _frame.Top);
            json.WriteNumber("bottom", _frame.Bottom);
            json.WriteStartArray("series");
            foreach (var series in _request.Series)
            {
                json.WriteStartArray();
                json.WriteStringValue(series.Name);
                json.WriteStringValue(series.Shape == ChartShape.SignedArea
                    ? "tone-signed" : TimeChartDrawing.ToneClass(series.Tone));
                json.WriteEndArray();
            }
            json.WriteEndArray();
            json.WriteStartArray("places");
            foreach (var place in Places())
            {
                WritePlace(json, place);
            }
            json.WriteEndArray();
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }

    /// <summary>What the chart shows, in a few sentences.</summary>
    public string Summary()
    {
        var text = new StringBuilder();
        text.Append(_clock.Instant(_request.Start)).Append(" to ").Append(_clock.Instant(_request.End))
            .Append(", time zone ").Append(_clock.Zone.Id).Append('.');
        for (var index = 0; index < _runs.Count; index++)
        {
            if (_request.Series[index].Shape != ChartShape.Guide)
            {
                text.Append(' ').Append(Summary(_request.Series[index], _runs[index]));
            }
        }
        foreach (var guide in _request.Guides)
        {
            text.Append(' ').Append(guide.Name).Append(": ").Append(_numbers.Reading(guide.Value)).Append('.');
        }
        return text.ToString();
    }

    private string Summary(ChartSeries series, List<List<ChartSample>> runs)
    {
        var samples = runs.SelectMany(run => run).ToList();
        if (samples.Count == 0)
        {
            return $"{series.Name}: no values in this time.";
        }
        var (least, greatest) = (samples.MinBy(one => one.Min), samples.MaxBy(one => one.Max));
        var last = samples[^1];
        var gaps = runs.Count switch
        {
            1 => "",
            2 => " There is one gap.",
            var count => $" There are {count - 1} gaps.",
        };
        return $"{series.Name}: lowest {_numbers.Reading(least.Min ?? 0)} at {_clock.Span(least.Start, least.End)}, "
            + $"highest {_numbers.Reading(greatest.Max ?? 0)} at {_clock.Span(greatest.Start, greatest.End)}, "
            + $"last {_numbers.Reading(last.Value ?? 0)} at {_clock.Span(last.Start, last.End)}.{gaps}";
    }

    private List<ChartReading> Find(int pixels)
    {
        var columns = new SortedDictionary<int, ChartSample?[]>();
        for (var index = 0; index < _runs.Count; index++)
        {
            foreach (var run in _runs[index])
            {
                foreach (var sample in SampleRuns.Merge(run, _frame, pixels))
                {
                    var column = _frame.Column(sample.Middle, pixels);
                    if (!columns.TryGetValue(column, out var values))
                    {
                        columns.Add(column, values = new ChartSample?[_runs.Count]);
                    }
                    values[index] = values[index] is { } first ? Join(first, sample) : sample;
                }
            }
        }
        return [.. columns.Values.Select(Reading)];
    }

    // Pieces with a gap between them that is narrower than a place.
    private static ChartSample Join(ChartSample first, ChartSample second) => new(
        first.Start, second.End, (first.Value + second.Value) / 2, first.Min < second.Min ? first.Min : second.Min,
        first.Max > second.Max ? first.Max : second.Max);

    private ChartReading Reading(ChartSample?[] values)
    {
        var first = values.First(value => value is not null).GetValueOrDefault();
        return new ChartReading(_frame.X(first.Middle), _clock.Span(first.Start, first.End), [.. values.Select(value =>
            value is { Value: { } mean } sample
                ? ((double, string)?)(_frame.Y(mean), _numbers.Reading(mean, sample.Min ?? mean, sample.Max ?? mean))
                : null)]);
    }

    private static void WritePlace(Utf8JsonWriter json, ChartReading place)
    {
        json.WriteStartArray();
        json.WriteNumberValue(place.X);
        json.WriteStringValue(place.Time);
        for (var index = 0; index < place.Values.Count; index++)
        {
            if (place.Values[index] is { } value)
            {
                json.WriteStartArray();
                json.WriteNumberValue(index);
                json.WriteNumberValue(value.Y);
                json.WriteStringValue(value.Text);
                json.WriteEndArray();
            }
        }
        json.WriteEndArray();
    }
}
