using System.Net;
using System.Text.Json.Nodes;

namespace Plateau.Server.Tests.Telemetry;

/// <summary>A damaged chunk of one day keeps nothing else from being taken or erased.</summary>
public sealed class DamagedChunkTests
{
    [Theory, EveryStore]
    public async Task What_cannot_be_kept_beside_it_is_named_and_the_rest_is_kept(Store store)
    {
        await using var server = await TestServer.StartAsync(store);
        var location = await server.Api.CreateLocationAsync();
        var device = await server.Api.CreateDeviceAsync($$"""{"locations":["{{location}}"]}""");
        await SubmitAsync(server, Day(device, location, 1, 0, 20));
        await DamageAsync(server);

        var batch = await SubmitAsync(
            server, [.. Day(device, location, 1, 20, 40), .. Day(device, location, 2, 0, 20)]);

        Assert.Equal(20, batch["records_accepted"]!.GetValue<int>());
        var failed = batch["failed_records"]!.AsArray();
        Assert.Equal(Enumerable.Range(0, 20), failed.Select(one => one!["record_num"]!.GetValue<int>()));
        Assert.All(failed, one => Assert.Equal("internal_error", one!["code"]!.GetValue<string>()));
    }

    [Theory, EveryStore]
    public async Task Other_ranges_are_erased(Store store)
    {
        await using var server = await TestServer.StartAsync(store);
        var location = await server.Api.CreateLocationAsync();
        var damaged = await server.Api.CreateDeviceAsync($$"""{"locations":["{{location}}"]}""");
        await SubmitAsync(server, Day(damaged, location, 1, 0, 20));
        await DamageAsync(server);
        var whole = await server.Api.CreateDeviceAsync($$"""{"locations":["{{location}}"]}""");
        await SubmitAsync(server, Day(whole, location, 1, 0, 20));

        foreach (var device in new[] { damaged, whole })
        {
            var erased = await server.Api.DeleteAsync(
                $"/devices/{device}/states?start_time=2022-02-01T00:05:00Z&end_time=2022-02-02T00:00:00Z");
            Assert.Equal(HttpStatusCode.Accepted, erased.Status);
        }

        await Until.TrueAsync("the range of the other is erased", async () =>
            (await server.Api.GetAsync($"/devices/{whole}/states")).Body["data"]!.AsArray().Count == 5);
        await Until.TrueAsync(
            "only what cannot be erased is still to be", async () => await server.CountAsync("range_erasures") == 1);
    }

    private static IEnumerable<string> Day(string device, string location, int day, int from, int to) =>
        Enumerable.Range(from, to - from).Select(minute =>
        {
            var state = Some.State(location, $"A{day}-{minute}", time: $"2022-02-{day:D2}T00:{minute:D2}:00Z");
            return $$"""{"device_id":"{{device}}",{{state.Trim()[1..]}}""";
        });

    private static async Task<JsonNode> SubmitAsync(TestServer server, IEnumerable<string> items)
    {
        var answer = await server.Api.PostAsync("/device-states", $$"""{"data":[{{string.Join(',', items)}}]}""");
        Assert.Equal(HttpStatusCode.OK, answer.Status);
        return answer.Body;
    }

    // The chunk's own bytes stay as many as they were; the last ones say something else.
    private static Task DamageAsync(TestServer server) => server.ExecuteAsync(
        server.Store.Kind == Store.Postgres
            ? "update state_chunks set data = overlay(data placing '\\xffffffff'::bytea from length(data) - 3)"
            : "update state_chunks set data = substr(data, 1, length(data) - 4) || x'ffffffff'");
}
