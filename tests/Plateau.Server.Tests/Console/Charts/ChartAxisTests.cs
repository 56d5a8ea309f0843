using System.Globalization;
using CsCheck;
using Plateau.Server.WebConsole.Charts;

namespace Plateau.Server.Tests.WebConsole.Charts;

/// <summary>Where axes are marked.</summary>
public sealed class ChartAxisTests
{
    private static readonly string[] Zones =
        ["UTC", "Europe/Berlin", "America/St_Johns", "Asia/Kathmandu", "Australia/Lord_Howe", "Pacific/Apia"];

    [Theory]
    [InlineData(0, 100, 6, "0 20 40 60 80 100")]
    [InlineData(-3.4, 4.1, 6, "-4 -2 0 2 4 6")]
    [InlineData(0, 0.043, 5, "0 0.01 0.02 0.03 0.04 0.05")]
    [InlineData(0, 0, 5, "0 0.2 0.4 0.6 0.8 1")]
    [InlineData(-7000, 0, 5, "-8000 -6000 -4000 -2000 0")]
    public void Values_are_marked_on_ones_twos_and_fives(double low, double high, int wanted, string marks) =>
        Assert.Equal(
            marks.Split(' ').Select(mark => double.Parse(mark, CultureInfo.InvariantCulture)),
            ValueTicks.Find(low, high, wanted).Values.Select(value => Math.Round(value, 9)));

    [Fact]
    public void Marks_of_values_ascend_and_enclose_them() =>
        Gen.Select(Gen.Double[-1e7, 1e7], Gen.Double[-1e7, 1e7], Gen.Double[1e-6, 1], Gen.Int[2, 12]).Sample(
            (one, other, scale, wanted) =>
            {
                var (low, high) = (Math.Min(one, other) * scale, Math.Max(one, other) * scale);

                var ticks = ValueTicks.Find(low, high, wanted);

                Assert.True(ticks.Floor <= low + (ticks.Step * 1e-6) && high <= ticks.Ceiling + (ticks.Step * 1e-6));
                Assert.InRange(ticks.Values.Count, 2, (3 * wanted) + 2);
                Assert.All(ticks.Values.Zip(ticks.Values.Skip(1)), pair => Assert.True(pair.First < pair.Second));
                Assert.All(ticks.Values, value => Assert.InRange(value, ticks.Floor, ticks.Ceiling));
            });

    [Theory]
    [InlineData("2026-03-29", 23, "29 Mar, 01:00, 03:00, 04:00")]
    [InlineData("2026-10-25", 25, "25 Oct, 01:00, 02:00, 02:00, 03:00")]
    public void A_day_of_a_changing_clock_is_marked_as_its_clock_shows(string date, int hours, string first)
    {
        var clock = Clock("Europe/Berlin");
        var start = Local(clock.Zone, date);

        var ticks = TimeTicks.Find(start, start.AddHours(hours), clock, 26);

        Assert.Equal(hours, ticks.Count);
        Assert.Equal(first, string.Join(", ", ticks.Take(first.Split(',').Length).Select(tick => tick.Label)));
        Assert.Equal("23:00", ticks[^1].Label);
    }

    [Fact]
    public void Every_third_hour_stays_on_the_clock_when_it_is_changed()
    {
        var clock = Clock("Europe/Berlin");
        var start = Local(clock.Zone, "2026-10-25");

        var ticks = TimeTicks.Find(start, start.AddHours(25), clock, 9);

        Assert.Equal(
            "25 Oct 03:00 06:00 09:00 12:00 15:00 18:00 21:00", string.Join(' ', ticks.Select(one => one.Label)));
    }

    [Fact]
    public void Weeks_begin_on_Mondays_and_months_on_their_first()
    {
        var clock = Clock("Europe/London");
        var start = Local(clock.Zone, "2026-03-03");

        Assert.Equal(
            "9 Mar 16 Mar 23 Mar 30 Mar", string.Join(' ', TimeTicks.Find(start, start.AddDays(31), clock, 6)
                .Select(tick => tick.Label)));
        Assert.Equal(
            "Apr May Jun Jul Aug Sept Oct Nov Dec 2027 Feb",
            string.Join(' ', TimeTicks.Find(start, start.AddDays(360), clock, 12).Select(tick => tick.Label)));
    }

    [Fact]
    public void Marks_of_times_ascend_within_the_range_and_are_as_many_as_have_room() =>
        Gen.Select(
            Gen.Int[0, Zones.Length - 1], Gen.Long[946_684_800_000, 1_900_000_000_000], Gen.Double[4, 12],
            Gen.Int[2, 20]).Sample((zone, from, magnitude, most) =>
            {
                var start = DateTimeOffset.FromUnixTimeMilliseconds(from);
                var end = start.AddMilliseconds(Math.Pow(10, magnitude));

                var ticks = TimeTicks.Find(start, end, Clock(Zones[zone]), most);

                Assert.InRange(ticks.Count, 0, most + 3);
                Assert.All(ticks, tick => Assert.True(tick.Time >= start && tick.Time < end));
                Assert.All(ticks.Zip(ticks.Skip(1)), pair => Assert.True(pair.First.Time < pair.Second.Time));
                Assert.All(ticks, tick => Assert.NotEmpty(tick.Label));
            });

    [Fact]
    public void An_hour_that_is_shown_twice_is_told_apart()
    {
        var clock = Clock("Europe/Berlin");
        var summer = new DateTimeOffset(2026, 10, 25, 0, 30, 0, TimeSpan.Zero);

        Assert.Equal("25 Oct 2026, 02:30 (+02:00)", clock.Instant(summer));
        Assert.Equal("25 Oct 2026, 02:30 (+01:00)", clock.Instant(summer.AddHours(1)));
        Assert.Equal("25 Oct 2026, 05:00 – 05:15", clock.Span(summer.AddHours(3.5), summer.AddHours(3.75)));
        Assert.Equal("25 Oct 2026", clock.Span(Local(clock.Zone, "2026-10-25"), Local(clock.Zone, "2026-10-26")));
    }

    [Theory]
    [InlineData("en-GB", "29 Nov 2026", "29 Nov")]
    [InlineData("en-US", "Nov 29, 2026", "Nov 29")]
    [InlineData("de-DE", "29. Nov. 2026", "29. Nov.")]
    [InlineData("fr-FR", "29 nov. 2026", "29 nov.")]
    [InlineData("ja-JP", "2026年11月29日", "11月29日")]
    public void Dates_are_written_in_the_manner_of_the_visitor(string culture, string date, string dayOfMonth)
    {
        var clock = new ChartClock(TimeZoneInfo.Utc, CultureInfo.GetCultureInfo(culture));
        var day = new DateTimeOffset(2026, 11, 29, 12, 0, 0, TimeSpan.Zero);

        Assert.Equal((date, dayOfMonth), (clock.Date(day), clock.DayOfMonth(day)));
    }

    internal static ChartClock Clock(string zone) =>
        new(TimeZoneInfo.FindSystemTimeZoneById(zone), CultureInfo.GetCultureInfo("en-GB"));

    private static DateTimeOffset Local(TimeZoneInfo zone, string date)
    {
        var local = DateTime.Parse(date, CultureInfo.InvariantCulture);
        return new DateTimeOffset(local, zone.GetUtcOffset(local)).ToUniversalTime();
    }
}
