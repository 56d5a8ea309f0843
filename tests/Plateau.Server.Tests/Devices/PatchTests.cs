using System.Net;

namespace Plateau.Server.Tests.Devices;

/// <summary>What a merge patch of a device copies, keeps removed, and leaves in the audit trail.</summary>
public sealed class PatchTests
{
    private const string Tokyo = """
        {"timezone":"Asia/Tokyo","postal_address":{"city":"Tokyo","country_code":"JP"},
        "geo_location":{"lat":35,"lng":139}}
        """;

    [Theory, EveryStore]
    public async Task A_place_and_time_zone_removed_by_a_patch_stay_removed(Store store)
    {
        await using var server = await TestServer.StartAsync(store);
        var first = await server.Api.CreateLocationAsync(Tokyo);
        var second = await server.Api.CreateLocationAsync(Tokyo);
        var path = await PlacedAsync(server, $"\"{first}\"");
        await ShouldBeInTokyoAsync(server, path);

        var removed = await server.Api.PatchAsync(path, """{"geo_location":null,"timezone":null}""");
        Assert.Equal(HttpStatusCode.OK, removed.Status);
        await server.Api.PatchAsync(path, """{"reference_id":"another change"}""");
        await ShouldBeNowhereAsync(server, path);
        await server.Api.PatchAsync(path, $$"""{"locations":["{{second}}","{{first}}"]}""");
        await ShouldBeNowhereAsync(server, path);
    }

    [Theory, EveryStore]
    public async Task The_first_location_of_a_device_fills_what_it_lacks_and_a_second_does_not(Store store)
    {
        await using var server = await TestServer.StartAsync(store);
        var (plain, tokyo) = (await server.Api.CreateLocationAsync(), await server.Api.CreateLocationAsync(Tokyo));

        var patched = await PlacedAsync(server, "");
        await server.Api.PatchAsync(patched, $$"""{"locations":["{{tokyo}}"]}""");
        await ShouldBeInTokyoAsync(server, patched);

        // Its first location has a time zone and no place: the second location does not fill the gap.
        var gap = await PlacedAsync(server, $"\"{plain}\"");
        await server.Api.PatchAsync(gap, $$"""{"locations":["{{tokyo}}","{{plain}}"]}""");
        var device = (await server.Api.GetAsync(gap)).Body;
        Assert.Equal("Europe/London", device["timezone"]!.GetValue<string>());
        Assert.Null(device["geo_location"]);
    }

    [Theory, EveryStore]
    public async Task A_patch_leaves_one_audit_entry_for_each_kind_of_change(Store store)
    {
        await using var server = await TestServer.StartAsync(store);
        var customer = (await server.Api.PostAsync("/customers", """{"reference_id":"A"}""")).Created();
        var location = await server.Api.CreateLocationAsync();
        var device = await server.Api.CreateDeviceAsync("""{"reference_id":"A","properties":{"pv":{"tilt":3.0}}}""");
        (string Path, string Body, string[] Actions)[] patches =
        [
            ($"/devices/{device}", "{}", []),
            ($"/devices/{device}", """{"reference_id":"A","properties":{"pv":{"tilt":3}}}""", []),
            ($"/devices/{device}", """{"consents":{"control":false}}""", []),
            ($"/devices/{device}", """{"consents":{"control":true}}""", ["device.consents_changed"]),
            ($"/devices/{device}", """{"reference_id":"B"}""", ["device.updated"]),
            ($"/devices/{device}", """{"reference_id":"C","consents":{"control":false}}""",
                ["device.consents_changed", "device.updated"]),
            ($"/locations/{location}", """{"timezone":"Europe/London"}""", []),
            ($"/locations/{location}", """{"timezone":"Asia/Tokyo"}""", ["location.updated"]),
            ($"/customers/{customer}", """{"reference_id":"A"}""", []),
            ($"/customers/{customer}", """{"reference_id":null}""", ["customer.updated"]),
        ];
        foreach (var (path, body, actions) in patches)
        {
            var before = (await ActionsAsync(server)).Length;
            Assert.Equal(HttpStatusCode.OK, (await server.Api.PatchAsync(path, body)).Status);
            Assert.Equal(actions, (await ActionsAsync(server))[..^before].Order(StringComparer.Ordinal));
        }
    }

    private static async Task<string> PlacedAsync(TestServer server, string locations) =>
        "/devices/" + await server.Api.CreateDeviceAsync(
            $$"""{"consents":{"geo_location":true},"locations":[{{locations}}]}""");

    private static async Task ShouldBeInTokyoAsync(TestServer server, string path)
    {
        var device = (await server.Api.GetAsync(path)).Body;
        Assert.Equal("Asia/Tokyo", device["timezone"]!.GetValue<string>());
        Assert.Equal(35, device["geo_location"]!["lat"]!.GetValue<double>());
    }

    private static async Task ShouldBeNowhereAsync(TestServer server, string path)
    {
        var device = (await server.Api.GetAsync(path)).Body;
        Assert.Equal("UTC", device["timezone"]!.GetValue<string>());
        Assert.Null(device["geo_location"]);
    }

    private static async Task<string[]> ActionsAsync(TestServer server) =>
    [
        .. (await server.Api.GetAsync("/account/audit?limit=100")).Body["data"]!.AsArray()
            .Select(entry => entry!["action"]!.GetValue<string>()),
    ];
}
