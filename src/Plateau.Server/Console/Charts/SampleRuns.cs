namespace Plateau.Server.WebConsole.Charts;

/// <summary>
/// Cuts a series where it has gaps, and leaves of each piece no more samples than there are pixels to see them by.
/// </summary>
internal static class SampleRuns
{
    /// <summary>The pieces of a series in a range that may be joined by a line.</summary>
    /// <param name="samples">The samples, oldest first.</param>
    /// <param name="start">Start of the range.</param>
    /// <param name="end">End of the range, exclusive.</param>
    /// <param name="gapLimit">Samples further apart than this are not joined.</param>
    /// <returns>
    /// Pieces of one sample or more that all have a value, in their order. Stretches are cut at the range's edges.
    /// </returns>
    public static List<List<ChartSample>> Find(
        IReadOnlyList<ChartSample> samples, DateTimeOffset start, DateTimeOffset end, TimeSpan gapLimit)
    {
        var runs = new List<List<ChartSample>>();
        List<ChartSample>? run = null;
        foreach (var sample in samples)
        {
            var isInside = sample.Start < end && (sample.End > start || sample.Start >= start);
            if (!isInside || sample.Value is not { } value || !double.IsFinite(value))
            {
                run = null;
                continue;
            }
            var cut = sample with
            {
                Start = sample.Start < start ? start : sample.Start,
                End = sample.End > end ? end : sample.End,
                Min = sample.Min is { } min && double.IsFinite(min) ? Math.Min(min, value) : value,
                Max = sample.Max is { } max && double.IsFinite(max) ? Math.Max(max, value) : value,
            };
            if (run is null || cut.Start - run[^1].End > gapLimit)
            {
                run = [];
                runs.Add(run);
            }
            run.Add(cut);
        }
        return runs;
    }

    /// <summary>
    /// Of each column of pixels the first, the least, the greatest and the last sample: a line through them covers the
    /// pixels that a line through all of them would.
    /// </summary>
    public static List<ChartSample> Thin(List<ChartSample> run, PlotFrame frame)
    {
        if (run.Count <= 4)
        {
            return run;
        }
        var kept = new List<ChartSample>();
        for (var first = 0; first < run.Count;)
        {
            var (column, last, least, greatest) = (frame.Column(run[first].Middle), first, first, first);
            for (; last + 1 < run.Count && frame.Column(run[last + 1].Middle) == column; last++)
            {
                least = run[last + 1].Value < run[least].Value ? last + 1 : least;
                greatest = run[last + 1].Value > run[greatest].Value ? last + 1 : greatest;
            }
            int[] seen = [first, Math.Min(least, greatest), Math.Max(least, greatest), last];
            foreach (var index in seen.Distinct())
            {
                kept.Add(run[index]);
            }
            first = last + 1;
        }
        return kept;
    }

    /// <summary>One stretch for each column of pixels, from its least to its greatest value.</summary>
    /// <param name="run">Samples that all have a value.</param>
    /// <param name="frame">The plot.</param>
    /// <param name="pixels">How wide a column is, pixels, 1 or more.</param>
    public static List<ChartSample> Merge(List<ChartSample> run, PlotFrame frame, int pixels)
    {
        var merged = new List<ChartSample>();
        for (var first = 0; first < run.Count;)
        {
            var (column, count) = (frame.Column(run[first].Middle, pixels), 1);
            var (min, max, sum) = (run[first].Min, run[first].Max, run[first].Value);
            while (first + count < run.Count && frame.Column(run[first + count].Middle, pixels) == column)
            {
                var next = run[first + count++];
                min = next.Min < min ? next.Min : min;
                max = next.Max > max ? next.Max : max;
                sum += next.Value;
            }
            var end = run[first + count - 1].End;
            merged.Add(count == 1 ? run[first] : new ChartSample(run[first].Start, end, sum / count, min, max));
            first += count;
        }
        return merged;
    }
}
