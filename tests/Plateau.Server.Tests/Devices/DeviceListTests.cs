using System.Net;
using System.Text.Json.Nodes;

namespace Plateau.Server.Tests.Devices;

/// <summary>What a list shows of devices that were listed before.</summary>
public sealed class DeviceListTests
{
    [Theory, EveryStore]
    public async Task Every_change_through_another_server_is_listed_at_once(Store store)
    {
        await using var server = await TestServer.StartAsync(store);
        await using var beside = await server.StartBesideAsync();
        var home = await server.Api.CreateLocationAsync("""
            {"timezone":"Europe/Madrid","postal_address":{"city":"Madrid","country_code":"ES"},
            "geo_location":{"lat":40.4,"lng":-3.7}}
            """);
        var other = await server.Api.CreateLocationAsync();
        var device = await server.Api.CreateDeviceAsync();
        var neighbour = await server.Api.CreateDeviceAsync();
        var listedBefore = "";

        await ChangesAsync("""{"reference_id":"one"}""");
        await ChangesAsync("""{"properties":{"battery":{"capacity_kwh":12}}}""");
        await ChangesAsync("""{"consents":{"geo_location":true}}""");
        await SubmitsAsync(home);
        await SubmitsAsync(other);
        await ChangesAsync("""{"timezone":"Europe/Lisbon"}""");
        await ChangesAsync("""{"geo_location":{"lat":1.5,"lng":2.5}}""");
        await ChangesAsync($$"""{"locations":["{{other}}"]}""");
        await ChangesAsync("""{"consents":{"geo_location":false}}""");
        await ChangesAsync("""{"consents":{"information":false}}""");
        await ChangesAsync("""{"consents":{"information":true,"control":true}}""");
        await ChangesAsync("""{"consents":{"telemetry":false}}""");
        await ChangesAsync("""{"controlled":false}""");
        await ChangesAsync("""{"reference_id":null}""");
        await beside.Api.DeleteAsync($"/devices/{device}");
        Assert.Equal([neighbour], (await ListAsync()).Select(one => one!["id"]!.GetValue<string>()));

        async Task ChangesAsync(string patch)
        {
            var answer = await beside.Api.PatchAsync($"/devices/{device}", patch);
            Assert.Equal(HttpStatusCode.OK, answer.Status);
            await CheckAsync();
        }

        async Task SubmitsAsync(string location)
        {
            var answer = await beside.Api.PutAsync($"/devices/{device}/state", Some.State(location, location));
            Assert.Equal(HttpStatusCode.OK, answer.Status);
            await CheckAsync();
        }

        // The list is asked of the server that listed the device before its change.
        async Task CheckAsync()
        {
            var listed = (await ListAsync()).Single(one => one!["id"]!.GetValue<string>() == device)!.ToJsonString();
            Assert.Equal((await beside.Api.GetAsync($"/devices/{device}")).Body.ToJsonString(), listed);
            Assert.NotEqual(listedBefore, listed);
            listedBefore = listed;
        }

        async Task<JsonArray> ListAsync() => (await server.Api.GetAsync("/devices")).Body["data"]!.AsArray();
    }

    [Theory, EveryStore]
    public async Task A_device_too_long_to_be_remembered_is_listed_whole(Store store)
    {
        await using var server = await TestServer.StartAsync(store);
        var places = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => server.Api.CreateLocationAsync()));
        var device = await server.Api.CreateDeviceAsync(
            $$"""{"locations":[{{string.Join(',', places.Select(place => $"\"{place}\""))}}]}""");

        for (var turn = 0; turn < 2; turn++)
        {
            var listed = (await server.Api.GetAsync("/devices")).Body["data"]!.AsArray().Single()!;
            Assert.Equal(device, listed["id"]!.GetValue<string>());
            Assert.Equal(places, listed["locations"]!.AsArray().Select(place => place!.GetValue<string>()));
        }
    }

    [Theory, EveryStore]
    public async Task A_page_whose_devices_are_deleted_meanwhile_still_leads_on(Store store)
    {
        await using var server = await TestServer.StartAsync(store);
        var devices = await Task.WhenAll(Enumerable.Range(0, 60).Select(_ => server.Api.CreateDeviceAsync()));
        var oldest = devices.Min()!;

        var deletions = Task.Run(async () =>
        {
            foreach (var device in devices.OrderDescending().SkipLast(1))
            {
                await server.Api.DeleteAsync($"/devices/{device}");
            }
        }, TestContext.Current.CancellationToken);
        var first = "";
        while (first != oldest)
        {
            var page = (await server.Api.GetAsync("/devices?limit=1")).Body;
            first = page["data"]!.AsArray().Single()!["id"]!.GetValue<string>();
        }
        await deletions;
    }
}
