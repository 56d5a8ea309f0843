using System.Net;

namespace Plateau.Server.Tests.Telemetry;

/// <summary>A slow change of one device holds up no records, not even its own.</summary>
public sealed class HeldRowTests
{
    private static readonly Dictionary<string, string?> ShortTime = new()
    {
        ["Plateau:Telemetry:RepeatForSeconds"] = "1",
        ["Plateau:Storage:StatementTimeoutSeconds"] = "20",
    };

    [Fact]
    public async Task A_record_of_a_device_that_is_being_changed_is_kept_and_seen_with_the_next_of_any_device()
    {
        await using var server = await TestServer.StartAsync(Store.Postgres, settings: ShortTime);
        var location = await server.Api.CreateLocationAsync();
        var device = await server.Api.CreateDeviceAsync($$"""{"locations":["{{location}}"]}""");

        await using (await RowHold.OfDeviceAsync(server, device))
        {
            var kept = await SubmitAsync(server, device, location, "while it is changed");
            Assert.Equal(HttpStatusCode.OK, kept.Status);
        }
        Assert.Null((await server.Api.GetAsync($"/devices/{device}")).Body["last_seen"]);

        var other = await server.Api.CreateDeviceAsync($$"""{"locations":["{{location}}"]}""");
        await SubmitAsync(server, other, location, "afterwards");
        await SubmitAsync(server, other, location, "and again");
        Assert.NotNull((await server.Api.GetAsync($"/devices/{device}")).Body["last_seen"]);
    }

    [Fact]
    public async Task A_record_at_a_new_place_of_a_device_that_is_being_changed_holds_up_no_other()
    {
        await using var server = await TestServer.StartAsync(Store.Postgres, settings: ShortTime);
        var location = await server.Api.CreateLocationAsync();
        var changed = await server.Api.CreateDeviceAsync();
        var other = await server.Api.CreateDeviceAsync();

        await using (await RowHold.OfDeviceAsync(server, changed))
        {
            var waiting = SubmitAsync(server, changed, location, "a");
            for (var number = 0; number < 5; number++)
            {
                Assert.Equal(
                    HttpStatusCode.OK, (await SubmitAsync(server, other, location, $"number {number}")).Status);
            }
            (await waiting).ShouldFail(HttpStatusCode.ServiceUnavailable, "storage_unavailable");
        }
        Assert.Equal(HttpStatusCode.OK, (await SubmitAsync(server, changed, location, "a")).Status);
        Assert.Equal(6, await server.CountAsync("device_states"));
    }

    [Fact]
    public async Task A_record_that_names_an_unknown_place_is_refused_without_a_look_at_the_devices_row()
    {
        await using var server = await TestServer.StartAsync(Store.Postgres, settings: ShortTime);
        var device = await server.Api.CreateDeviceAsync();
        await using var held = await RowHold.OfDeviceAsync(server, device);

        var refused = await SubmitAsync(server, device, "loc_000000000000000000000001", "a")
            .WaitAsync(TimeSpan.FromSeconds(10), TimeProvider.System, TestContext.Current.CancellationToken);

        refused.ShouldFail(HttpStatusCode.NotFound, "location_not_found");
    }

    private static Task<ApiAnswer> SubmitAsync(TestServer server, string device, string location, string reference) =>
        server.Api.PutAsync($"/devices/{device}/state", Some.State(location, reference));
}
