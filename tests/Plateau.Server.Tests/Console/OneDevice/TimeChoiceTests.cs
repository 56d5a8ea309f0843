using System.Globalization;
using CsCheck;
using Plateau.Server.WebConsole.OneDevice;

namespace Plateau.Server.Tests.WebConsole.OneDevice;

/// <summary>Which time an address of a device's page stands for.</summary>
public sealed class TimeChoiceTests
{
    private static readonly DateTimeOffset Now = new(2026, 6, 15, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("1h", 1)]
    [InlineData("7d", 168)]
    [InlineData("30d", 720)]
    [InlineData(null, 24)]
    [InlineData("", 24)]
    [InlineData("a fortnight", 24)]
    public void A_named_time_ends_now_and_an_unknown_one_is_a_day(string? last, int hours)
    {
        var choice = TimeChoice.Read(last, null, "2026-01-01");

        Assert.True(choice.IsLive);
        Assert.Equal((Now.AddHours(-hours), Now), choice.Span(Now, TimeZoneInfo.Utc));
    }

    [Theory]
    [InlineData("2026-03-29", "2026-03-29", 23)]
    [InlineData("2026-10-25", null, 25)]
    [InlineData("2026-06-01", "2026-06-03", 72)]
    [InlineData("2026-06-03", "2026-06-01", 72)]
    public void Days_are_whole_days_of_the_devices_calendar(string from, string? until, int hours)
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");

        var choice = TimeChoice.Read("7d", from, until);

        var (start, end) = choice.Span(Now, zone);
        Assert.False(choice.IsLive);
        Assert.Equal(TimeSpan.FromHours(hours), end - start);
        Assert.Equal(TimeSpan.Zero, TimeZoneInfo.ConvertTime(start, zone).TimeOfDay);
    }

    [Fact]
    public void A_day_whose_midnight_is_skipped_begins_when_its_clock_begins()
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById("Asia/Beirut");

        var (start, end) = TimeChoice.Read(null, "2026-03-29", null).Span(Now, zone);

        Assert.Equal(TimeSpan.FromHours(23), end - start);
        Assert.Equal(new DateTimeOffset(2026, 3, 28, 22, 0, 0, TimeSpan.Zero), start);
    }

    [Theory]
    [InlineData("1999-12-31")]
    [InlineData("9999-12-31")]
    [InlineData("01.02.2026")]
    [InlineData("2026-02-30")]
    public void A_date_that_cannot_be_shown_is_no_choice(string date) =>
        Assert.Equal(TimeChoice.Default, TimeChoice.Read(null, date, null));

    [Fact]
    public void Any_choice_is_a_time_that_can_be_summed_up() =>
        Gen.Select(Gen.Int[0, 73_000], Gen.Int[0, 73_000]).Sample((first, second) =>
        {
            var (from, until) = (Date(first), Date(second));

            var (start, end) = TimeChoice.Read(null, from, until).Span(Now, TimeZoneInfo.Utc);

            var buckets = TimeChoice.IntervalFor(end - start) switch
            {
                "PT5M" => (end - start).TotalMinutes / 5,
                "PT15M" => (end - start).TotalMinutes / 15,
                "PT30M" => (end - start).TotalMinutes / 30,
                "PT1H" => (end - start).TotalHours,
                "P1D" => (end - start).TotalDays,
                _ => (end - start).TotalDays / 28,
            };
            Assert.True(start < end);
            Assert.InRange(buckets, 1, 9_000);
        });

    [Theory]
    [InlineData(0.5, "PT5M")]
    [InlineData(7, "PT15M")]
    [InlineData(30, "PT1H")]
    [InlineData(365, "P1D")]
    [InlineData(3650, "P1M")]
    public void Sums_are_about_as_many_as_a_chart_has_pixels(double days, string interval) =>
        Assert.Equal(interval, TimeChoice.IntervalFor(TimeSpan.FromDays(days)));

    [Fact]
    public void A_choice_is_said_in_words()
    {
        var english = CultureInfo.GetCultureInfo("en-GB");

        Assert.Equal("Last 7 days", TimeChoice.Read("7d", null, null).Text(english));
        Assert.Equal("1 Jun 2026", TimeChoice.Read(null, "2026-06-01", null).Text(english));
        Assert.Equal("1 Jun 2026 – 3 Jun 2026", TimeChoice.Read(null, "2026-06-01", "2026-06-03").Text(english));
    }

    private static string Date(int day) =>
        new DateOnly(2000, 1, 1).AddDays(day).ToString("O", CultureInfo.InvariantCulture);
}
