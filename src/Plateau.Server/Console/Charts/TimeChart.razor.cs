using System.Globalization;
using Microsoft.AspNetCore.Components;

namespace Plateau.Server.WebConsole.Charts;

/// <summary>
/// Quantities over time: lines, signed areas and guides, with axes on the clock of a time zone, a legend, a crosshair
/// for pointer and keyboard, and the same in words and as a table. Gaps stay gaps, and of ten thousand samples every
/// extreme is drawn while the page carries no more than its pixels can show.
/// </summary>
/// <remarks>
/// It is drawn anew when a parameter is another one than before: give it a new list rather than a changed one.
/// </remarks>
public sealed partial class TimeChart
{
    private static int _lastNumber;
    private readonly int _number = Interlocked.Increment(ref _lastNumber);
    private TimeChartRequest? _drawn;

    /// <summary>Unit of all values, such as <c>kW</c> or <c>%</c>; it stands at the axis and behind values.</summary>
    [Parameter, EditorRequired]
    public required string Unit { get; set; }

    /// <summary>The quantities, the hindmost first.</summary>
    [Parameter, EditorRequired]
    public required IReadOnlyList<ChartSeries> Series { get; set; }

    /// <summary>Start of the time shown.</summary>
    [Parameter, EditorRequired]
    public required DateTimeOffset Start { get; set; }

    /// <summary>End of the time shown, exclusive. A time that ends before it starts is shown as one second.</summary>
    [Parameter, EditorRequired]
    public required DateTimeOffset End { get; set; }

    /// <summary>The time zone on whose clock times are marked and said.</summary>
    [Parameter, EditorRequired]
    public required TimeZoneInfo Zone { get; set; }

    /// <summary>Values that hold for the whole chart: lines and bands. Default none.</summary>
    [Parameter]
    public IReadOnlyList<ChartGuide> Guides { get; set; } = [];

    /// <summary>Where the axis of values begins. Null: at or below the least value and zero. Default null.</summary>
    [Parameter]
    public double? Floor { get; set; }

    /// <summary>Where the axis of values ends. Null: at or above the greatest value and zero. Default null.</summary>
    [Parameter]
    public double? Ceiling { get; set; }

    /// <summary>How numbers and times are written. Default English with 24 hours.</summary>
    [Parameter]
    public CultureInfo Culture { get; set; } = CultureInfo.GetCultureInfo("en-GB");

    /// <summary>What stands in a chart without values. Default: No values in this time.</summary>
    [Parameter]
    public string EmptyText { get; set; } = "No values in this time";

    private TimeChartDrawing Drawing { get; set; } = null!;

    private string Readings { get; set; } = "";

    private string Summary { get; set; } = "";

    private List<ChartReading> TableRows { get; set; } = [];

    private string TitleId => $"chart-{_number}-title";

    private string SummaryId => $"chart-{_number}-summary";

    /// <inheritdoc/>
    protected override void OnParametersSet()
    {
        var end = End > Start ? End : Start.AddSeconds(1);
        var request = new TimeChartRequest(
            Series, Guides, Start, end, Unit, Floor, Ceiling, Zone, Culture, Width, Math.Max(Height, 100));
        if (request == _drawn)
        {
            return;
        }
        _drawn = request;
        Drawing = TimeChartDrawing.Draw(request);
        Readings = Drawing.Readings.Json();
        Summary = Drawing.Readings.Summary();
        TableRows = Drawing.Readings.Table();
    }

    private string AnchorOf(AxisMark mark) => mark.At > Drawing.Frame.Right - 20 ? "end" : "middle";
}
