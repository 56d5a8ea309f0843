using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace Plateau.Server.Tests.Telemetry;

/// <summary>Many states in one call, and streams of them.</summary>
public sealed class BatchTests
{
    [Theory, EveryStore]
    public async Task What_is_right_is_kept_and_what_is_wrong_is_named(Store store)
    {
        await using var server = await TestServer.StartAsync(store);
        var location = await server.Api.CreateLocationAsync();
        var device = await server.Api.CreateDeviceAsync();
        var silent = await server.Api.CreateDeviceAsync("""{"consents":{"telemetry":false}}""");
        await server.Api.PutAsync($"/devices/{device}/state", Some.State(location, "kept before"));
        string[] items =
        [
            Item(device, Some.State(location, "new")),
            Item(device, Some.State(location, "kept before")),
            Item(device, Some.State(location, "kept before", charge: 1)),
            Item(silent, Some.State(location, "silent")),
            Item("dev_000000000000000000000000", Some.State(location, "nobody")),
            Item(device, Some.State("loc_000000000000000000000000", "nowhere")),
            Item(device, Some.State(location, "too much", charge: 101)),
            "17",
            Item(device, Some.State(location, reference: null)),
            Item(device, Some.State(location, "new")),
        ];

        var answer = await server.Api.PostAsync("/device-states", $$"""{"data":[{{string.Join(',', items)}}]}""");

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.StartsWith("bat_", answer.Body["id"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal(10, answer.Body["records_submitted"]!.GetValue<int>());
        Assert.Equal(2, answer.Body["records_accepted"]!.GetValue<int>());
        Assert.Equal(2, answer.Body["records_replayed"]!.GetValue<int>());
        Assert.Equal(
            [
                (2, "record_reference_id_conflict", "kept before"), (3, "telemetry_consent_missing", "silent"),
                (4, "device_not_found", "nobody"), (5, "location_not_found", "nowhere"),
                (6, "state_of_charge_percent_invalid", "too much"), (7, "json_invalid", null),
            ],
            answer.Body["failed_records"]!.AsArray().Select(one => (
                one!["record_num"]!.GetValue<int>(), one["code"]!.GetValue<string>(),
                one["record_reference_id"]?.GetValue<string>())));
        Assert.Equal(device, answer.Body["failed_records"]![4]!["device_id"]!.GetValue<string>());
        Assert.Equal(3, await server.CountAsync("device_states"));
    }

    [Theory, EveryStore]
    public async Task Past_records_of_a_batch_are_packed_at_once_and_repeated_as_any(Store store)
    {
        await using var server = await TestServer.StartAsync(store);
        var location = await server.Api.CreateLocationAsync();
        var device = await server.Api.CreateDeviceAsync($$"""{"locations":["{{location}}"]}""");
        await server.Api.PutAsync($"/devices/{device}/state", Some.State(location, "A5", time: "2022-02-01T10:05:00Z"));
        var items = Enumerable.Range(0, 40).Select(minute => Item(
            device, Some.State(location, $"A{minute}", time: $"2022-02-01T10:{minute:D2}:00Z"))).ToList();
        var body = $$"""{"data":[{{string.Join(',', items)}}]}""";

        var first = await server.Api.PostAsync("/device-states", body);
        var again = await server.Api.SendAsync(Gzip("/device-states", body, "application/json"));
        var single = await server.Api.PutAsync(
            $"/devices/{device}/state", Some.State(location, "A7", time: "2022-02-01T10:07:00Z"));
        var conflict = await server.Api.PutAsync(
            $"/devices/{device}/state", Some.State(location, "A7", charge: 3, time: "2022-02-01T10:07:00Z"));

        Assert.Equal(39, first.Body["records_accepted"]!.GetValue<int>());
        Assert.Equal(1, first.Body["records_replayed"]!.GetValue<int>());
        Assert.Equal(40, again.Body["records_replayed"]!.GetValue<int>());
        Assert.Equal(1, await server.CountAsync("device_states"));
        Assert.Equal(1, await server.CountAsync("state_chunks"));
        Assert.True(single.IsReplayed);
        Assert.Equal(HttpStatusCode.Conflict, conflict.Status);
        var history = await server.Api.GetAsync($"/devices/{device}/states?limit=100");
        Assert.Equal(
            Enumerable.Range(0, 40).Select(minute => $"A{39 - minute}"),
            history.Body["data"]!.AsArray().Select(one => one!["record_reference_id"]!.GetValue<string>()));
        Assert.NotNull((await server.Api.GetAsync($"/devices/{device}")).Body["last_seen"]);
    }

    [Theory, EveryStore]
    public async Task A_batch_that_is_wrong_as_a_whole_keeps_nothing(Store store)
    {
        await using var server = await TestServer.StartAsync(store);
        var location = await server.Api.CreateLocationAsync();
        var device = await server.Api.CreateDeviceAsync();
        var item = Item(device, Some.State(location));
        (string Body, string Code)[] cases =
        [
            ("[]", "json_invalid"), ("{}", "data_missing"), ("""{"data":{}}""", "data_invalid"),
            ($$"""{"data":[{{item}}],"more":1}""", "more_unknown"), ($$"""{"data":[{{item}}]""", "json_invalid"),
            ($$"""{"data":[{{item}}],"data":[]}""", "data_duplicate"),
            ($$"""{"data":[{{string.Join(',', Enumerable.Repeat("1", 10_001))}}]}""", "data_invalid"),
        ];

        foreach (var (body, code) in cases)
        {
            var answer = await server.Api.PostAsync("/device-states", body);
            Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
            Assert.Equal(code, answer.Body["code"]!.GetValue<string>());
        }
        var tooLong = await server.Api.PostAsync("/device-states", new string(' ', (16 * 1024 * 1024) + 1));
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, tooLong.Status);
        using var notGzip = Gzip("/device-states", "{}", "application/json");
        notGzip.Content = new StringContent("{}", Encoding.UTF8, "application/json");
        notGzip.Content.Headers.ContentEncoding.Add("gzip");
        Assert.Equal("json_invalid", (await server.Api.SendAsync(notGzip)).Body["code"]!.GetValue<string>());
        using var brotli = new HttpRequestMessage(HttpMethod.Post, "/device-states")
        {
            Content = new StringContent("{}", Encoding.UTF8, "application/json"),
        };
        brotli.Content.Headers.ContentEncoding.Add("br");
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, (await server.Api.SendAsync(brotli)).Status);
        Assert.Equal(0, await server.CountAsync("device_states"));
    }

