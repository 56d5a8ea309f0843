using System.Globalization;
using System.Text.Json.Nodes;
using Plateau.Contracts;
using Plateau.Server.WebConsole.Charts;
using Plateau.Server.WebConsole.OneDevice;

namespace Plateau.Server.Tests.WebConsole.OneDevice;

/// <summary>What the page of a device shows of what it has read, and how it says it.</summary>
public sealed class DeviceViewTests
{
    private static readonly DateTimeOffset Now = new(2026, 6, 15, 12, 0, 0, TimeSpan.Zero);
    private static readonly CultureInfo English = CultureInfo.GetCultureInfo("en-GB");
    private static readonly TimeSpan GapLimit = TimeSpan.FromMinutes(15);

    [Fact]
    public void New_records_move_the_time_on_once_each_and_in_their_order()
    {
        var first = Record(Now.AddMinutes(-59), 40);
        var late = Record(Now.AddMinutes(-30), 45);
        var fresh = Record(Now.AddMinutes(1), 50);
        var telemetry = new DeviceTelemetry(Now.AddHours(-1), Now, [first], []);

        var moved = telemetry.MoveTo(Now.AddMinutes(2), [fresh, late, fresh]);

        Assert.NotNull(moved);
        Assert.Equal((Now.AddMinutes(-58), Now.AddMinutes(2)), (moved.Start, moved.End));
        Assert.Equal([late, fresh], moved.Records!);
    }

    [Fact]
    public void Sums_cannot_be_moved_on_and_are_read_anew() =>
        Assert.Null(new DeviceTelemetry(Now.AddDays(-7), Now, null, []).MoveTo(Now, [Record(Now, 1)]));

    [Fact]
    public void Energy_is_what_each_power_moved_until_the_next_record_or_the_gap_limit()
    {
        DeviceState[] records =
        [
            Record(Now.AddMinutes(-60), 40, power: 6), Record(Now.AddMinutes(-50), 41, power: -3),
            Record(Now.AddMinutes(-10), 40, power: 0),
        ];

        var energy = new DeviceTelemetry(Now.AddHours(-1), Now, records, []).Energy(GapLimit, Now);

        Assert.NotNull(energy);
        Assert.Equal((1, 0.75), (Math.Round(energy.Value.ChargedKwh, 9), Math.Round(energy.Value.DischargedKwh, 9)));
        Assert.Null(new DeviceTelemetry(Now.AddHours(-1), Now, [Record(Now.AddMinutes(-5), 40)], [])
            .Energy(GapLimit, Now));
    }

    [Fact]
    public void Charts_of_records_show_the_target_and_the_reserve_of_their_time()
    {
        var telemetry = new DeviceTelemetry(
            Now.AddHours(-1), Now, [Record(Now.AddMinutes(-2), 40, power: -2), Record(Now.AddMinutes(-1), 41)], []);

        var charge = DeviceSeries.Charge(telemetry, GapLimit);
        var power = Assert.Single(DeviceSeries.Power(telemetry, GapLimit));

        Assert.Equal(["Target", "Reserve", "State of charge"], charge.Select(series => series.Name));
        Assert.Equal([40.0, 41], charge[2].Samples.Select(sample => sample.Value!.Value));
        Assert.Equal([-2.0, null], power.Samples.Select(sample => sample.Value));
        Assert.Equal((ChartShape.SignedArea, GapLimit), (power.Shape, power.GapLimit));
        Assert.Empty(DeviceSeries.Guides(telemetry, Record(Now, 50)));
    }

    [Theory]
    [InlineData(5, 1, 1)] // slow records, short buckets: joined
    [InlineData(5, 2, 1)]
    [InlineData(5, 3, 2)] // a quarter of an hour without any: a gap
    [InlineData(60, 1, 2)]
    public void An_empty_stretch_as_long_as_the_gap_limit_is_a_gap(int minutes, int empty, int pieces)
    {
        var buckets = new List<DeviceStateAggregate>();
        for (var index = 0; index < empty + 2; index++)
        {
            buckets.Add(Bucket(Now.AddMinutes(index * minutes), minutes, index == 0 || index == empty + 1 ? 50 : null));
        }
        var telemetry = new DeviceTelemetry(Now, Now.AddHours(6), null, buckets);

        var series = Assert.Single(DeviceSeries.Charge(telemetry, GapLimit));

        Assert.Equal(pieces, SampleRuns.Find(series.Samples, telemetry.Start, telemetry.End, series.GapLimit).Count);
        Assert.Equal((50, 45, 55), (series.Samples[0].Value, series.Samples[0].Min, series.Samples[0].Max));
    }

    [Fact]
    public void Charts_of_sums_show_the_target_and_the_reserve_of_now()
    {
        var guides = DeviceSeries.Guides(new DeviceTelemetry(Now.AddDays(-7), Now, null, []), Record(Now, 50));

        Assert.Equal([("Reserve now", 0, 20), ("Target now", 80, null)],
            guides.Select(guide => (guide.Name, guide.Value, guide.Until)));
    }

