using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Plateau.Server.Tests.Observability;

/// <summary>The log of requests.</summary>
public sealed class RequestLogTests
{
    [Fact]
    public async Task At_debug_every_request_has_a_line_that_names_nobody()
    {
        await using var server = await TestServer.StartAsync(Store.Embedded, settings: new Dictionary<string, string?>
        {
            ["Logging:LogLevel:Default"] = "Debug",
        });
        using var recorder = new RecordedLog();
        server.Services.GetRequiredService<ILoggerFactory>().AddProvider(recorder);
        var location = await server.Api.CreateLocationAsync();
        var device = await server.Api.CreateDeviceAsync();

        await server.Api.GetAsync($"/devices/{device}/state?token=private");
        await server.Api.GetAsync($"/nowhere/{device}");

        Assert.Contains(recorder.Lines, line =>
            line.Contains("GET /devices/{id}/state/ answered 400", StringComparison.Ordinal));
        Assert.Contains(recorder.Lines, line => line.Contains("GET no route answered 404", StringComparison.Ordinal));
        foreach (var secret in new[] { device, location, "private", "London", "eyJ" })
        {
            Assert.DoesNotContain(recorder.Lines, line => line.Contains(secret, StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task By_default_requests_leave_no_line()
    {
        await using var server = await TestServer.StartAsync(Store.Embedded);
        using var recorder = new RecordedLog();
        server.Services.GetRequiredService<ILoggerFactory>().AddProvider(recorder);
        await server.Api.GetAsync("/devices");
        Assert.Empty(recorder.Lines);
    }
}
