using System.Net;
using System.Text.Json.Nodes;

namespace Plateau.Server.Tests.Contract;

/// <summary>
/// The examples of the two calls the wire form comes from, equal where the server does not choose the value.
/// </summary>
public sealed class SourceDocumentTests
{
    private const string Properties = """
        {
          "manufacturer": "Nova Systems", "model_code": "PICOXN2", "model_name": "Pico Ultimate",
          "battery": {"capacity_kwh": 14.2, "power_kw": 7.2, "charge_power_kw": 5, "discharge_power_kw": 7.2,
            "round_trip_efficiency": 0.9},
          "pv": {"peak_power_kw": 6.4, "azimuth": 0, "tilt": 23, "terrain_shading": false, "forecasts_enabled": false},
          "inverter": {"ac_export_limit_kw": 5},
          "ev_charger": {"max_power_kw": 7.4, "min_power_kw": 1.4, "phases": 1, "phase_switching": false,
            "v2g_capable": false},
          "heat_pump": {"max_power_kw": 3.5, "min_power_kw": 0.5, "thermal_storage_litres": 200},
          "install_date": "2022-03-22T11:12:21Z"
        }
        """;

    private static readonly string[] DeviceMembers =
    [
        "id", "object", "live_mode", "controlled", "properties", "consents", "timezone", "geo_location",
        "vpp_participation", "time_created", "reference_id", "last_seen", "account_id", "locations",
    ];

    [Theory, EveryStore]
    public async Task A_listed_device_has_every_member_of_the_example(Store store)
    {
        await using var server = await TestServer.StartAsync(store);
        var live = await server.SignInAsync(liveMode: true);
        (await live.PostAsync("/devices", $$"""
            {"reference_id":"ACC1234567890","timezone":"Europe/London","geo_location":{"lat":50.12345,"lng":-1.23456},
            "consents":{"information":true,"telemetry":true,"control":false,"geo_location":true},
            "properties":{{Properties}} }
            """)).Created();

        var page = await live.GetAsync("/devices");

        Assert.Equal(HttpStatusCode.OK, page.Status);
        Assert.Equal(["object", "url", "has_more", "data"], page.Body.AsObject().Select(member => member.Key));
        Assert.Equal("list", page.Body["object"]!.GetValue<string>());
        Assert.Equal("/devices", page.Body["url"]!.GetValue<string>());
        Assert.False(page.Body["has_more"]!.GetValue<bool>());
        var device = Assert.Single(page.Body["data"]!.AsArray())!.AsObject();
        Assert.Equal(DeviceMembers.Order(), device.Select(member => member.Key).Order());
        AssertSame(Properties, device["properties"]);
        AssertSame("""{"lat":50.12345,"lng":-1.23456}""", device["geo_location"]);
        Assert.Equal("device", device["object"]!.GetValue<string>());
        Assert.True(device["live_mode"]!.GetValue<bool>());
        Assert.True(device["controlled"]!.GetValue<bool>());
        Assert.Equal("Europe/London", device["timezone"]!.GetValue<string>());
        Assert.Equal("ACC1234567890", device["reference_id"]!.GetValue<string>());
        Assert.Equal(server.AccountId.ToString(), device["account_id"]!.GetValue<string>());
        var consents = device["consents"]!.AsObject();
        Assert.Equal(
            ["control", "geo_location", "information", "telemetry", "time_created", "time_updated"],
            consents.Select(member => member.Key).Order());
        Assert.False(consents["control"]!.GetValue<bool>());
        Assert.Matches("^dev_[0-9a-f]{24}$", device["id"]!.GetValue<string>());
        Assert.Null(device["vpp_participation"]);
        Assert.Null(device["last_seen"]);
    }

    [Theory, EveryStore]
    public async Task A_submitted_state_is_answered_and_read_back_as_in_the_example(Store store)
    {
        await using var server = await TestServer.StartAsync(store);
        var location = await server.Api.CreateLocationAsync();
        var device = await server.Api.CreateDeviceAsync();
        var body = $$"""
            {"location_id": "{{location}}", "time": "2022-02-01T10:30:00Z", "state_of_charge_percent": 34.2,
            "target_state_of_charge_percent": 80, "battery_power_kw": -3.4, "energy_remaining_kwh": 8.3,
            "backup_reserve_percent": 20, "record_reference_id": "MET1234567890"}
            """;

        var answer = await server.Api.PutAsync($"/devices/{device}/state", body);
        var latest = await server.Api.GetAsync($"/devices/{device}/state");

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        var receipt = answer.Body.AsObject();
        Assert.Equal(["id", "device_id", "time_created", "account_id", "object"], receipt.Select(member => member.Key));
        // The id begins with the second of the record's time: 2022-02-01T10:30:00Z.
        Assert.Matches("^dsr_61f90ba8[0-9a-f]{16}$", receipt["id"]!.GetValue<string>());
        Assert.Equal(device, receipt["device_id"]!.GetValue<string>());
        Assert.Equal(server.AccountId.ToString(), receipt["account_id"]!.GetValue<string>());
        Assert.Equal("device_state", receipt["object"]!.GetValue<string>());
        var sent = JsonNode.Parse(body)!.AsObject();
        var read = latest.Body.AsObject();
        Assert.All(sent, member => AssertSame(member.Value!.ToJsonString(), read[member.Key]));
        Assert.All(receipt, member => AssertSame(member.Value!.ToJsonString(), read[member.Key]));
        Assert.Equal(sent.Count + receipt.Count, read.Count);
    }

    private static void AssertSame(string expected, JsonNode? actual) =>
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), actual), $"Expected {expected}, got {actual}");
}
