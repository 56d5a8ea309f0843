using System.Net;
using System.Text.Json.Nodes;

namespace Plateau.Server.Tests.Devices;

/// <summary>What a device's owner agrees to takes effect, and is remembered.</summary>
public sealed class ConsentTests
{
    private const string Placed = """
        {"properties":{"battery":{"capacity_kwh":10}},"geo_location":{"lat":1.5,"lng":2.5},
        "consents":{"geo_location":true}}
        """;

    [Theory, EveryStore]
    public async Task A_new_device_agrees_to_information_and_telemetry_only(Store store)
    {
        await using var server = await TestServer.StartAsync(store);
        var device = await server.Api.CreateDeviceAsync("""{"geo_location":{"lat":1.5,"lng":2.5}}""");
        var read = (await server.Api.GetAsync($"/devices/{device}")).Body;
        Assert.True(read["consents"]!["information"]!.GetValue<bool>());
        Assert.True(read["consents"]!["telemetry"]!.GetValue<bool>());
        Assert.False(read["consents"]!["control"]!.GetValue<bool>());
        Assert.False(read["consents"]!["geo_location"]!.GetValue<bool>());
        Assert.Null(read["geo_location"]);
    }

    [Theory, EveryStore]
    public async Task Without_the_consent_properties_and_place_are_hidden_and_come_back_with_it(Store store)
    {
        await using var server = await TestServer.StartAsync(store);
        var path = $"/devices/{await server.Api.CreateDeviceAsync(Placed)}";

        var hidden = await server.Api.PatchAsync(path, """{"consents":{"information":false,"geo_location":false}}""");
        var listed = (await server.Api.GetAsync("/devices")).Body["data"]![0]!;
        var shown = await server.Api.PatchAsync(path, """{"consents":{"information":true,"geo_location":true}}""");

        Assert.All([hidden.Body, listed], device =>
        {
            Assert.Empty(device["properties"]!.AsObject());
            Assert.Null(device["geo_location"]);
        });
        Assert.Equal(10, shown.Body["properties"]!["battery"]!["capacity_kwh"]!.GetValue<double>());
        Assert.Equal(1.5, shown.Body["geo_location"]!["lat"]!.GetValue<double>());
    }

    [Theory, EveryStore]
    public async Task Every_change_is_listed_with_its_key_and_both_sides(Store store)
    {
        await using var server = await TestServer.StartAsync(store);
        var device = await server.Api.CreateDeviceAsync();
        await server.Api.PatchAsync($"/devices/{device}", """{"consents":{"control":true}}""");
        await server.Api.PatchAsync($"/devices/{device}", """{"consents":{"control":true},"reference_id":"same"}""");
        var key = (await server.Api.GetAsync("/account")).Body["key_id"]!.GetValue<string>();

        var list = (await server.Api.GetAsync($"/devices/{device}/consents")).Body;

        Assert.Equal($"/devices/{device}/consents", list["url"]!.GetValue<string>());
        var changes = list["data"]!.AsArray();
        Assert.Equal(2, changes.Count);
        Assert.False(changes[0]!["from"]!["control"]!.GetValue<bool>());
        Assert.True(changes[0]!["to"]!["control"]!.GetValue<bool>());
        Assert.Null(changes[1]!["from"]);
        Assert.All(changes, change => Assert.Equal(key, change!["key_id"]!.GetValue<string>()));
    }

    [Theory, EveryStore]
    public async Task Changes_of_registry_and_consents_are_in_the_audit_trail(Store store)
    {
        await using var server = await TestServer.StartAsync(store);
        var device = await server.Api.CreateDeviceAsync();
        await server.Api.PatchAsync($"/devices/{device}", """{"consents":{"control":true}}""");
        await server.Api.DeleteAsync($"/devices/{device}");

        var entries = (await server.Api.GetAsync("/account/audit")).Body["data"]!.AsArray();

        Assert.Equal(
            ["device.deleted", "device.consents_changed", "device.created"],
            entries.Where(entry => entry!["object_id"]!.GetValue<string>() == device)
                .Select(entry => entry!["action"]!.GetValue<string>()));
    }

