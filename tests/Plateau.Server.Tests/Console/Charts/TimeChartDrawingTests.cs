using System.Globalization;
using System.Text.Json;
using CsCheck;
using Plateau.Server.WebConsole.Charts;

namespace Plateau.Server.Tests.WebConsole.Charts;

/// <summary>What a time chart draws of its samples.</summary>
public sealed class TimeChartDrawingTests
{
    private static readonly DateTimeOffset Start = new(2026, 6, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan GapLimit = TimeSpan.FromMinutes(15);

    // Steps of seconds to an hour, values of either sign, some missing: about one in ten steps is a gap.
    private static readonly Gen<List<ChartSample>> Samples =
        Gen.Select(Gen.Frequency((9, Gen.Int[1, 600]), (1, Gen.Int[601, 4_000])), Gen.Double[-8, 8], Gen.Int[0, 12])
            .List[0, 2_000].Select(steps =>
            {
                var samples = new List<ChartSample>();
                var time = Start;
                foreach (var (seconds, value, missing) in steps)
                {
                    time = time.AddSeconds(seconds);
                    samples.Add(ChartSample.At(time, missing == 0 ? null : value));
                }
                return samples;
            });

    private static readonly Gen<ChartShape> Shapes = Gen.Enum<ChartShape>();
    private static readonly Gen<double> Widths = Gen.Double[160, 1_600];
    private static readonly Gen<double> Hours = Gen.Double[0.2, 100];

    [Fact]
    public void Everything_drawn_lies_inside_the_plot() =>
        Gen.Select(Samples, Shapes, Widths, Hours).Sample((samples, shape, width, hours) =>
        {
            var drawing = Draw(samples, shape, width, hours);

            var frame = drawing.Frame;
            var drawn = drawing.Layers.SelectMany(layer => DrawnPath.Read(layer.Path)).SelectMany(piece => piece);
            foreach (var (x, y) in drawn)
            {
                Assert.InRange(x, frame.Left - 0.1, frame.Right + 0.1);
                Assert.InRange(y, frame.Top - 0.1, frame.Bottom + 0.1);
            }
            Assert.All(drawing.TimeMarks, mark => Assert.InRange(mark.At, frame.Left - 0.1, frame.Right + 0.1));
            Assert.All(drawing.ValueMarks, mark => Assert.InRange(mark.At, frame.Top - 0.1, frame.Bottom + 0.1));
        });

    [Fact]
    public void Of_every_column_of_pixels_the_least_and_the_greatest_value_are_drawn() =>
        Gen.Select(Samples, Widths, Hours).Sample((samples, width, hours) =>
        {
            var drawing = Draw(samples, ChartShape.Line, width, hours);

            var frame = drawing.Frame;
            var drawn = LinePieces(drawing).SelectMany(piece => piece).ToHashSet();
            var seen = samples.Where(one => one.Value is not null && one.Start < frame.End);
            foreach (var column in seen.GroupBy(sample => frame.Column(sample.Start)))
            {
                var values = column.Select(one => one.Value!.Value).ToList();
                foreach (var extreme in (double[])[values.Min(), values.Max()])
                {
                    Assert.Contains(column, one =>
                        one.Value == extreme && drawn.Contains((frame.X(one.Start), frame.Y(extreme))));
                }
            }
        });

    [Fact]
    public void No_line_crosses_a_gap() =>
        Gen.Select(Samples, Shapes, Widths, Hours).Sample((samples, shape, width, hours) =>
        {
            var drawing = Draw(samples, shape, width, hours);

            var frame = drawing.Frame;
            var pieces = drawing.Layers.SelectMany(layer => DrawnPath.Read(layer.Path))
                .Select(piece => (First: piece.Min(point => point.X), Last: piece.Max(point => point.X))).ToList();
            var known = samples.Where(one => one.Value is not null && one.Start < frame.End).ToList();
            foreach (var (before, after) in known.Zip(known.Skip(1)))
            {
                var (left, right) = (frame.X(before.Start), frame.X(after.Start));
                var isGap = after.Start - before.End > GapLimit || samples.Any(one =>
                    one.Value is null && one.Start > before.Start && one.Start < after.Start);
                if (isGap && right > left)
                {
                    Assert.DoesNotContain(pieces, piece => piece.First <= left && piece.Last >= right);
                }
            }
        });

    [Fact]
    public void Ten_thousand_records_are_a_few_elements_and_no_more_points_than_pixels_show()
    {
        var samples = Enumerable.Range(0, 10_000)
            .Select(index => ChartSample.At(Start.AddSeconds(index * 8), Math.Sin(index / 300d) * (index % 7)))
            .ToList();

        var drawing = Draw(samples, ChartShape.SignedArea, 800, 24);

        Assert.InRange(drawing.Layers.Count + drawing.ValueMarks.Count + drawing.TimeMarks.Count, 8, 40);
        Assert.InRange(drawing.Layers.Sum(layer => layer.Path.Length), 1_000, 200_000);
        Assert.InRange(drawing.Readings.Places().Count, 300, 401);
        Assert.InRange(drawing.Readings.Table().Count, 20, 25);
    }

    [Fact]
    public void Charging_is_filled_above_the_zero_line_and_discharging_below()
    {
        var drawing = Draw(
            [
                ChartSample.At(Start, 2), ChartSample.At(Start.AddMinutes(10), -1),
                ChartSample.At(Start.AddMinutes(20), 0),
            ],
            ChartShape.SignedArea, 400, 1);

        var (above, below) = (Layer(drawing, "chart-area tone-above"), Layer(drawing, "chart-area tone-below"));
        var zero = drawing.Frame.ZeroY;
        Assert.All(DrawnPath.Read(above)[0], point => Assert.True(point.Y <= zero));
        Assert.Contains(DrawnPath.Read(above)[0], point => point.Y < zero);
        Assert.All(DrawnPath.Read(below)[0], point => Assert.True(point.Y >= zero));
        Assert.Equal(["Charging", "Discharging"], drawing.Legend.Select(entry => entry.Name));
    }

    [Fact]
    public void Buckets_have_a_band_from_least_to_greatest_and_one_without_records_is_a_gap()
    {
        var hours = Enumerable.Range(0, 6).Select(hour => ChartSample.Over(
            Start.AddHours(hour), Start.AddHours(hour + 1), hour == 3 ? null : 50, 40, 60)).ToList();

        var drawing = Draw(hours, ChartShape.Line, 800, 6);

        var (line, band) = (LinePieces(drawing), DrawnPath.Read(Layer(drawing, "chart-band tone-main")));
        Assert.Equal((2, 2), (line.Count, band.Count));
        Assert.Equal(drawing.Frame.X(Start.AddHours(3)), line[0].Max(point => point.X));
        Assert.Equal(drawing.Frame.X(Start.AddHours(4)), line[1].Min(point => point.X));
        Assert.Equal(drawing.Frame.Y(60), band[0].Min(point => point.Y));
        Assert.Equal(drawing.Frame.Y(40), band[0].Max(point => point.Y));
    }

    [Fact]
    public void Numbers_that_are_none_are_gaps()
    {
        var drawing = Draw(
            [
                ChartSample.At(Start, 1), ChartSample.At(Start.AddMinutes(1), double.NaN),
                ChartSample.At(Start.AddMinutes(2), double.PositiveInfinity), ChartSample.At(Start.AddMinutes(3), 2),
            ],
            ChartShape.Line, 800, 1);

        Assert.Equal(2, LinePieces(drawing).Count);
        Assert.All(drawing.Layers, layer => Assert.DoesNotContain("N", layer.Path, StringComparison.Ordinal));
    }

    [Fact]
    public void What_is_read_at_a_place_is_what_was_measured_there()
    {
        var drawing = Draw(
            [ChartSample.At(Start.AddMinutes(10), 1.25), ChartSample.At(Start.AddMinutes(20), -0.5)],
            ChartShape.SignedArea, 800, 1);

        var places = JsonSerializer.Deserialize<JsonElement>(drawing.Readings.Json()).GetProperty("places");

        Assert.Equal(2, places.GetArrayLength());
        Assert.Equal("1 Jun 2026, 00:10", places[0][1].GetString());
        Assert.Equal("1.25 kW", places[0][2][2].GetString());
        Assert.Equal("−0.5 kW", places[1][2][2].GetString());
        Assert.Equal(drawing.Frame.X(Start.AddMinutes(20)), places[1][0].GetDouble());
        Assert.Equal(
            "1 Jun 2026, 00:00 to 1 Jun 2026, 01:00, time zone UTC. Power: lowest −0.5 kW at 1 Jun 2026, 00:20, "
                + "highest 1.25 kW at 1 Jun 2026, 00:10, last −0.5 kW at 1 Jun 2026, 00:20.",
            drawing.Readings.Summary());
    }

    [Fact]
    public void A_chart_without_values_says_so_and_still_has_axes()
    {
        var drawing = Draw([], ChartShape.Line, 300, 24);

        Assert.False(drawing.HasValues);
        Assert.Empty(drawing.Layers);
        Assert.NotEmpty(drawing.TimeMarks);
        Assert.NotEmpty(drawing.ValueMarks);
        Assert.EndsWith("Power: no values in this time.", drawing.Readings.Summary(), StringComparison.Ordinal);
    }

    [Fact]
    public void Bars_stand_on_the_zero_line_and_none_has_less_than_nothing()
    {
        var drawing = BarDrawing.Draw(
            [new("0–10 %", 3), new("10–20 %", 0), new("20–30 %", double.NaN), new("30–40 %", 0.001)], "devices",
            CultureInfo.GetCultureInfo("en-GB"), 400, 200);

        Assert.All(drawing.Bars, bar => Assert.Equal(drawing.Frame.Bottom, bar.Y + bar.Height, 0.01));
        Assert.Equal((0, 0, 1), (drawing.Bars[1].Height, drawing.Bars[2].Height, drawing.Bars[3].Height));
        Assert.Equal("0–10 %: 3 devices", drawing.Bars[0].Reading);
        Assert.All(drawing.Bars, bar => Assert.InRange(bar.X + bar.Width, bar.X + 1, drawing.Frame.Right));
    }

    [Theory]
    [InlineData(320, "")]
    [InlineData(700, "27,354")]
    public void Values_stand_on_bars_where_each_has_room(double width, string value)
    {
        var drawing = BarDrawing.Draw(
            [.. Enumerable.Range(0, 10).Select(bar => new ChartBar($"{bar * 10}", bar == 8 ? 27_354 : bar))], "devices",
            CultureInfo.GetCultureInfo("en-GB"), width, 260);

        Assert.Equal(value, drawing.Bars[8].Value);
        Assert.Equal("80: 27,354 devices", drawing.Bars[8].Reading);
    }

    private static TimeChartDrawing Draw(List<ChartSample> samples, ChartShape shape, double width, double hours) =>
        TimeChartDrawing.Draw(new TimeChartRequest(
            [new ChartSeries { Name = "Power", Samples = samples, Shape = shape, GapLimit = GapLimit }], [], Start,
            Start.AddHours(hours), "kW", null, null, TimeZoneInfo.Utc, CultureInfo.GetCultureInfo("en-GB"), width,
            260));

    private static List<List<(double X, double Y)>> LinePieces(TimeChartDrawing drawing) =>
        [.. drawing.Layers.Where(layer => layer.Class.StartsWith("chart-line", StringComparison.Ordinal))
            .SelectMany(layer => DrawnPath.Read(layer.Path))];

    private static string Layer(TimeChartDrawing drawing, string name) =>
        Assert.Single(drawing.Layers, layer => layer.Class == name).Path;
}
