namespace Plateau.Server.WebConsole.Charts;

/// <summary>How a series is drawn.</summary>
public enum ChartShape
{
    /// <summary>A line from value to value; between least and greatest, where they differ, a band.</summary>
    Line,

    /// <summary>
    /// Steps, of which each holds until the next value, filled to the zero line: above it in the colour of charging,
    /// below it in that of discharging.
    /// </summary>
    SignedArea,

    /// <summary>Thin dashed steps: a target or a limit that other series are held against.</summary>
    Guide,
}

/// <summary>Which colour a series has. The style sheet says what it is in the light and in the dark.</summary>
public enum ChartTone
{
    /// <summary>The chart's main colour.</summary>
    Main,

    /// <summary>A target.</summary>
    Target,

    /// <summary>A reserve.</summary>
    Reserve,
}

/// <summary>One quantity over time.</summary>
public sealed record ChartSeries
{
    /// <summary>What the legend and the tooltip call it.</summary>
    public required string Name { get; init; }

    /// <summary>The samples, oldest first, none reaching into the next; may reach beyond the chart's range.</summary>
    public required IReadOnlyList<ChartSample> Samples { get; init; }

    /// <summary>How it is drawn.</summary>
    public ChartShape Shape { get; init; } = ChartShape.Line;

    /// <summary>Its colour. A <see cref="ChartShape.SignedArea"/> has two of its own.</summary>
    public ChartTone Tone { get; init; } = ChartTone.Main;

    /// <summary>What the legend calls values above zero of a <see cref="ChartShape.SignedArea"/>.</summary>
    public string AboveZeroName { get; init; } = "Charging";

    /// <summary>What the legend calls values below zero of a <see cref="ChartShape.SignedArea"/>.</summary>
    public string BelowZeroName { get; init; } = "Discharging";

    /// <summary>
    /// Two samples that lie further apart are not joined. Default 15 minutes, as long as a power is taken to hold.
    /// </summary>
    public TimeSpan GapLimit { get; init; } = TimeSpan.FromMinutes(15);
}

/// <summary>A value that holds for the whole chart, as a dashed line, or a range of values, as a band.</summary>
/// <param name="Name">What the legend calls it.</param>
/// <param name="Value">The value, or the lower end of the range, in the chart's unit.</param>
/// <param name="Until">The upper end of the range; null for a line.</param>
/// <param name="Tone">Its colour.</param>
public sealed record ChartGuide(string Name, double Value, double? Until = null, ChartTone Tone = ChartTone.Target);
