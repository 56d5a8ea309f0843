using Plateau.Telemetry;

namespace Plateau.Server.WebConsole.Charts;

/// <summary>One mark on the axis of time.</summary>
/// <param name="Time">Where, within the range.</param>
/// <param name="Label">What is written there.</param>
/// <param name="IsMajor">Whether a day begins here among hours, or a year among months.</param>
internal readonly record struct TimeTick(DateTimeOffset Time, string Label, bool IsMajor);

/// <summary>
/// Where an axis of time is marked: on whole seconds and minutes, and on hours, days, months and years of a time zone's
/// calendar. Days of 23 and 25 hours have as many marks as their clock shows.
/// </summary>
internal static class TimeTicks
{
    // Ranges of centuries have fewer marks than this; it keeps a mistaken range from filling the memory.
    private const int MostEdges = 20_000;

    private enum Unit
    {
        Second,
        Hour,
        Day,
        Month,
    }

    // Length is that of one step of this size, about, in seconds; it is what steps are chosen by.
    private static readonly (Unit Unit, int Count, double Seconds)[] Steps =
    [
        .. from count in (int[])[1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800]
           select (Unit.Second, count, (double)count),
        .. from count in (int[])[1, 2, 3, 6, 12] select (Unit.Hour, count, count * 3600d),
        .. from count in (int[])[1, 2, 7, 14] select (Unit.Day, count, count * 86_400d),
        .. from count in (int[])[1, 3, 6, 12, 24, 60, 120, 600, 1200] select (Unit.Month, count, count * 2_629_746d),
    ];

    /// <summary>Finds the marks of a range.</summary>
    /// <param name="start">Start of the range.</param>
    /// <param name="end">End of the range, exclusive, after its start.</param>
    /// <param name="clock">Whose hours and days are marked.</param>
    /// <param name="most">About how many marks there is room for; 2 or more.</param>
    /// <returns>Ascending, all within the range; none where the range is shorter than seconds.</returns>
    public static List<TimeTick> Find(DateTimeOffset start, DateTimeOffset end, ChartClock clock, int most)
    {
        var span = (end - start).TotalSeconds;
        var step = Array.Find(Steps, one => span / one.Seconds <= most);
        if (step.Count == 0)
        {
            step = Steps[^1];
        }
        var ticks = new List<TimeTick>();
        foreach (var time in Candidates(start, end, step.Unit, step.Count, clock))
        {
            // Where the clock is set back, an hour that is shown twice is marked once unless every hour is marked.
            if (time >= start && time < end
                && (ticks.Count == 0 || (time - ticks[^1].Time).TotalSeconds >= step.Seconds * 0.55))
            {
                ticks.Add(Mark(time, step.Unit, clock));
            }
        }
        return ticks;
    }

    private static IEnumerable<DateTimeOffset> Candidates(
        DateTimeOffset start, DateTimeOffset end, Unit unit, int count, ChartClock clock) => unit switch
    {
        // Offsets are whole quarters of an hour, so shorter steps are the same on every clock.
        Unit.Second when count < 900 => Multiples(start, end, TimeSpan.FromSeconds(count)),
        Unit.Second => Edges(start, end, count == 900 ? AggregationInterval.FifteenMinutes
            : AggregationInterval.ThirtyMinutes, clock).Where(time => SecondsOfDay(time, clock) % count == 0),
        Unit.Hour => Edges(start, end, AggregationInterval.Hour, clock)
            .Where(time => SecondsOfDay(time, clock) % (count * 3600) == 0),
        Unit.Day => Edges(start, end, AggregationInterval.Day, clock).Where(time => IsMarked(time, count, clock)),
        _ => Edges(start, end, AggregationInterval.Month, clock).Where(time => MonthNumber(time, clock) % count == 0),
    };

    private static IEnumerable<DateTimeOffset> Multiples(DateTimeOffset start, DateTimeOffset end, TimeSpan step)
    {
        var first = (start.UtcTicks + step.Ticks - 1) / step.Ticks * step.Ticks;
        for (var ticks = first; ticks < end.UtcTicks; ticks += step.Ticks)
        {
            yield return new DateTimeOffset(ticks, TimeSpan.Zero);
        }
    }

    private static List<DateTimeOffset> Edges(
        DateTimeOffset start, DateTimeOffset end, AggregationInterval interval, ChartClock clock) =>
        BucketEdges.Find(start, end, interval, clock.Zone, MostEdges) ?? [];

    private static double SecondsOfDay(DateTimeOffset time, ChartClock clock) =>
        clock.Local(time).TimeOfDay.TotalSeconds;

    // Days are counted from a Monday, so that weeks begin on Mondays.
    private static bool IsMarked(DateTimeOffset day, int count, ChartClock clock) =>
        DateOnly.FromDateTime(clock.Local(day).Date).DayNumber % count == 0;

    private static int MonthNumber(DateTimeOffset time, ChartClock clock)
    {
        var local = clock.Local(time);
        return (local.Year * 12) + local.Month - 1;
    }

    private static TimeTick Mark(DateTimeOffset time, Unit unit, ChartClock clock)
    {
        var local = clock.Local(time);
        return unit switch
        {
            Unit.Second or Unit.Hour when local.TimeOfDay == TimeSpan.Zero =>
                new TimeTick(time, clock.DayOfMonth(time), true),
            Unit.Second or Unit.Hour => new TimeTick(time, clock.TimeOfDay(time), false),
            Unit.Day => new TimeTick(time, clock.DayOfMonth(time), local.Day == 1),
            _ => new TimeTick(time, clock.Month(time), local.Month == 1),
        };
    }
}
