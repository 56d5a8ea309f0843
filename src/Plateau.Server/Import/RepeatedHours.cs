namespace Plateau.Server.Import;

/// <summary>What is done with a time that the clock showed twice.</summary>
internal enum RepeatedHour
{
    /// <summary>The order of the lines decides, where it can.</summary>
    Order,

    /// <summary>It is the first: before the clock was put back.</summary>
    Earlier,

    /// <summary>It is the second: after the clock was put back.</summary>
    Later,

    /// <summary>The line is refused.</summary>
    Refuse,
}

/// <summary>A line whose time is being found.</summary>
/// <param name="source">The line.</param>
/// <param name="row">What it says.</param>
/// <param name="series">Which device's times it is one of.</param>
/// <param name="time">Its time as far as the line alone tells.</param>
internal sealed class TimedRow(SourceLine source, StateRow row, string series, ReadTime time)
{
    public SourceLine Source { get; } = source;
    public StateRow Row { get; } = row;
    public string Series { get; } = series;

    /// <summary>What the clock on the wall showed; null where the line gives an instant, or no time.</summary>
    public DateTime? Local { get; } = time.Local;

    /// <summary>The instant; null while it is not known.</summary>
    public DateTimeOffset? Time { get; private set; } = time.Later is null ? time.Instant : null;

    /// <summary>Whether the clock showed this time twice.</summary>
    public bool IsRepeated => time.Later is not null;

    /// <summary>Takes the first or the second of the two instants.</summary>
    public void Decide(bool isLater) => Time = isLater ? time.Later : time.Instant;

    /// <summary>Takes neither.</summary>
    public void Refuse(string why) => Row.Refuse(new ImportFault(
        ImportFault.TimeRepeated,
        $"time must be one that the clock showed once, or --repeated-hour must tell which is meant: {why}; it was "
        + $"{Http.Quote.Of(Row.Time)}.",
        Row.Time));
}

/// <summary>
/// Finds the instants of the hour in which a clock was put back. The lines of a device in that hour are held until the
/// hour is over; if its times then run through the hour twice, the first pass is the first hour (in a file with the
/// newest line first, the second). A single pass could be either, so it is refused rather than guessed.
/// </summary>
/// <param name="rule">What the user wants.</param>
internal sealed class RepeatedHours(RepeatedHour rule)
{
    // An hour of a thousand devices by the minute; memory must not grow with the file.
    private const int MaxHeld = 100_000;

    // Times further apart are of two changes of the clock.
    private static readonly TimeSpan HalfADay = TimeSpan.FromHours(12);

    private readonly Dictionary<string, Series> _series = new(StringComparer.Ordinal);
    private int _held;

    /// <summary>Takes the next line and returns those whose time is now decided, or refused.</summary>
    public IEnumerable<TimedRow> Add(TimedRow row)
    {
        if (row.IsRepeated && rule != RepeatedHour.Order)
        {
            return [Obey(row)];
        }
        if (row.Local is not { } local)
        {
            return [row];
        }
        if (!_series.TryGetValue(row.Series, out var series))
        {
            _series.Add(row.Series, series = new Series());
        }
        var isSameHour = row.IsRepeated
            && (series.Held is not [{ Local: { } first }, ..] || (local - first).Duration() < HalfADay);
        IEnumerable<TimedRow> decided = isSameHour ? [] : Release(series, next: local);
        if (!row.IsRepeated)
        {
            series.Before = local;
            return [.. decided, row];
        }
        series.Held.Add(row);
        return ++_held > MaxHeld ? [.. decided, .. End()] : decided;
    }

    /// <summary>Returns all lines that are still held, decided or refused.</summary>
    public IEnumerable<TimedRow> End() => [.. _series.Values.SelectMany(series => Release(series, next: null))];

    private TimedRow Obey(TimedRow row)
    {
        if (rule == RepeatedHour.Refuse)
        {
            row.Refuse("--repeated-hour refuse was given");
        }
        else
        {
            row.Decide(isLater: rule == RepeatedHour.Later);
        }
        return row;
    }

    private List<TimedRow> Release(Series series, DateTime? next)
    {
        var held = series.Held;
        if (held is [])
        {
            return [];
        }
        series.Held = [];
        _held -= held.Count;
        var fault = Decide(held, series.Before, next);
        if (fault is not null)
        {
            held.ForEach(row => row.Refuse(fault));
        }
        return held;
    }

    // Why the order of lines does not decide; null when it did.
    private static string? Decide(List<TimedRow> held, DateTime? before, DateTime? next)
    {
        bool? risesBefore = before is { } earlier ? earlier < held[0].Local : null;
        bool? risesAfter = next is { } later ? later > held[^1].Local : null;
        if ((risesBefore ?? risesAfter) is not { } rises)
        {
            return "no line of another hour tells which way the times run";
        }
        var turns = Enumerable.Range(1, held.Count - 1)
            .Where(at => rises ? held[at].Local <= held[at - 1].Local : held[at].Local >= held[at - 1].Local)
            .ToList();
        if (turns is not [var turn] || (risesBefore is { } one && risesAfter is { } two && one != two))
        {
            return turns is [] ? "the file has that hour once only" : "the lines are not in the order of their times";
        }
        for (var at = 0; at < held.Count; at++)
        {
            held[at].Decide(isLater: at < turn ? !rises : rises);
        }
        return null;
    }

    private sealed class Series
    {
        /// <summary>The last time of another hour.</summary>
        public DateTime? Before { get; set; }

        /// <summary>Lines of the hour at hand.</summary>
        public List<TimedRow> Held { get; set; } = [];
    }
}