    [Theory, EveryStore]
    public async Task A_merge_patch_changes_what_it_names_and_null_removes(Store store)
    {
        await using var server = await TestServer.StartAsync(store);
        var location = await server.Api.CreateLocationAsync();
        var path = "/devices/" + await server.Api.CreateDeviceAsync($$"""
            {"reference_id":"A","timezone":"Europe/Berlin","locations":["{{location}}"],
            "properties":{"manufacturer":"M","battery":{"capacity_kwh":10,"power_kw":5} } }
            """);

        var patched = (await server.Api.PatchAsync(path, """
            {"reference_id":null,"timezone":null,
            "properties":{"battery":{"power_kw":null,"capacity_kwh":12},"pv":{"tilt":3} } }
            """)).Body;

        Assert.False(patched.AsObject().ContainsKey("reference_id"));
        // Its location's was never copied, because the device had one of its own when it was placed there.
        Assert.Equal("UTC", patched["timezone"]!.GetValue<string>());
        Assert.True(JsonNode.DeepEquals(
            JsonNode.Parse("""{"manufacturer":"M","battery":{"capacity_kwh":12},"pv":{"tilt":3}}"""),
            patched["properties"]));
        Assert.Equal(location, patched["locations"]!.AsArray().Single()!.GetValue<string>());
    }

    [Theory, EveryStore]
    public async Task A_merge_patch_is_refused_as_a_whole_with_all_its_faults(Store store)
    {
        await using var server = await TestServer.StartAsync(store);
        var location = await server.Api.CreateLocationAsync();
        var before = (await server.Api.GetAsync($"/locations/{location}")).Text;

        var error = (await server.Api.PatchAsync($"/locations/{location}", """
            {"reference_id":"new","nonsense":null,"timezone":"Mars/Olympus","postal_address":{"country_code":"ZZ"}}
            """)).ShouldFail(HttpStatusCode.BadRequest, "nonsense_unknown");
        var missing = (await server.Api.PatchAsync($"/locations/{location}", """{"timezone":null}"""))
            .ShouldFail(HttpStatusCode.BadRequest, "timezone_missing");
        var state = (await server.Api.PatchAsync(
            $"/locations/{location}", """{"postal_address":{"country_code":"US"}}"""))
            .ShouldFail(HttpStatusCode.BadRequest, "state_missing");

        Assert.Equal(
            ["$.nonsense", "$.timezone", "$.postal_address.country_code"], error.Errors!.Select(fault => fault.Path));
        Assert.Equal("$.timezone", missing.Errors!.Single().Path);
        Assert.Equal("$.postal_address.state", state.Errors!.Single().Path);
        Assert.Equal(before, (await server.Api.GetAsync($"/locations/{location}")).Text);
    }

    [Theory, EveryStore]
    public async Task Time_zone_and_place_are_copied_once_from_the_first_location(Store store)
    {
        await using var server = await TestServer.StartAsync(store);
        var first = await server.Api.CreateLocationAsync("""
            {"timezone":"Asia/Tokyo","postal_address":{"city":"Tokyo","country_code":"JP"},
            "geo_location":{"lat":35,"lng":139}}
            """);
        var second = await server.Api.CreateLocationAsync();
        var path = "/devices/" + await server.Api.CreateDeviceAsync("""{"consents":{"geo_location":true}}""");

        Assert.Equal("UTC", (await server.Api.GetAsync(path)).Body["timezone"]!.GetValue<string>());
        foreach (var place in (string[])[first, second])
        {
            Assert.Equal(
                HttpStatusCode.OK, (await server.Api.PutAsync(path + "/state", Some.State(place, place))).Status);
        }

        var device = (await server.Api.GetAsync(path)).Body;
        Assert.Equal("Asia/Tokyo", device["timezone"]!.GetValue<string>());
        Assert.Equal(35, device["geo_location"]!["lat"]!.GetValue<double>());
        Assert.Equal([first, second], device["locations"]!.AsArray().Select(place => place!.GetValue<string>()));
        Assert.NotNull(device["last_seen"]);
    }
}
