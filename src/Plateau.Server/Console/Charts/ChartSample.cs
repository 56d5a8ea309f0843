namespace Plateau.Server.WebConsole.Charts;

/// <summary>What a series says of a moment, or of a stretch of time.</summary>
/// <param name="Start">The moment, or the start of the stretch.</param>
/// <param name="End">End of the stretch, exclusive; of a moment the same as the start. Never before it.</param>
/// <param name="Value">
/// The value or, of a stretch, the mean, in the chart's unit. Null, or not finite: there is none, and the series is
/// broken here.
/// </param>
/// <param name="Min">The least value of the stretch; of a moment the value itself.</param>
/// <param name="Max">The greatest value of the stretch; of a moment the value itself.</param>
public readonly record struct ChartSample(
    DateTimeOffset Start, DateTimeOffset End, double? Value, double? Min, double? Max)
{
    /// <summary>The value of a moment; null where there is none.</summary>
    public static ChartSample At(DateTimeOffset time, double? value) => new(time, time, value, value, value);

    /// <summary>What a stretch of time comes to; nulls where nothing is known of it.</summary>
    public static ChartSample Over(
        DateTimeOffset start, DateTimeOffset end, double? mean, double? min = null, double? max = null) =>
        new(start, end, mean, min ?? mean, max ?? mean);

    /// <summary>The middle of the stretch; of a moment the moment.</summary>
    internal DateTimeOffset Middle => Start + ((End - Start) / 2);
}