    [Fact]
    public void The_calls_submit_a_body_that_the_server_would_take_and_hold_no_token()
    {
        var server = new Uri("https://plateau.example:8443/console/");
        var call = CurlText.Submit(server, SomeDevice(), Record(Now, 34.2), Now);

        Assert.StartsWith(
            "TOKEN=$(curl -fsS -u acc_1 https://plateau.example:8443/login \\\n  | sed ",
            CurlText.SignIn(server, "acc_1"),
            StringComparison.Ordinal);
        Assert.StartsWith(
            "curl -X PUT https://plateau.example:8443/devices/dev_000000000000000000000001/state", call,
            StringComparison.Ordinal);
        Assert.Contains("\"Authorization: Bearer $TOKEN\"", call, StringComparison.Ordinal);
        var body = JsonNode.Parse(call[(call.IndexOf("-d '", StringComparison.Ordinal) + 4)..call.LastIndexOf('\'')])!;
        Assert.Equal("2026-06-15T12:00:00Z", body["time"]!.GetValue<string>());
        Assert.Equal(34.2, body["state_of_charge_percent"]!.GetValue<double>());
        Assert.Equal("loc_000000000000000000000001", body["location_id"]!.GetValue<string>());
    }

    [Fact]
    public void Withdrawing_telemetry_says_that_states_are_neither_taken_nor_shown()
    {
        var telemetry = Assert.Single(ConsentText.All, consent => consent.Name == "Telemetry");

        Assert.Contains("no state of this device is taken", telemetry.Withdrawing, StringComparison.Ordinal);
        Assert.Contains("not shown", telemetry.Withdrawing, StringComparison.Ordinal);
        Assert.Equal(new ConsentsDraft { Telemetry = false }, telemetry.Change(false));
    }

    [Fact]
    public void Every_consent_changes_itself_and_no_other() => Assert.All(ConsentText.All, consent =>
    {
        ConsentSet Applied(ConsentsDraft draft) => new(
            draft.Information ?? false, draft.Telemetry ?? false, draft.Control ?? false, draft.GeoLocation ?? false);
        Assert.True(consent.IsGiven(Applied(consent.Change(true))));
        Assert.Single(ConsentText.All, other => other.IsGiven(Applied(consent.Change(true))));
    });

    [Fact]
    public void Changes_of_consents_are_told_by_what_they_changed()
    {
        var none = new ConsentSet(false, false, false, false);

        Assert.Equal(
            "Registered with Telemetry and Information",
            ConsentText.Describe(Change(null, none with { Telemetry = true, Information = true })));
        Assert.Equal(
            "Control given, Telemetry withdrawn",
            ConsentText.Describe(Change(none with { Telemetry = true }, none with { Control = true })));
    }

    [Fact]
    public void Only_what_is_told_of_a_device_is_listed_with_its_unit()
    {
        var groups = PropertyRows.Of(
            new DeviceProperties
            {
                Battery = new BatteryProperties { CapacityKwh = 13.5, RoundTripEfficiency = 0.92 },
                Pv = new PvProperties { Azimuth = 180, TerrainShading = false }, HeatPump = new HeatPumpProperties(),
            },
            TimeZoneInfo.Utc, English);

        Assert.Equal(["Battery", "Solar"], groups.Select(group => group.Name));
        Assert.Equal([("Capacity", "13.5 kWh"), ("Round-trip efficiency", "92 %")], groups[0].Rows);
        Assert.Equal([("Faces", "south (180°)"), ("Shaded by terrain", "no")], groups[1].Rows);
    }

    [Theory]
    [InlineData(0, "north (0°)")]
    [InlineData(90, "west (90°)")]
    [InlineData(-90, "east (-90°)")]
    [InlineData(-180, "south (-180°)")]
    [InlineData(-1, "north (-1°)")]
    public void Directions_are_counted_anticlockwise_from_north(double azimuth, string text) =>
        Assert.Equal(text, PropertyRows.Direction(azimuth, English));

    private static DeviceState Record(DateTimeOffset time, double charge, double? power = null) => new()
    {
        Id = Id<DeviceStateId>($"dsr_{Instant.ToUnixMicroseconds(time):x24}"),
        AccountId = Id<AccountId>("acc_000000000000000000000001"),
        DeviceId = Id<DeviceId>("dev_000000000000000000000001"),
        LocationId = Id<LocationId>("loc_000000000000000000000001"), Time = time, TimeCreated = time,
        StateOfChargePercent = charge, TargetStateOfChargePercent = 80, BackupReservePercent = 20,
        BatteryPowerKw = power,
    };

    private static DeviceStateAggregate Bucket(DateTimeOffset start, int minutes, double? charge) => new()
    {
        StartTime = start, EndTime = start.AddMinutes(minutes), Count = charge is null ? 0 : 1,
        StateOfChargePercent = charge is { } mean ? new(mean, mean - 5, mean + 5, mean, mean) : null,
        BatteryPowerKw = null, EnergyChargedKwh = null, EnergyDischargedKwh = null,
    };

    private static ConsentChange Change(ConsentSet? from, ConsentSet to) => new()
    {
        Id = Id<ConsentChangeId>("cch_000000000000000000000001"), LiveMode = false,
        DeviceId = Id<DeviceId>("dev_000000000000000000000001"), KeyId = Id<KeyId>("key_000000000000000000000001"),
        Time = Now, From = from, To = to,
    };

    private static Device SomeDevice() => new()
    {
        Id = Id<DeviceId>("dev_000000000000000000000001"), LiveMode = false,
        AccountId = Id<AccountId>("acc_000000000000000000000001"), Controlled = true, Properties = new(),
        Consents = new()
        {
            TimeCreated = Now, TimeUpdated = Now, Information = true, Telemetry = true, Control = false,
            GeoLocation = false,
        },
        Timezone = "UTC", GeoLocation = null, VppParticipation = null, Locations = [], TimeCreated = Now,
        LastSeen = null,
    };

    private static TId Id<TId>(string text) where TId : struct, IObjectId<TId> => ObjectIdText.Parse<TId>(text);
}
