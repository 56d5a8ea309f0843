using System.Net;
using System.Text.Json.Nodes;

namespace Plateau.Server.Tests.Devices;

/// <summary>Paging through a fleet that changes.</summary>
public sealed class DeviceWalkTests
{
    private const int FleetSize = 1_000;

    [Theory, EveryStore]
    public async Task Walks_over_a_changing_fleet_skip_and_repeat_nothing(Store store)
    {
        await using var server = await TestServer.StartAsync(store);
        var api = server.Api;
        var fleet = await CreateAsync(api, FleetSize);
        var doomed = fleet.Where((_, index) => index % 10 == 3).ToArray();
        var lasting = fleet.Except(doomed).ToHashSet();

        var changes = Task.Run(async () =>
        {
            foreach (var device in doomed)
            {
                Assert.Equal(HttpStatusCode.Accepted, (await api.DeleteAsync($"/devices/{device}")).Status);
                await api.CreateDeviceAsync();
            }
        }, TestContext.Current.CancellationToken);
        var forwards = await WalkAsync(api, "starting_after", page => page[^1]);
        var backwards = await WalkAsync(api, "ending_before", page => page[0], from: fleet.Min()!);
        await changes;

        Assert.Equal(forwards.Count, forwards.Distinct().Count());
        Assert.Equal(forwards.OrderDescending(), forwards);
        Assert.Superset(lasting, forwards.ToHashSet());
        Assert.Equal(backwards.Count, backwards.Distinct().Count());
        Assert.Superset(lasting.Where(device => device != fleet.Min()).ToHashSet(), backwards.ToHashSet());
    }

    [Theory, EveryStore]
    public async Task Both_directions_give_the_same_pages_newest_first(Store store)
    {
        await using var server = await TestServer.StartAsync(store);
        var fleet = (await CreateAsync(server.Api, 7)).OrderDescending().ToArray();

        var after = await server.Api.GetAsync($"/devices?limit=3&starting_after={fleet[1]}");
        var before = await server.Api.GetAsync($"/devices?limit=3&ending_before={fleet[5]}");
        var atStart = await server.Api.GetAsync($"/devices?limit=3&ending_before={fleet[2]}");

        Assert.Equal(fleet[2..5], Ids(after.Body));
        Assert.True(after.Body["has_more"]!.GetValue<bool>());
        Assert.Equal(fleet[2..5], Ids(before.Body));
        Assert.True(before.Body["has_more"]!.GetValue<bool>());
        Assert.Equal(fleet[..2], Ids(atStart.Body));
        Assert.False(atStart.Body["has_more"]!.GetValue<bool>());
    }

    [Theory, EveryStore]
    public async Task The_cursor_of_a_deleted_device_still_works(Store store)
    {
        await using var server = await TestServer.StartAsync(store);
        var fleet = (await CreateAsync(server.Api, 4)).OrderDescending().ToArray();
        await server.Api.DeleteAsync($"/devices/{fleet[1]}");

        var page = await server.Api.GetAsync($"/devices?starting_after={fleet[1]}");

        Assert.Equal(fleet[2..], Ids(page.Body));
    }

    [Theory, EveryStore]
    public async Task Filters_take_exactly_the_reference_and_the_place(Store store)
    {
        await using var server = await TestServer.StartAsync(store);
        var place = await server.Api.CreateLocationAsync();
        var other = await server.Api.CreateLocationAsync();
        var here = await server.Api.CreateDeviceAsync($$"""{"reference_id":"Zähler ½","locations":["{{place}}"]}""");
        await server.Api.CreateDeviceAsync($$"""{"reference_id":"zähler ½","locations":["{{other}}"]}""");

        var byReference = await server.Api.GetAsync("/devices?reference_id=" + Uri.EscapeDataString("Zähler ½"));
        var byPlace = await server.Api.GetAsync($"/devices?location_id={place}");
        var byBoth = await server.Api.GetAsync($"/devices?location_id={other}&reference_id=none");

        Assert.Equal([here], Ids(byReference.Body));
        Assert.Equal([here], Ids(byPlace.Body));
        Assert.Empty(Ids(byBoth.Body));
    }

    private static async Task<List<string>> WalkAsync(
        ApiClient api, string cursorName, Func<string[], string> next, string? from = null)
    {
        var walked = new List<string>();
        var cursor = from;
        while (true)
        {
            var answer = await api.GetAsync($"/devices?limit=37{(cursor is null ? "" : $"&{cursorName}={cursor}")}");
            Assert.Equal(HttpStatusCode.OK, answer.Status);
            var page = Ids(answer.Body);
            walked.AddRange(page);
            if (!answer.Body["has_more"]!.GetValue<bool>())
            {
                return walked;
            }
            cursor = next(page);
        }
    }

    private static async Task<string[]> CreateAsync(ApiClient api, int count) =>
        await Task.WhenAll(Enumerable.Range(0, count).Select(_ => api.CreateDeviceAsync()));

    private static string[] Ids(JsonNode page) =>
        [.. page["data"]!.AsArray().Select(device => device!["id"]!.GetValue<string>())];
}
