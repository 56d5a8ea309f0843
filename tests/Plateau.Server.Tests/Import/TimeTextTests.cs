using Plateau.Contracts;
using Plateau.Server.Import;

namespace Plateau.Server.Tests.Import;

/// <summary>Times as exports write them.</summary>
public sealed class TimeTextTests
{
    private static readonly TimeZoneInfo Berlin = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");

    [Theory]
    [InlineData("2023-06-21T13:05:00Z", "2023-06-21T13:05:00Z")]
    [InlineData("2023-06-21t13:05:00.5+02:00", "2023-06-21T11:05:00.5Z")]
    [InlineData("2024-08-10 06:39:51+00:00", "2024-08-10T06:39:51Z")]
    [InlineData("2023-06-21 13:05", "2023-06-21T11:05:00Z")]
    [InlineData("2023-06-21 13:05:07", "2023-06-21T11:05:07Z")]
    [InlineData("2023-06-21 13:05:07.25", "2023-06-21T11:05:07.25Z")]
    [InlineData("2023-06-21T13:05", "2023-06-21T11:05:00Z")]
    [InlineData("2023-12-21T13:05:07", "2023-12-21T12:05:07Z")]
    [InlineData("21.06.2023 13:05:00", "2023-06-21T11:05:00Z")]
    [InlineData("1.6.2023 3:05", "2023-06-01T01:05:00Z")]
    [InlineData("21.06.2023, 13:05", "2023-06-21T11:05:00Z")]
    [InlineData("2023/06/21 13:05", "2023-06-21T11:05:00Z")]
    public void Common_forms_are_read(string text, string instant) =>
        Assert.Equal(instant, Format(new TimeText(null, Berlin).Read(text)));

    [Theory]
    [InlineData("06/21/2023 13:05")]
    [InlineData("21/06/2023 13:05")]
    [InlineData("21.06.23 13:05")]
    [InlineData("2023-06-21")]
    [InlineData("13:05")]
    [InlineData("1687345500")]
    [InlineData("44663.81805555555")]
    [InlineData("2023-02-29 13:05")]
    [InlineData("2023-06-21 24:00")]
    [InlineData("2016-12-31T23:59:60Z")]
    [InlineData("0001-01-01 00:00:00")]
    [InlineData("01.01.0001 00:00")]
    [InlineData("9999-12-31 23:59:59")]
    public void What_has_two_readings_or_none_is_refused(string text) =>
        Assert.Equal("time_invalid", new TimeText(null, Berlin).Read(text).Fault?.Code);

    [Theory]
    [InlineData("MM/dd/yyyy HH:mm", "06/07/2023 13:05", "2023-06-07T11:05:00Z")]
    [InlineData("dd/MM/yyyy HH:mm", "06/07/2023 13:05", "2023-07-06T11:05:00Z")]
    [InlineData("M/d/yyyy h:mm tt", "6/7/2023 1:05 PM", "2023-06-07T11:05:00Z")]
    [InlineData("dd.MM.yy HH:mm", "21.06.23 13:05", "2023-06-21T11:05:00Z")]
    [InlineData("yyyyMMddHHmmsszzz", "20230621130500+03:00", "2023-06-21T10:05:00Z")]
    [InlineData("unix", "1687345500", "2023-06-21T11:05:00Z")]
    [InlineData("unix", "1687345500.25", "2023-06-21T11:05:00.25Z")]
    [InlineData("unix-ms", "1687345500250", "2023-06-21T11:05:00.25Z")]
    public void A_format_that_is_told_is_the_only_one(string format, string text, string instant)
    {
        Assert.Null(TimeText.CheckFormat(format));
        Assert.Equal(instant, Format(new TimeText(format, Berlin).Read(text)));
        Assert.Equal("time_invalid", new TimeText(format, Berlin).Read("2023-06-21T13:05:00Z").Fault?.Code);
    }

    [Theory]
    [InlineData("unix", "99999999999999999999999999")]
    [InlineData("unix", "-99999999999")]
    [InlineData("unix-ms", "soon")]
    public void A_number_that_is_no_time_is_refused(string format, string text) =>
        Assert.Equal("time_invalid", new TimeText(format, null).Read(text).Fault?.Code);

    [Theory]
    [InlineData("MM/dd HH:mm")]
    [InlineData("yyyy-MM-dd")]
    [InlineData("HH:mm")]
    [InlineData("%")]
    [InlineData("")]
    public void A_format_that_leaves_something_open_is_refused(string format) =>
        Assert.StartsWith("--time-format must", TimeText.CheckFormat(format), StringComparison.Ordinal);

