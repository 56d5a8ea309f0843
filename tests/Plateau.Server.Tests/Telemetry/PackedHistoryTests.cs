using System.Net;
using System.Text.Json.Nodes;
using Plateau.Contracts;

namespace Plateau.Server.Tests.Telemetry;

/// <summary>Records that are packed in between stay what they were, through every door.</summary>
public sealed class PackedHistoryTests
{
    private static readonly Dictionary<string, string?> PackAtOnce = new()
    {
        ["Plateau:Telemetry:PackAfterMinutes"] = "0",
    };

    [Theory, EveryStore]
    public async Task Records_stay_what_they_were_while_they_are_packed(Store store)
    {
        await using var server = await TestServer.StartAsync(store, settings: PackAtOnce);
        var location = await server.Api.CreateLocationAsync();
        var device = await server.Api.CreateDeviceAsync();
        var chance = new Random(20_261_123);
        var sent = new List<(string Body, JsonNode Answer)>();
        for (var number = 0; number < 120; number++)
        {
            // Over four days, some at equal times, some without a reference, in any order.
            var time = new DateTimeOffset(2022, 2, 1, 0, 0, 0, TimeSpan.Zero)
                .AddMinutes(chance.Next(0, 4 * 24 * 4) * 15);
            var reference = chance.Next(5) == 0 ? null : $"MET{number:D6}";
            var body = Some.State(location, reference, chance.Next(0, 1000) / 10.0, Instant.Format(time));
            var answer = await server.Api.PutAsync($"/devices/{device}/state", body);
            Assert.Equal(HttpStatusCode.OK, answer.Status);
            sent.Add((body, answer.Body));
            if (number % 25 == 24)
            {
                await server.PackAsync();
            }
        }

        Assert.NotEqual(0, await server.CountAsync("state_chunks"));
        Assert.InRange(await server.CountAsync("device_states"), 1, 100);
        await AssertHistoryAsync(server, device, sent);
        var latest = await server.Api.GetAsync($"/devices/{device}/state");
        await server.PackAsync();
        Assert.Equal(1, await server.CountAsync("device_states"));
        await AssertHistoryAsync(server, device, sent);
        Assert.Equal(latest.Text, (await server.Api.GetAsync($"/devices/{device}/state")).Text);
        Assert.Equal(
            sent.Max(one => JsonNode.Parse(one.Body)!["time"]!.GetValue<string>()),
            latest.Body["time"]!.GetValue<string>());
    }

    [Theory, EveryStore]
    public async Task A_packed_record_is_repeated_and_contradicted_as_a_fresh_one(Store store)
    {
        await using var server = await TestServer.StartAsync(store, settings: PackAtOnce);
        var location = await server.Api.CreateLocationAsync();
        var device = await server.Api.CreateDeviceAsync();
        var path = $"/devices/{device}/state";
        var first = await server.Api.PutAsync(path, Some.State(location, "A"));
        await server.Api.PutAsync(path, Some.State(location, "B", time: "2022-02-01T10:31:00Z"));
        await server.PackAsync();
        Assert.Equal(1, await server.CountAsync("device_states"));

        var repeated = await server.Api.PutAsync(path, Some.State(location, "A"));
        var contradicted = await server.Api.PutAsync(path, Some.State(location, "A", charge: 50));
        var late = await server.Api.PutAsync(path, Some.State(location, "C", time: "2022-02-01T10:29:59Z"));
        var lateAgain = await server.Api.PutAsync(path, Some.State(location, "C", time: "2022-02-01T10:29:59Z"));
        var elsewhere = await server.Api.CreateLocationAsync();
        var placed = await server.Api.PutAsync(path, Some.State(elsewhere, "D", time: "2022-02-01T10:29:58Z"));
        var repeatedElsewhere = await server.Api.PutAsync(path, Some.State(elsewhere, "A"));

        Assert.Equal(first.Text, repeated.Text);
        Assert.True(repeated.IsReplayed);
        Assert.Equal(HttpStatusCode.Conflict, contradicted.Status);
        Assert.Contains(first.Body["id"]!.GetValue<string>(), contradicted.Text, StringComparison.Ordinal);
        Assert.False(late.IsReplayed);
        Assert.Equal(late.Text, lateAgain.Text);
        Assert.Equal(HttpStatusCode.OK, placed.Status);
        Assert.Equal(HttpStatusCode.Conflict, repeatedElsewhere.Status);
        var references = (await server.Api.GetAsync($"/devices/{device}/states")).Body["data"]!.AsArray()
            .Select(one => one!["record_reference_id"]!.GetValue<string>());
        Assert.Equal(["B", "A", "C", "D"], references);
        await server.Api.PatchAsync($"/devices/{device}", """{"consents":{"telemetry":false}}""");
        Assert.Equal(HttpStatusCode.Forbidden, (await server.Api.PutAsync(path, Some.State(location, "A"))).Status);
    }

