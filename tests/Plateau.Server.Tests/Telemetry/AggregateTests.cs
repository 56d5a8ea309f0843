using System.Net;
using System.Text.Json.Nodes;
using Plateau.Contracts;

namespace Plateau.Server.Tests.Telemetry;

/// <summary>Sums of records, against sums that are made the plain way.</summary>
public sealed class AggregateTests
{
    private static readonly DateTimeOffset Start = new(2022, 3, 26, 0, 0, 0, TimeSpan.Zero);

    [Theory, EveryStore]
    public async Task Buckets_of_rows_and_chunks_are_those_of_the_records(Store store)
    {
        await using var server = await TestServer.StartAsync(
            store, settings: new Dictionary<string, string?> { ["Plateau:Telemetry:PackAfterMinutes"] = "0" });
        var location = await server.Api.CreateLocationAsync();
        var chance = new Random(7_412);
        var fleet = new List<(string Device, double? Capacity, List<PlainSample> Samples)>();
        foreach (var capacity in new double?[] { 10, 4, null })
        {
            var properties = capacity is { } kwh ? $$$""","properties":{"battery":{"capacity_kwh":{{{kwh}}}}}""" : "";
            var device = await server.Api.CreateDeviceAsync($$"""{"locations":["{{location}}"]{{properties}}}""");
            var samples = await SubmitAsync(server, device, location, chance);
            fleet.Add((device, capacity, samples));
        }
        (string Interval, string From, string To, string Zone)[] cases =
        [
            ("PT30M", "2022-03-26T06:10:00Z", "2022-03-27T06:00:00Z", "Europe/London"),
            ("PT5M", "2022-03-26T20:00:00Z", "2022-03-27T03:00:00Z", "Europe/London"),
            ("P1D", "2022-03-26T12:00:00Z", "2022-03-28T12:00:00Z", "Europe/London"),
            ("P1M", "2022-03-26T12:00:00Z", "2022-03-28T12:00:00Z", "Europe/London"),
        ];

        foreach (var (interval, from, to, zone) in cases)
        {
            var query = $"?interval={interval}&start_time={from}&end_time={to}";
            var bucketsOf = new List<JsonArray>();
            foreach (var (device, _, samples) in fleet)
            {
                var answer = await server.Api.GetAsync($"/devices/{device}/states/aggregates{query}");
                Assert.Equal(HttpStatusCode.OK, answer.Status);
                Assert.Equal(zone, answer.Body["timezone"]!.GetValue<string>());
                var buckets = answer.Body["data"]!.AsArray();
                bucketsOf.Add(buckets);
                Assert.All(buckets, bucket => PlainAggregates.AssertBucket(bucket!, samples));
            }
            var all = (await server.Api.GetAsync($"/device-states/aggregates{query}&timezone={zone}")).Body;
            AssertFleet(all["data"]!.AsArray(), bucketsOf, [.. fleet.Select(one => one.Capacity)]);
        }
        var days = (await server.Api.GetAsync(
            $"/devices/{fleet[0].Device}/states/aggregates{"?interval=P1D"}&start_time=2022-03-26T12:00:00Z"
            + "&end_time=2022-03-28T12:00:00Z")).Body["data"]!.AsArray();
        Assert.Equal(
            [24, 23, 24],
            days.Select(day =>
                (PlainAggregates.Time(day!, "end_time") - PlainAggregates.Time(day!, "start_time")).TotalHours));
    }

    [Theory, EveryStore]
    public async Task Without_records_nothing_is_zero(Store store)
    {
        await using var server = await TestServer.StartAsync(store);
        var device = await server.Api.CreateDeviceAsync();
        const string query = "?interval=PT1H&start_time=2022-01-01T00:00:00Z&end_time=2022-01-01T01:00:00Z";

        var one = (await server.Api.GetAsync($"/devices/{device}/states/aggregates{query}")).Body["data"]![0]!;
        var fleet = (await server.Api.GetAsync($"/device-states/aggregates{query}")).Body["data"]![0]!;

        const string period = """
            "start_time":"2022-01-01T00:00:00Z","end_time":"2022-01-01T01:00:00Z"
            """;
        const string nothing = """
            "state_of_charge_percent":null,"battery_power_kw":null,"energy_charged_kwh":null,
            """;
        const string end = """
            "energy_discharged_kwh":null}
            """;
        Assert.Equal(
            $$"""{"object":"device_state_aggregate",{{period}},"count":0,{{nothing}}{{end}}""", one.ToJsonString());
        Assert.Equal(
            $$"""{"object":"fleet_state_aggregate",{{period}},"count":0,"devices":0,{{nothing}}{{end}}""",
            fleet.ToJsonString());
    }

