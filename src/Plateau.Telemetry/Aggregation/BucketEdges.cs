namespace Plateau.Telemetry;

/// <summary>
/// Where buckets begin and end in a time zone. Minutes and hours begin where the local clock shows a multiple of them,
/// and where the clock is moved; days and months begin at the first instant of their first date.
/// </summary>
public static class BucketEdges
{
    /// <summary>The edges of the whole buckets that a range touches.</summary>
    /// <param name="start">Start of the range.</param>
    /// <param name="end">End of the range, exclusive, after its start.</param>
    /// <param name="interval">How long buckets are.</param>
    /// <param name="zone">The time zone whose clock counts.</param>
    /// <param name="most">Buckets at the most.</param>
    /// <returns>
    /// UTC, ascending, one more than there are buckets; the first is not after the start, the last not before the end.
    /// Null when there would be more than <paramref name="most"/> buckets.
    /// </returns>
    /// <exception cref="ArgumentOutOfRangeException">
    /// The range is empty or reaches to the first or last year of the calendar.
    /// </exception>
    public static List<DateTimeOffset>? Find(
        DateTimeOffset start, DateTimeOffset end, AggregationInterval interval, TimeZoneInfo zone, int most)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(start, end);
        ArgumentOutOfRangeException.ThrowIfLessThan(start.UtcDateTime.Year, 2);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(end.UtcDateTime.Year, 9998);
        var edges = new List<DateTimeOffset> { Floor(start.ToUniversalTime(), interval, zone) };
        while (edges[^1] < end)
        {
            if (edges.Count > most)
            {
                return null;
            }
            edges.Add(Next(edges[^1], interval, zone));
        }
        return edges;
    }

    /// <summary>The first instant, UTC, whose local date is the date, or later where the zone skips it.</summary>
    public static DateTimeOffset StartOf(DateOnly date, TimeZoneInfo zone)
    {
        var midnight = date.ToDateTime(TimeOnly.MinValue);
        if (zone.IsAmbiguousTime(midnight))
        {
            return new DateTimeOffset(midnight, zone.GetAmbiguousTimeOffsets(midnight).Max()).ToUniversalTime();
        }
        if (zone.IsInvalidTime(midnight))
        {
            var after = new DateTimeOffset(midnight, TimeSpan.Zero).AddDays(1);
            var before = after.AddDays(-2);
            return Transition(before, after, zone);
        }
        return new DateTimeOffset(midnight, zone.GetUtcOffset(midnight)).ToUniversalTime();
    }

    private static DateTimeOffset Floor(DateTimeOffset instant, AggregationInterval interval, TimeZoneInfo zone)
    {
        if (Length(interval) is not { } length)
        {
            var date = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(instant, zone).DateTime);
            return StartOf(interval == AggregationInterval.Month ? new DateOnly(date.Year, date.Month, 1) : date, zone);
        }
        var offset = zone.GetUtcOffset(instant);
        var floor = instant.AddTicks(-((instant.Ticks + offset.Ticks) % length.Ticks));
        return zone.GetUtcOffset(floor) == offset ? floor : Transition(floor, instant, zone);
    }

    private static DateTimeOffset Next(DateTimeOffset edge, AggregationInterval interval, TimeZoneInfo zone)
    {
        if (Length(interval) is not { } length)
        {
            var date = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(edge, zone).DateTime);
            // The day after a day that the calendar of the zone skips is the next that begins later.
            var next = edge;
            while (next <= edge)
            {
                date = interval == AggregationInterval.Month ? date.AddMonths(1) : date.AddDays(1);
                next = StartOf(date, zone);
            }
            return next;
        }
        var offset = zone.GetUtcOffset(edge);
        var end = edge.AddTicks(length.Ticks - ((edge.Ticks + offset.Ticks) % length.Ticks));
        return zone.GetUtcOffset(end) == offset ? end : Transition(edge, end, zone);
    }

    // The first instant, to the second, after which the clock has been moved.
    private static DateTimeOffset Transition(DateTimeOffset before, DateTimeOffset after, TimeZoneInfo zone)
    {
        var offset = zone.GetUtcOffset(after);
        while (after - before > TimeSpan.FromSeconds(1))
        {
            var middle = before + TimeSpan.FromSeconds(Math.Floor((after - before).TotalSeconds / 2));
            (before, after) = zone.GetUtcOffset(middle) == offset ? (before, middle) : (middle, after);
        }
        return after;
    }

    private static TimeSpan? Length(AggregationInterval interval) => interval switch
    {
        AggregationInterval.FiveMinutes => TimeSpan.FromMinutes(5),
        AggregationInterval.FifteenMinutes => TimeSpan.FromMinutes(15),
        AggregationInterval.ThirtyMinutes => TimeSpan.FromMinutes(30),
        AggregationInterval.Hour => TimeSpan.FromHours(1),
        _ => null,
    };
}
