using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Plateau.Contracts;
using Plateau.Server.Observability;

namespace Plateau.Server.Tests.Observability;

/// <summary>The page of metrics.</summary>
public sealed class MetricsTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task The_page_counts_records_and_requests_in_seconds_and_names_nobody()
    {
        await using var server = await TestServer.StartAsync(Store.Embedded);
        var location = await server.Api.CreateLocationAsync();
        var device = await server.Api.CreateDeviceAsync();
        await server.Api.PutAsync($"/devices/{device}/state", Some.State(location));
        await server.Api.GetAsync($"/devices?location_id={location}&reference_id=private");

        var page = await ReadUntilAsync(server, "plateau_state_records_total{");

        Assert.Contains("result=\"kept\"", page, StringComparison.Ordinal);
        Assert.Contains("plateau_state_commit_duration_seconds_bucket", page, StringComparison.Ordinal);
        Assert.Contains("le=\"0.0005\"", page, StringComparison.Ordinal);
        Assert.Contains("http_route=\"/devices/{id}/state", page, StringComparison.Ordinal);
        Assert.Contains("service_name=\"plateau\"", page, StringComparison.Ordinal);
        Assert.Contains("dotnet_gc_", page, StringComparison.Ordinal);
        Assert.Contains("kestrel_", page, StringComparison.Ordinal);
        foreach (var secret in new[] { device, location, server.AccountId.ToString(), "private", "Europe/London" })
        {
            Assert.DoesNotContain(secret, page, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task With_an_address_of_its_own_the_page_is_there_only_and_nothing_else_is()
    {
        await using var server = await TestServer.StartAsync(Store.Embedded, settings: new Dictionary<string, string?>
        {
            ["Plateau:Observability:MetricsUrl"] = "http://127.0.0.1:0",
        });
        var listener = server.Services.GetServices<IHostedService>().OfType<MetricsListener>().Single();
        using var http = new HttpClient { BaseAddress = new Uri(listener.Urls.Single()) };
        var there = new ApiClient(http);

        (await server.Api.GetAsync("/metrics")).ShouldFail(HttpStatusCode.NotFound, ErrorCodes.RouteNotFound);
        var page = await there.GetAsync("/metrics");
        Assert.Equal(HttpStatusCode.OK, page.Status);
        Assert.Contains("http_server_request_duration_seconds", page.Text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await there.GetAsync("/health/live")).Status);
    }

    [Theory]
    [InlineData("MetricsUrl", "127.0.0.1:9464")]
    [InlineData("OtlpEndpoint", "nowhere")]
    [InlineData("TracedShare", "1.5")]
    public async Task A_wrong_setting_stops_the_start_and_is_named(string setting, string value)
    {
        var exception = await Assert.ThrowsAsync<OptionsValidationException>(() => TestServer.StartAsync(
            Store.Embedded,
            settings: new Dictionary<string, string?> { [$"Plateau:Observability:{setting}"] = value }));
        Assert.Contains(setting, exception.Message, StringComparison.Ordinal);
    }

    // A batch is counted just after its callers are answered, and the page is kept for a third of a second.
    private static async Task<string> ReadUntilAsync(TestServer server, string wanted)
    {
        var clock = TimeProvider.System;
        var started = clock.GetTimestamp();
        while (true)
        {
            var page = await server.Anonymous().GetAsync("/metrics");
            Assert.Equal(HttpStatusCode.OK, page.Status);
            if (page.Text.Contains(wanted, StringComparison.Ordinal))
            {
                return page.Text;
            }
            Assert.True(clock.GetElapsedTime(started) < Patience, $"{wanted} does not appear.");
            await Task.Delay(TimeSpan.FromMilliseconds(100), clock, TestContext.Current.CancellationToken);
        }
    }
}
