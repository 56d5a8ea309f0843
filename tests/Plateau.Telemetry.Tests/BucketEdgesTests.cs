using System.Globalization;
using CsCheck;

namespace Plateau.Telemetry.Tests;

/// <summary>Where buckets begin and end.</summary>
public sealed class BucketEdgesTests
{
    private static readonly string[] Zones =
    [
        "UTC", "Europe/London", "Europe/Berlin", "America/St_Johns", "America/Sao_Paulo", "Asia/Kathmandu",
        "Australia/Lord_Howe", "Pacific/Apia", "Asia/Beirut", "Africa/Casablanca",
    ];

    [Theory]
    [InlineData("Europe/London", "2026-03-29", 23)]
    [InlineData("Europe/London", "2026-10-25", 25)]
    [InlineData("Europe/London", "2026-06-01", 24)]
    [InlineData("America/Sao_Paulo", "2018-11-04", 23)]
    [InlineData("Asia/Beirut", "2026-03-29", 23)]
    public void A_day_has_as_many_hours_as_its_clock_shows(string zone, string date, int hours)
    {
        var noon = Local(zone, date + "T12:00:00");

        var day = Find(noon, noon.AddSeconds(1), AggregationInterval.Day, zone);

        Assert.Equal(2, day.Count);
        Assert.Equal(TimeSpan.FromHours(hours), day[1] - day[0]);
        Assert.Equal(hours + 1, Find(day[0], day[1], AggregationInterval.Hour, zone).Count);
        Assert.Equal((hours * 12) + 1, Find(day[0], day[1], AggregationInterval.FiveMinutes, zone).Count);
    }

    [Fact]
    public void Hours_begin_on_the_local_hour_where_the_offset_is_no_whole_hour()
    {
        var noon = Local("Asia/Kathmandu", "2026-06-01T12:10:00");

        var edges = Find(noon, noon.AddHours(1), AggregationInterval.Hour, "Asia/Kathmandu");

        Assert.Equal([Local("Asia/Kathmandu", "2026-06-01T12:00:00"), Local("Asia/Kathmandu", "2026-06-01T13:00:00"),
            Local("Asia/Kathmandu", "2026-06-01T14:00:00")], edges);
    }

    [Fact]
    public void A_clock_that_moves_half_an_hour_cuts_an_hour_short()
    {
        var before = Local("Australia/Lord_Howe", "2026-10-04T01:00:00");

        var edges = Find(before, before.AddHours(3), AggregationInterval.Hour, "Australia/Lord_Howe");

        Assert.Equal([1, 0.5, 1, 1], Lengths(edges).Select(length => length.TotalHours));
    }

    [Fact]
    public void A_year_has_twelve_months_that_begin_at_local_midnight()
    {
        var start = Local("Europe/Berlin", "2026-01-01T00:00:00");

        var end = Local("Europe/Berlin", "2027-01-01T00:00:00");
        var edges = Find(start, end, AggregationInterval.Month, "Europe/Berlin");

        Assert.Equal(
            [
                31 * 24, 28 * 24, (31 * 24) - 1, 30 * 24, 31 * 24, 30 * 24, 31 * 24, 31 * 24, 30 * 24, (31 * 24) + 1,
                30 * 24, 31 * 24,
            ],
            Lengths(edges).Select(length => (int)length.TotalHours));
    }

    [Fact]
    public void A_date_that_a_zone_skips_has_no_day()
    {
        // Samoa went from 29 to 31 December 2011.
        var edges = Find(
            Local("Pacific/Apia", "2011-12-29T00:00:00"), Local("Pacific/Apia", "2012-01-01T00:00:00"),
            AggregationInterval.Day, "Pacific/Apia");

        Assert.Equal([24, 24], Lengths(edges).Select(length => (int)length.TotalHours));
    }

    [Fact]
    public void Buckets_follow_each_other_and_cover_the_range_in_every_zone() =>
        Gen.Select(
            Gen.Int[0, Zones.Length - 1], Gen.Enum<AggregationInterval>(),
            Gen.Long[946_684_800_000, 1_900_000_000_000], Gen.Long[1, 40L * 86_400_000])
        .Sample((zone, interval, from, length) =>
        {
            var start = DateTimeOffset.FromUnixTimeMilliseconds(from);
            var end = start.AddMilliseconds(length);

            var edges = Find(start, end, interval, Zones[zone]);

            Assert.True(edges[0] <= start && start < edges[1]);
            Assert.True(edges[^1] >= end && end > edges[^2]);
            Assert.All(Lengths(edges), span => Assert.InRange(span, TimeSpan.FromMinutes(1), TimeSpan.FromDays(32)));
            Assert.Equal(edges, Find(edges[0], edges[^1], interval, Zones[zone]));
        });

    [Fact]
    public void More_buckets_than_allowed_are_refused()
    {
        var start = DateTimeOffset.UnixEpoch.AddYears(50);

        Assert.Null(
            BucketEdges.Find(start, start.AddMinutes(55), AggregationInterval.FiveMinutes, TimeZoneInfo.Utc, most: 10));
        Assert.Equal(
            11,
            BucketEdges.Find(
                start, start.AddMinutes(50), AggregationInterval.FiveMinutes, TimeZoneInfo.Utc, most: 10)?.Count);
    }

    private static List<DateTimeOffset> Find(
        DateTimeOffset start, DateTimeOffset end, AggregationInterval interval, string zone) =>
        BucketEdges.Find(start, end, interval, TimeZoneInfo.FindSystemTimeZoneById(zone), 20_000)
            ?? throw new InvalidOperationException("There are too many buckets.");

    private static IEnumerable<TimeSpan> Lengths(List<DateTimeOffset> edges) =>
        edges.Zip(edges.Skip(1), (start, end) => end - start);

    private static DateTimeOffset Local(string zone, string time)
    {
        var local = DateTime.Parse(time, CultureInfo.InvariantCulture);
        var offset = TimeZoneInfo.FindSystemTimeZoneById(zone).GetUtcOffset(local);
        return new DateTimeOffset(local, offset).ToUniversalTime();
    }
}
