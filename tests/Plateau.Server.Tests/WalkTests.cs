using System.Net;

namespace Plateau.Server.Tests;

/// <summary>The shortest way through the product.</summary>
public sealed class WalkTests
{
    [Theory, EveryStore]
    public async Task A_device_is_registered_and_its_state_submitted_and_read_back(Store store)
    {
        await using var server = await TestServer.StartAsync(store);
        var location = await server.Api.CreateLocationAsync();
        var device = await server.Api.CreateDeviceAsync();

        var first = await server.Api.PutAsync($"/devices/{device}/state", Some.State(location));
        var second = await server.Api.PutAsync($"/devices/{device}/state", Some.State(location));
        var latest = await server.Api.GetAsync($"/devices/{device}/state");

        Assert.Equal(HttpStatusCode.OK, first.Status);
        Assert.False(first.IsReplayed);
        Assert.Equal(first.Text, second.Text);
        Assert.True(second.IsReplayed);
        Assert.Equal(34.2, latest.Body["state_of_charge_percent"]!.GetValue<double>());
        Assert.Equal(first.Body["id"]!.GetValue<string>(), latest.Body["id"]!.GetValue<string>());
    }
}
