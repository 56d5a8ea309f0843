namespace Plateau.Server.Tests.Observability;

/// <summary>Metrics and traces sent to a receiver.</summary>
public sealed class OtlpTests
{
    [Fact]
    public async Task With_a_receiver_metrics_and_traces_are_sent_and_name_nobody()
    {
        await using var receiver = await OtlpReceiver.StartAsync();
        string device, location;
        await using (var server = await TestServer.StartAsync(Store.Embedded, settings: new Dictionary<string, string?>
        {
            ["Plateau:Observability:OtlpEndpoint"] = receiver.Address,
            ["Plateau:Observability:TracedShare"] = "1",
        }))
        {
            location = await server.Api.CreateLocationAsync();
            device = await server.Api.CreateDeviceAsync();
            await server.Api.PutAsync($"/devices/{device}/state", Some.State(location));
            await server.Api.GetAsync("/devices?reference_id=private");
        }
        // The server sends what it still has before it stops.
        Assert.Contains(receiver.Received, one => one.Path.EndsWith("MetricsService/Export", StringComparison.Ordinal)
            && one.Body.Contains("plateau.state.records", StringComparison.Ordinal));
        Assert.Contains(receiver.Received, one => one.Path.EndsWith("TraceService/Export", StringComparison.Ordinal)
            && one.Body.Contains("/devices/{id}/state", StringComparison.Ordinal));
        foreach (var secret in new[] { device, location, "private" })
        {
            Assert.DoesNotContain(receiver.Received, one => one.Body.Contains(secret, StringComparison.Ordinal));
        }
    }
}
