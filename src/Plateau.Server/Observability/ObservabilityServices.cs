using System.Diagnostics.Metrics;
using System.Reflection;
using Microsoft.Extensions.Options;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Plateau.Server.Observability;

/// <summary>
/// A page of metrics; by setting, metrics and traces sent to a receiver; at Debug a log line a request.
/// </summary>
internal static class ObservabilityServices
{
    /// <summary>Path of the page of metrics.</summary>
    public const string MetricsPath = "/metrics";

    private const string Section = "Plateau:Observability";
    private const string ServiceName = "plateau";

    // From below what an embedded commit takes to what a request may take; the default buckets are for milliseconds.
    private static readonly double[] SecondBuckets =
        [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

    /// <summary>Adds what the settings ask for.</summary>
    public static void AddObservability(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddOptions<ObservabilityOptions>().BindConfiguration(Section)
            .ValidateDataAnnotations().ValidateOnStart();
        var options = builder.Configuration.GetSection(Section).Get<ObservabilityOptions>() ?? new();
        var receiver = Uri.TryCreate(options.OtlpEndpoint, UriKind.Absolute, out var address) ? address : null;
        var telemetry = services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService(
                ServiceName, serviceVersion: typeof(ObservabilityServices).Assembly
                    .GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion))
            .WithMetrics(metrics => Configure(metrics, receiver));
        if (receiver is not null)
        {
            telemetry.WithTracing(traces => Configure(traces, receiver, options.TracedShare));
        }
        if (options.MetricsUrl is { Length: > 0 })
        {
            services.AddHostedService<MetricsListener>();
        }
    }

    /// <summary>Maps the page of metrics, unless it has an address of its own, and the log of requests.</summary>
    public static void UseObservability(this WebApplication app)
    {
        app.UseMiddleware<RequestLog>();
        if (app.Services.GetRequiredService<IOptions<ObservabilityOptions>>().Value.MetricsUrl is not { Length: > 0 })
        {
            app.MapPrometheusScrapingEndpoint(MetricsPath)
                .WithName("Metrics").WithTags("Health").ExcludeFromDescription().AllowAnonymous();
        }
    }

    private static void Configure(MeterProviderBuilder metrics, Uri? receiver)
    {
        // Of the framework's own what an operator looks at: each that is measured costs every request some time.
        metrics.AddMeter("Plateau.*", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel")
            .AddRuntimeInstrumentation().AddView(Buckets).AddPrometheusExporter();
        if (receiver is not null)
        {
            metrics.AddOtlpExporter(exporter => exporter.Endpoint = receiver);
        }
    }

    private static void Configure(TracerProviderBuilder traces, Uri receiver, double tracedShare) => traces
        .SetSampler(new ParentBasedSampler(new TraceIdRatioBasedSampler(tracedShare)))
        // A path names a device and a query may name a customer's own reference: the route says enough.
        .AddAspNetCoreInstrumentation(requests => requests.EnrichWithHttpResponse = (activity, _) =>
            activity.SetTag("url.path", null).SetTag("url.query", null))
        .AddOtlpExporter(exporter => exporter.Endpoint = receiver);

    private static ExplicitBucketHistogramConfiguration? Buckets(Instrument instrument) =>
        instrument is Histogram<double> { Unit: "s" }
            ? new ExplicitBucketHistogramConfiguration { Boundaries = SecondBuckets }
            : null;
}