    [Theory, EveryStore]
    public async Task An_import_tells_what_is_durable_and_names_what_is_not(Store store)
    {
        await using var server = await TestServer.StartAsync(store);
        var location = await server.Api.CreateLocationAsync();
        var device = await server.Api.CreateDeviceAsync($$"""{"locations":["{{location}}"]}""");
        var lines = new StringBuilder();
        for (var minute = 0; minute < 3_000; minute++)
        {
            var time = DateTimeOffset.UnixEpoch.AddYears(52).AddMinutes(minute).ToString("yyyy-MM-ddTHH:mm:ssZ", null);
            var line = Item(device, Some.State(location, $"A{minute}", time: time)).ReplaceLineEndings("");
            lines.Append(line).Append("\r\n");
        }
        lines.Append("\n   \n{\"device_id\":\"").Append('x', 70_000).Append("\"}\n{no json\n");
        lines.Append(Item(device, Some.State(location, "last")).ReplaceLineEndings(""));

        var plain = await ImportAsync(server, lines.ToString(), gzip: false);
        var again = await ImportAsync(server, lines.ToString(), gzip: true);

        Assert.Equal("completed", plain["status"]!.GetValue<string>());
        Assert.Equal(3_003, plain["records_read"]!.GetValue<int>());
        Assert.Equal(3_001, plain["records_accepted"]!.GetValue<int>());
        Assert.Equal(3_001, plain["records_durable"]!.GetValue<int>());
        Assert.Equal(2, plain["records_failed"]!.GetValue<int>());
        Assert.Equal(3_001, again["records_replayed"]!.GetValue<int>());
        Assert.Equal(3, await server.CountAsync("state_chunks"));
        var sum = await server.Api.GetAsync(
            $"/devices/{device}/states/aggregates?interval=P1M"
            + "&start_time=2022-01-01T00:00:00Z&end_time=2022-02-02T00:00:00Z");
        Assert.Equal([3_000, 1], sum.Body["data"]!.AsArray().Select(one => one!["count"]!.GetValue<int>()));
    }

    private static async Task<JsonNode> ImportAsync(TestServer server, string lines, bool gzip)
    {
        using var request = gzip
            ? Gzip("/device-states/import", lines, "application/x-ndjson")
            : new HttpRequestMessage(HttpMethod.Post, "/device-states/import")
            {
                Content = new StringContent(lines, Encoding.UTF8, "application/x-ndjson"),
            };
        var answer = await server.Api.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, answer.Status);
        return JsonNode.Parse(answer.Text.TrimEnd().Split('\n')[^1])!;
    }

    private static HttpRequestMessage Gzip(string path, string body, string mediaType)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(Encoding.UTF8.GetBytes(body));
        }
        var request = new HttpRequestMessage(HttpMethod.Post, path)
        {
            Content = new ByteArrayContent(packed.ToArray()),
        };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue(mediaType);
        request.Content.Headers.ContentEncoding.Add("gzip");
        return request;
    }

    private static string Item(string device, string state) => $$"""{"device_id":"{{device}}",{{state.Trim()[1..]}}""";
}
