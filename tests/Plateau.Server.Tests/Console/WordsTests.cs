using System.Globalization;
using System.Net;
using Plateau.Client;
using Plateau.Contracts;
using Plateau.Server.WebConsole;

namespace Plateau.Server.Tests.WebConsole;

/// <summary>Numbers, times, filters and troubles in a visitor's words.</summary>
public sealed class WordsTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 14, 15, 9, 26, TimeSpan.Zero);

    [Theory]
    [InlineData(null, "–")]
    [InlineData(0.0, "0,00 kW")]
    [InlineData(-3.456, "−3,46 kW")]
    [InlineData(12.34, "12,3 kW")]
    [InlineData(12345.6, "12.346 kW")]
    public void A_power_is_written_in_the_visitors_way(double? powerKw, string words) =>
        Assert.Equal(words, Show.Power(powerKw, CultureInfo.GetCultureInfo("de-DE")));

    [Theory]
    [InlineData(-5, "just now")]
    [InlineData(59, "just now")]
    [InlineData(60, "1 min ago")]
    [InlineData(3599, "59 min ago")]
    [InlineData(3600, "1 h ago")]
    [InlineData(47 * 3600, "47 h ago")]
    [InlineData(48 * 3600, "2 days ago")]
    [InlineData(40 * 86_400, "2 Feb 2026")]
    public void A_time_is_written_as_how_long_ago_it_was(int secondsAgo, string words) =>
        Assert.Equal(words, Show.Ago(Now.AddSeconds(-secondsAgo), Now, CultureInfo.GetCultureInfo("en-GB")));

    [Fact]
    public void A_time_names_its_zone()
    {
        var berlin = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");
        Assert.Equal(
            "14 Mar 2026, 16:09:26 Europe/Berlin", Show.Time(Now, berlin, CultureInfo.GetCultureInfo("en-GB")));
        Assert.Equal(
            "14. März 2026, 15:09:26 UTC", Show.Time(Now, TimeZoneInfo.Utc, CultureInfo.GetCultureInfo("de-DE")));
    }

    [Fact]
    public void A_filter_of_an_address_is_read_and_written_and_what_is_strange_is_passed_over()
    {
        const string Location = "loc_0123456789abcdef01234567";
        var query = DeviceSelection.Read("ev_charger", "never_seen", Location, "AB-");
        Assert.Equal(
            new DeviceFilter
            {
                Kind = DeviceKind.EvCharger, Activity = DeviceActivity.NeverSeen,
                LocationId = ObjectIdText.Parse<LocationId>(Location), ReferencePrefix = "AB-",
            },
            query.Filter);
        Assert.Equal(["ev_charger", "never_seen", Location, "AB-"], query.ToParameters().Values);
        Assert.False(DeviceSelection.Read("toaster", "asleep", "dev_1", new string('x', 256)).IsNarrowed);
    }

    [Fact]
    public void A_search_opens_a_device_or_narrows_the_list()
    {
        var query = DeviceSelection.Read("battery", null, null, "old");
        Assert.Equal(
            ObjectIdText.Parse<DeviceId>("dev_0123456789abcdef01234567"),
            query.Search(" dev_0123456789abcdef01234567 ").Device);
        Assert.Equal(
            query with { Location = ObjectIdText.Parse<LocationId>("loc_0123456789abcdef01234567") },
            query.Search("loc_0123456789abcdef01234567").Query);
        Assert.Equal(query with { Prefix = "dev_" }, query.Search("dev_").Query);
        Assert.Equal(query with { Prefix = null }, query.Search("  ").Query);
    }

    [Theory]
    [InlineData(HttpStatusCode.Unauthorized, ErrorCodes.TokenExpired, "Your sign-in has ended", Remedy.SignIn)]
    [InlineData(HttpStatusCode.Forbidden, ErrorCodes.ScopeInsufficient, "Your key may not do this", Remedy.SignIn)]
    [InlineData(HttpStatusCode.Forbidden, ErrorCodes.TelemetryConsentMissing, "Not shared", Remedy.GoBack)]
    [InlineData(HttpStatusCode.NotFound, ErrorCodes.DeviceNotFound, "It is not there", Remedy.GoBack)]
    [InlineData(HttpStatusCode.TooManyRequests, ErrorCodes.RateLimitExceeded, "Too many calls", Remedy.TryAgain)]
    [InlineData(
        HttpStatusCode.ServiceUnavailable, ErrorCodes.StorageUnavailable, "The server cannot answer now",
        Remedy.TryAgain)]
    [InlineData(HttpStatusCode.InternalServerError, ErrorCodes.InternalError, "The server failed", Remedy.TryAgain)]
    [InlineData(null, null, "The server failed", Remedy.TryAgain)]
    public void A_trouble_says_what_happened_and_what_to_do(
        HttpStatusCode? status, string? code, string title, Remedy remedy)
    {
        var error = code is null ? null : new ErrorObject
        {
            Context = "api.unknown", Type = "invalid_request", Code = code, Message = "Because.", LiveMode = false,
            RequestId = "request-7", TimeCreated = Now,
        };
        var trouble = Trouble.Of(new PlateauException("Because.", status, error, error?.RequestId));
        Assert.Equal((title, remedy), (trouble.Title, trouble.Remedy));
        Assert.NotEmpty(trouble.Text);
    }

    [Fact]
    public void The_power_of_a_day_is_made_of_quarters_and_ends_with_what_is_now()
    {
        var range = FleetPower.RangeAt(Now);
        Assert.Equal(new DateTimeOffset(2026, 3, 13, 15, 0, 0, TimeSpan.Zero), range.StartTime);
        Assert.Equal(new DateTimeOffset(2026, 3, 14, 15, 15, 0, TimeSpan.Zero), range.EndTime);
        FleetStateAggregate[] buckets =
        [
            Bucket(14, 30, charged: 2, discharged: 0.5), Bucket(14, 45, charged: null, discharged: null),
            Bucket(15, 0, charged: 9, discharged: 9),
        ];

        var power = FleetPower.Of(buckets, chargingNowKw: 3, dischargingNowKw: -1, Now);

        Assert.Equal([8, null, 3], power.Charging.Select(sample => sample.Value));
        Assert.Equal([-2, null, -1], power.Discharging.Select(sample => sample.Value));
        Assert.Equal(Now, power.Charging[^1].End);
        Assert.Equal((Now.AddDays(-1), Now), (power.Start, power.End));
    }

    [Fact]
    public void The_longer_the_sums_of_a_day_take_the_rarer_they_are_asked_for()
    {
        Assert.True(FleetPace.Unknown.IsDue(Now));
        Assert.False(FleetPace.After(Now, TimeSpan.FromMilliseconds(20)).IsDue(Now.AddSeconds(14)));
        Assert.True(FleetPace.After(Now, TimeSpan.FromMilliseconds(20)).IsDue(Now.AddSeconds(15)));
        Assert.False(FleetPace.After(Now, TimeSpan.FromSeconds(4)).IsDue(Now.AddSeconds(79)));
        Assert.True(FleetPace.After(Now, TimeSpan.FromSeconds(4)).IsDue(Now.AddSeconds(80)));
    }

    private static FleetStateAggregate Bucket(int hour, int minute, double? charged, double? discharged)
    {
        var start = new DateTimeOffset(2026, 3, 14, hour, minute, 0, TimeSpan.Zero);
        return new()
        {
            StartTime = start, EndTime = start.AddMinutes(15), Count = 1, Devices = 1, StateOfChargePercent = null,
            BatteryPowerKw = null, EnergyChargedKwh = charged, EnergyDischargedKwh = discharged,
        };
    }
}
