using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Npgsql;
using Plateau.Server.Telemetry;

namespace Plateau.Server.Tests.Telemetry;

/// <summary>A store that is away, or fails, seen through the door.</summary>
public sealed class StoreAwayTests
{
    [Fact]
    public async Task A_deep_queue_is_answered_503_long_before_the_requests_run_out_of_time()
    {
        var settings = new Dictionary<string, string?>
        {
            ["Plateau:Telemetry:RepeatForSeconds"] = "1",
            ["Plateau:Telemetry:MaxBatch"] = "1",
        };
        await using var server = await TestServer.StartAsync(Store.Embedded, settings: settings, services: services =>
            services.Replace(ServiceDescriptor.Singleton<IStateStore>(
                new Tests.FaultyStateStore(new NpgsqlException("away")))));
        var location = await server.Api.CreateLocationAsync();
        var device = await server.Api.CreateDeviceAsync();
        var started = TimeProvider.System.GetTimestamp();

        var answers = await Task.WhenAll(Enumerable.Range(0, 60).Select(number =>
            server.Api.PutAsync($"/devices/{device}/state", Some.State(location, $"number {number}"))));

        Assert.All(answers, answer => answer.ShouldFail(HttpStatusCode.ServiceUnavailable, "storage_unavailable"));
        Assert.InRange(
            TimeProvider.System.GetElapsedTime(started), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task A_store_without_its_table_is_away_and_no_batch_is_split_for_it()
    {
        await using var server = await TestServer.StartAsync(
            Store.Postgres, settings: new Dictionary<string, string?> { ["Plateau:Telemetry:RepeatForSeconds"] = "1" });
        using var log = new RecordedLog();
        server.Services.GetRequiredService<ILoggerFactory>().AddProvider(log);
        var location = await server.Api.CreateLocationAsync();
        var device = await server.Api.CreateDeviceAsync();
        await server.ExecuteAsync("alter table device_states rename to moved");

        (await server.Api.PutAsync($"/devices/{device}/state", Some.State(location)))
            .ShouldFail(HttpStatusCode.ServiceUnavailable, "storage_unavailable");

        await server.ExecuteAsync("alter table moved rename to device_states");
        Assert.Equal(
            HttpStatusCode.OK, (await server.Api.PutAsync($"/devices/{device}/state", Some.State(location))).Status);
        Assert.DoesNotContain(log.Lines, line => line.Contains("is split", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_record_that_cannot_be_stored_is_answered_500_and_counted_and_the_log_has_none_of_it()
    {
        await using var server = await TestServer.StartAsync(Store.Embedded, services: services =>
            services.Replace(ServiceDescriptor.Singleton<IStateStore>(
                new Tests.FaultyStateStore(new InvalidOperationException("It is broken.")))));
        using var log = new RecordedLog();
        server.Services.GetRequiredService<ILoggerFactory>().AddProvider(log);
        var location = await server.Api.CreateLocationAsync();
        var device = await server.Api.CreateDeviceAsync();

        (await server.Api.PutAsync($"/devices/{device}/state", Some.State(location, "private", 12.3456)))
            .ShouldFail(HttpStatusCode.InternalServerError, "internal_error");

        Assert.Contains(log.Lines, line => line.Contains("It is broken.", StringComparison.Ordinal));
        foreach (var reading in new[] { device, location, "private", "12.3456" })
        {
            Assert.DoesNotContain(log.Lines, line => line.Contains(reading, StringComparison.Ordinal));
        }
        await Until.TrueAsync("the failed record was counted", async () =>
        {
            var page = await server.Anonymous().GetAsync("/metrics");
            return page.Text.Contains("result=\"failed\"", StringComparison.Ordinal);
        });
    }
}
