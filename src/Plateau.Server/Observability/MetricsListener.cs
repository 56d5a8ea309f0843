using System.Net.Sockets;
using Microsoft.Extensions.Options;
using OpenTelemetry.Metrics;

namespace Plateau.Server.Observability;

/// <summary>
/// Serves the page of metrics at an address of its own, and nothing else there: a second listener rather than a check
/// of the Host header, which a caller chooses.
/// </summary>
internal sealed class MetricsListener(MeterProvider meters, IOptions<ObservabilityOptions> options)
    : IHostedService, IAsyncDisposable
{
    private WebApplication? _app;

    /// <summary>Where it listens; none before the start.</summary>
    public ICollection<string> Urls => _app?.Urls ?? [];

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
        builder.WebHost.UseUrls(options.Value.MetricsUrl!); // added only where it is set
        _app = builder.Build();
        _app.UseOpenTelemetryPrometheusScrapingEndpoint(
            meters, predicate: null, ObservabilityServices.MetricsPath,
            configureBranchedPipeline: null, optionsName: null);
        try
        {
            await _app.StartAsync(cancellationToken);
        }
        catch (Exception exception) when (exception is IOException or SocketException)
        {
            throw new IOException($"MetricsUrl cannot be listened on: {exception.Message}", exception);
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) =>
        _app?.StopAsync(cancellationToken) ?? Task.CompletedTask;

    public ValueTask DisposeAsync() => _app?.DisposeAsync() ?? ValueTask.CompletedTask;
}