    [Theory, EveryStore]
    public async Task What_is_wrong_with_a_query_is_told_at_once(Store store)
    {
        await using var server = await TestServer.StartAsync(store);
        var device = await server.Api.CreateDeviceAsync();
        (string Query, string[] Codes)[] cases =
        [
            ("", ["interval_missing", "start_time_missing"]),
            ("?interval=PT7M&start_time=yesterday", ["interval_invalid", "start_time_invalid"]),
            ("?interval=PT5M&start_time=2022-01-02T00:00:00Z&end_time=2022-01-01T00:00:00Z", ["end_time_invalid"]),
            ("?interval=PT5M&start_time=2022-01-01T00:00:00Z&end_time=2022-03-01T00:00:00Z", ["end_time_invalid"]),
            ("?interval=P1M&start_time=1022-01-01T00:00:00Z&end_time=2022-03-01T00:00:00Z", ["start_time_invalid"]),
            ("?interval=P1M&start_time=2022-01-01T00:00:00Z&more=1", ["more_unknown"]),
        ];

        foreach (var (query, codes) in cases)
        {
            foreach (var path in new[] { $"/devices/{device}/states/aggregates", "/device-states/aggregates" })
            {
                var answer = await server.Api.GetAsync(path + query);
                Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
                Assert.Equal(
                    codes.Order(),
                    answer.Body["errors"]!.AsArray().Select(one => one!["code"]!.GetValue<string>()).Order());
            }
        }
        var zone = await server.Api.GetAsync(
            "/device-states/aggregates?interval=P1M&start_time=2022-01-01T00:00:00Z&timezone=Mars/Olympus");
        Assert.Equal("timezone_invalid", zone.Body["code"]!.GetValue<string>());
        await server.Api.PatchAsync($"/devices/{device}", """{"consents":{"telemetry":false}}""");
        var refused = await server.Api.GetAsync(
            $"/devices/{device}/states/aggregates?interval=P1M&start_time=2022-01-01T00:00:00Z");
        Assert.Equal(HttpStatusCode.Forbidden, refused.Status);
    }

    private static async Task<List<PlainSample>> SubmitAsync(
        TestServer server, string device, string location, Random chance)
    {
        var samples = new List<PlainSample>();
        for (var number = 0; number < 90; number++)
        {
            // Two and a half days, with gaps longer and shorter than the limit, some at one time, some without power.
            var time = Start.AddSeconds(chance.Next(0, 216_000));
            var power = chance.Next(6) == 0 ? (double?)null : chance.Next(-50, 50) / 10.0;
            var sample = new PlainSample(time, chance.Next(0, 1000) / 10.0, power);
            var member = power is { } kw ? FormattableString.Invariant($",\"battery_power_kw\":{kw}") : "";
            var body = FormattableString.Invariant($$"""
                {"location_id":"{{location}}","time":"{{Instant.Format(time)}}","record_reference_id":"R{{number}}",
                "state_of_charge_percent":{{sample.Charge}},"target_state_of_charge_percent":80
                {{member}}}
                """);
            Assert.Equal(HttpStatusCode.OK, (await server.Api.PutAsync($"/devices/{device}/state", body)).Status);
            samples.Add(sample);
            if (number is 30 or 60)
            {
                await server.PackAsync();
            }
        }
        return [.. samples.OrderBy(sample => sample.Time)];
    }

    private static void AssertFleet(JsonArray fleet, List<JsonArray> devices, List<double?> capacities)
    {
        Assert.Equal(devices[0].Count, fleet.Count);
        for (var index = 0; index < fleet.Count; index++)
        {
            var reporting = devices.Select((buckets, number) => (Bucket: buckets[index]!, Capacity: capacities[number]))
                .Where(one => one.Bucket["count"]!.GetValue<int>() > 0).ToList();
            var bucket = fleet[index]!;
            Assert.Equal(reporting.Count, bucket["devices"]!.GetValue<int>());
            Assert.Equal(reporting.Sum(one => one.Bucket["count"]!.GetValue<int>()), bucket["count"]!.GetValue<int>());
            AssertSum(reporting.Select(one => one.Bucket["battery_power_kw"]?["mean"]), bucket["battery_power_kw"]);
            AssertSum(reporting.Select(one => one.Bucket["energy_charged_kwh"]), bucket["energy_charged_kwh"]);
            var known = reporting.Where(one => one.Capacity is not null).ToList();
            if (known.Count == 0)
            {
                Assert.Null(bucket["state_of_charge_percent"]);
                continue;
            }
            var weighted = known.Sum(one =>
                one.Capacity!.Value * one.Bucket["state_of_charge_percent"]!["mean"]!.GetValue<double>());
            var capacity = known.Sum(one => one.Capacity!.Value);
            Assert.Equal(weighted / capacity, bucket["state_of_charge_percent"]!.GetValue<double>(), 9);
        }
    }

    private static void AssertSum(IEnumerable<JsonNode?> parts, JsonNode? sum)
    {
        var known = parts.Where(part => part is not null).Select(part => part!.GetValue<double>()).ToList();
        Assert.Equal(known.Count == 0, sum is null);
        if (sum is not null)
        {
            Assert.Equal(known.Sum(), sum.GetValue<double>(), 9);
        }
    }
}
