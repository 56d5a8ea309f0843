using System.ComponentModel.DataAnnotations;

namespace Plateau.Server.Observability;

/// <summary>Metrics and traces.</summary>
internal sealed class ObservabilityOptions
{
    private const string Plain = "^http://[^/]+/?$";
    private const string Address = "^https?://[^/]+/?$";

    /// <summary>
    /// Address of its own for <c>/metrics</c>, such as <c>http://127.0.0.1:9464</c>; the page is then served
    /// there only, without TLS. Default none: the page is served beside the API.
    /// </summary>
    [RegularExpression(Plain, ErrorMessage = "MetricsUrl must be an address such as http://127.0.0.1:9464.")]
    public string? MetricsUrl { get; set; }

    /// <summary>
    /// Address of an OTLP receiver (gRPC) for metrics and traces, such as <c>http://127.0.0.1:4317</c>. Default none:
    /// nothing is sent.
    /// </summary>
    [RegularExpression(Address, ErrorMessage = "OtlpEndpoint must be an address such as http://127.0.0.1:4317.")]
    public string? OtlpEndpoint { get; set; }

    /// <summary>Share of requests that are traced while traces are sent, 0–1. Default 0.1.</summary>
    [Range(0.0, 1.0)]
    public double TracedShare { get; set; } = 0.1;
}
