using System.Net;
using Microsoft.Extensions.Time.Testing;
using Plateau.Client;
using Plateau.Contracts;
using Plateau.Server.Tests.Clients;

namespace Plateau.Server.Tests.Devices;

/// <summary>Lists of devices of one sort.</summary>
public sealed class DeviceFilterTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, EveryStore]
    public async Task Devices_are_found_by_their_parts_unless_those_may_not_be_shown(Store store)
    {
        await using var server = await TestServer.StartAsync(store);
        using var network = new Network();
        using var client = await network.ConnectAsync(server);
        var both = await server.Api.CreateDeviceAsync("""{"properties":{"pv":{},"battery":{}}}""");
        var charger = await server.Api.CreateDeviceAsync("""{"properties":{"ev_charger":{}}}""");
        var hidden = await server.Api.CreateDeviceAsync(
            """{"properties":{"pv":{}},"consents":{"information":false}}""");
        await server.Api.CreateDeviceAsync("{}");

        Assert.Equal([both], await ListAsync(client, new() { Kind = DeviceKind.Battery }));
        Assert.Equal([both], await ListAsync(client, new() { Kind = DeviceKind.Pv }));
        Assert.Equal([charger], await ListAsync(client, new() { Kind = DeviceKind.EvCharger }));
        Assert.Empty(await ListAsync(client, new() { Kind = DeviceKind.HeatPump }));

        await server.Api.PatchAsync($"/devices/{hidden}", """{"consents":{"information":true}}""");
        await server.Api.PatchAsync($"/devices/{both}", """{"properties":{"pv":null,"inverter":{}}}""");

        Assert.Equal([hidden], await ListAsync(client, new() { Kind = DeviceKind.Pv }));
        Assert.Equal([both], await ListAsync(client, new() { Kind = DeviceKind.Inverter }));
    }

    [Theory, EveryStore]
    public async Task Devices_are_found_by_when_they_were_seen_unless_they_share_no_states(Store store)
    {
        var clock = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var server = await TestServer.StartAsync(store, clock);
        using var network = new Network();
        using var client = await network.ConnectAsync(server);
        var home = await server.Api.CreateLocationAsync();
        var silent = await SeenAsync(server, home);
        clock.Advance(TimeSpan.FromSeconds(2));
        var fresh = await SeenAsync(server, home);
        var hidden = await SeenAsync(server, home);
        await server.Api.PatchAsync($"/devices/{hidden}", """{"consents":{"telemetry":false}}""");
        var never = await server.Api.CreateDeviceAsync();
        await server.Api.CreateDeviceAsync("""{"consents":{"telemetry":false}}""");
        clock.Advance(TimeSpan.FromMinutes(15) - TimeSpan.FromSeconds(1));

        Assert.Equal([fresh], await ListAsync(client, new() { Activity = DeviceActivity.Fresh }));
        Assert.Equal([silent], await ListAsync(client, new() { Activity = DeviceActivity.Silent }));
        Assert.Equal([never], await ListAsync(client, new() { Activity = DeviceActivity.NeverSeen }));
    }

    [Theory, EveryStore]
    public async Task Devices_are_found_by_the_beginning_of_their_reference_byte_by_byte(Store store)
    {
        await using var server = await TestServer.StartAsync(store);
        using var network = new Network();
        using var client = await network.ConnectAsync(server);
        var references = new[] { "home-1", "home-12", "Home-1", "home%1", "höme-1", "ho\U0001F600me" };
        foreach (var reference in references)
        {
            await client.Devices.CreateAsync(new DeviceDraft { ReferenceId = reference }, cancel: Cancel);
        }
        await client.Devices.CreateAsync(new DeviceDraft(), cancel: Cancel);

        foreach (var prefix in (string[])["home", "home-1", "home%", "home_", "h", "hö", "ho\U0001F600", "H", "x"])
        {
            var found = await client.Devices.ListAsync(new() { ReferencePrefix = prefix }, Cancel)
                .Select(device => device.ReferenceId!).ToListAsync(Cancel);
            Assert.Equal(
                references.Where(one => one.StartsWith(prefix, StringComparison.Ordinal)).Reverse(), found);
        }
    }

    [Theory, EveryStore]
    public async Task Filters_go_together_with_each_other_and_with_cursors(Store store)
    {
        await using var server = await TestServer.StartAsync(store);
        using var network = new Network();
        using var client = await network.ConnectAsync(server);
        var home = await server.Api.CreateLocationAsync();
        var wanted = new List<string>();
        for (var number = 0; number < 8; number++)
        {
            wanted.Insert(0, await server.Api.CreateDeviceAsync(Draft("a", number, home, "pv")));
            await server.Api.CreateDeviceAsync(Draft("a", number, null, "pv"));
            await server.Api.CreateDeviceAsync(Draft("a", number, home, "battery"));
            await server.Api.CreateDeviceAsync(Draft("b", number, home, "pv"));
        }
        var filter = new DeviceFilter
        {
            LocationId = ObjectIdText.Parse<LocationId>(home), Kind = DeviceKind.Pv, ReferencePrefix = "a",
            Activity = DeviceActivity.NeverSeen,
        };

        var first = await client.Devices.ListPageAsync(filter, new() { Limit = 3 }, Cancel);
        Assert.Equal(wanted[..3], first.Data.Select(device => device.Id.ToString()));
        var second = await client.Devices.ListPageAsync(
            filter, new() { Limit = 3, StartingAfter = first.Data[^1].Id }, Cancel);
        Assert.Equal(wanted[3..6], second.Data.Select(device => device.Id.ToString()));
        var back = await client.Devices.ListPageAsync(
            filter, new() { Limit = 2, EndingBefore = second.Data[0].Id }, Cancel);
        Assert.Equal(wanted[1..3], back.Data.Select(device => device.Id.ToString()));
        Assert.True(back.HasMore);
        Assert.Equal(
            [wanted[5]], await ListAsync(client, filter with { ReferenceId = "a2", ReferencePrefix = "a2" }));
        Assert.Empty(await ListAsync(client, filter with { ReferenceId = "a2", ReferencePrefix = "a3" }));
    }

    [Theory, EveryStore]
    public async Task Wrong_values_are_refused_by_name(Store store)
    {
        await using var server = await TestServer.StartAsync(store);
        foreach (var (query, code) in ((string, string)[])
        [
            ("kind=wind", "kind_invalid"), ("kind=Battery", "kind_invalid"), ("kind=1", "kind_invalid"),
            ("activity=", "activity_invalid"), ("activity=neverseen", "activity_invalid"),
            ("reference_prefix=", "reference_prefix_invalid"), ("reference_prefix=%00", "reference_prefix_invalid"),
            ($"reference_prefix={new string('x', 256)}", "reference_prefix_invalid"),
            ("kind=pv&kind=pv", "kind_duplicate"),
        ])
        {
            (await server.Api.GetAsync($"/devices?{query}")).ShouldFail(HttpStatusCode.BadRequest, code);
        }
        Assert.Equal(3, (await server.Api.GetAsync("/devices?kind=a&activity=b&reference_prefix="))
            .ShouldFail(HttpStatusCode.BadRequest, "reference_prefix_invalid").Errors!.Count);
    }

    private static string Draft(string prefix, int number, string? home, string part) => $$$"""
        {"reference_id":"{{{prefix}}}{{{number}}}","properties":{"{{{part}}}":{}},
        "locations":[{{{(home is null ? "" : $"\"{home}\"")}}}]}
        """;

    private static async Task<string> SeenAsync(TestServer server, string home)
    {
        var device = await server.Api.CreateDeviceAsync();
        var answer = await server.Api.PutAsync($"/devices/{device}/state", Some.State(home));
        Assert.Equal(HttpStatusCode.OK, answer.Status);
        return device;
    }

    private static async Task<List<string>> ListAsync(PlateauClient client, DeviceFilter filter) =>
        await client.Devices.ListAsync(filter, Cancel).Select(device => device.Id.ToString()).ToListAsync(Cancel);
}