    [Theory, EveryStore]
    public async Task Deleting_a_device_erases_its_packed_records_too(Store store)
    {
        await using var server = await TestServer.StartAsync(store, settings: PackAtOnce);
        var location = await server.Api.CreateLocationAsync();
        var device = await server.Api.CreateDeviceAsync();
        for (var minute = 10; minute < 20; minute++)
        {
            await server.Api.PutAsync(
                $"/devices/{device}/state", Some.State(location, $"A{minute}", time: $"2022-02-01T10:{minute}:00Z"));
        }
        await server.PackAsync();
        Assert.Equal(1, await server.CountAsync("state_chunks"));

        await server.Api.DeleteAsync($"/devices/{device}");

        await Until.TrueAsync("its records are gone", async () =>
            await server.CountAsync("state_chunks") + await server.CountAsync("device_states") == 0);
    }

    private static async Task AssertHistoryAsync(
        TestServer server, string device, List<(string Body, JsonNode Answer)> sent)
    {
        var expected = sent.Select(one => (
                Time: JsonNode.Parse(one.Body)!["time"]!.GetValue<string>(), Id: one.Answer["id"]!.GetValue<string>()))
            .OrderByDescending(one => one.Time, StringComparer.Ordinal)
            .ThenByDescending(one => one.Id, StringComparer.Ordinal).Select(one => one.Id).ToList();
        foreach (var limit in new[] { 7, 100 })
        {
            Assert.Equal(expected, await WalkAsync(server, device, limit));
            Assert.Equal(expected[..^1], await WalkBackAsync(server, device, limit, expected[^1]));
        }
        var half = expected.FindIndex(id => sent.Exists(one => one.Answer["id"]!.GetValue<string>() == id
            && one.Body.Contains("2022-02-02T", StringComparison.Ordinal)));
        var range = await server.Api.GetAsync(
            $"/devices/{device}/states?start_time=2022-02-02T00:00:00Z&end_time=2022-02-03T00:00:00Z&limit=5");
        Assert.Equal(expected[half..(half + 5)], Ids(range.Body));
        foreach (var (body, answer) in sent.Where(one => one.Body.Contains("MET", StringComparison.Ordinal)).Take(10))
        {
            var repeat = await server.Api.PutAsync($"/devices/{device}/state", body);
            Assert.True(repeat.IsReplayed);
            Assert.Equal(answer.ToJsonString(), repeat.Body.ToJsonString());
            var reference = JsonNode.Parse(body)!["record_reference_id"]!.GetValue<string>();
            var found = await server.Api.GetAsync($"/devices/{device}/states?record_reference_id={reference}");
            Assert.Equal([answer["id"]!.GetValue<string>()], Ids(found.Body));
        }
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/devices/{device}/states");
        request.Headers.Accept.ParseAdd("text/csv");
        var csv = (await server.Api.SendAsync(request)).Text.Split("\r\n");
        Assert.Equal(expected, csv[1..^1].Select(line => line.Split(',')[0]));
    }

    private static async Task<List<string>> WalkAsync(TestServer server, string device, int limit)
    {
        var ids = new List<string>();
        var more = true;
        while (more)
        {
            var after = ids.Count > 0 ? $"&starting_after={ids[^1]}" : "";
            var page = (await server.Api.GetAsync($"/devices/{device}/states?limit={limit}{after}")).Body;
            ids.AddRange(Ids(page));
            more = page["has_more"]!.GetValue<bool>();
        }
        return ids;
    }

    private static async Task<List<string>> WalkBackAsync(TestServer server, string device, int limit, string from)
    {
        var ids = new List<string>();
        var more = true;
        while (more)
        {
            var before = ids.Count > 0 ? ids[0] : from;
            var path = $"/devices/{device}/states?limit={limit}&ending_before={before}";
            var page = (await server.Api.GetAsync(path)).Body;
            ids.InsertRange(0, Ids(page));
            more = page["has_more"]!.GetValue<bool>();
        }
        return ids;
    }

    private static IEnumerable<string> Ids(JsonNode page) =>
        page["data"]!.AsArray().Select(one => one!["id"]!.GetValue<string>());
}