    [Fact]
    public void A_local_time_needs_a_zone_and_must_have_been_shown()
    {
        Assert.Equal("time_zone_missing", new TimeText(null, null).Read("2023-06-21 13:05").Fault?.Code);
        Assert.Equal("time_skipped", new TimeText(null, Berlin).Read("2023-03-26 02:30").Fault?.Code);
        Assert.Null(new TimeText(null, Berlin).Read("2023-03-26 03:00").Fault);
        Assert.Null(new TimeText(null, Berlin).Read("2023-03-26T02:30:00+01:00").Fault);
    }

    [Theory]
    // Every quarter of an hour, both passes: first the earlier.
    [InlineData(
        "Order", "01:45 02:00 02:30 02:00 02:30 03:00",
        "23:45 00:00 00:30 01:00 01:30 02:00")]
    // Newest first, as some exports are: first the later.
    [InlineData(
        "Order", "03:00 02:30 02:00 02:30 02:00 01:45",
        "02:00 01:30 01:00 00:30 00:00 23:45")]
    // By the hour the same time comes twice; one neighbour tells the direction.
    [InlineData("Order", "01:00 02:00 02:00", "23:00 00:00 01:00")]
    [InlineData("Order", "02:00 02:00 03:00", "00:00 01:00 02:00")]
    [InlineData("Order", "02:00 02:00 01:00", "01:00 00:00 23:00")]
    // Only one pass, no direction, no order: not to be known.
    [InlineData("Order", "01:45 02:00 02:30 03:00", "23:45 - - 02:00")]
    [InlineData("Order", "02:00 02:00", "- -")]
    [InlineData("Order", "01:45 02:00 02:30 02:15 02:00 03:00", "23:45 - - - - 02:00")]
    [InlineData("Order", "01:45 02:00 02:00 01:30", "23:45 - - 23:30")]
    [InlineData("Earlier", "02:30 02:00 03:00", "00:30 00:00 02:00")]
    [InlineData("Later", "02:30 02:00 03:00", "01:30 01:00 02:00")]
    [InlineData("Refuse", "01:45 02:00 02:00 03:00", "23:45 - - 02:00")]
    public void The_repeated_hour_is_told_by_the_order_of_lines_or_by_the_user(
        string rule, string clock, string utc)
    {
        var hours = new RepeatedHours(Enum.Parse<RepeatedHour>(rule));
        var rows = clock.Split(' ').Select((text, number) => Row("A", $"2023-10-29 {text}", number)).ToList();

        var decided = rows.SelectMany(hours.Add).ToList();
        decided.AddRange(hours.End());

        Assert.Equal(rows, decided);
        Assert.Equal(utc.Split(' '), rows.Select(row => row.Time is { } time ? $"{time.UtcDateTime:HH:mm}" : "-"));
        Assert.All(rows, row => Assert.Equal(row.Time is null ? "time_repeated" : null, row.Row.Fault?.Code));
    }

    [Fact]
    public void Devices_and_years_run_through_their_hours_by_themselves()
    {
        var hours = new RepeatedHours(RepeatedHour.Order);
        string[] lines =
        [
            "A 2022-10-30 01:00", "B 2022-10-30 01:00", "A 2022-10-30 02:00", "B 2022-10-30 02:00",
            "A 2022-10-30 02:00", "B 2022-10-30 02:00", "A 2023-10-29 02:00", "A 2023-10-29 02:00",
            "B 2022-10-30 03:00",
        ];
        var decided = lines.Select((line, number) => Row(line[..1], line[2..], number)).SelectMany(hours.Add).ToList();
        decided.AddRange(hours.End());

        Assert.Equal(
            [
                "A 2022-10-29T23:00:00Z", "A 2022-10-30T00:00:00Z", "A 2022-10-30T01:00:00Z", "A 2023-10-29T00:00:00Z",
                "A 2023-10-29T01:00:00Z", "B 2022-10-29T23:00:00Z", "B 2022-10-30T00:00:00Z", "B 2022-10-30T01:00:00Z",
                "B 2022-10-30T02:00:00Z",
            ],
            decided.Select(row => $"{row.Series} {Instant.Format(row.Time ?? default)}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public void What_is_held_has_a_limit()
    {
        var hours = new RepeatedHours(RepeatedHour.Order);
        var decided = Enumerable.Range(0, 250_000)
            .SelectMany(number => hours.Add(Row($"{number}", "2023-10-29 02:30", number))).Count();
        Assert.InRange(decided, 200_000, 250_000);
    }

    private static TimedRow Row(string series, string time, int number)
    {
        var row = new StateRow { Time = time };
        return new TimedRow(new SourceLine(number, time, false), row, series, new TimeText(null, Berlin).Read(time));
    }

    private static string? Format(ReadTime time) =>
        time is { Instant: { } instant, Later: null } ? Instant.Format(instant) : time.Fault?.Message;
}
