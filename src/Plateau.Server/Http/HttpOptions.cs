using System.ComponentModel.DataAnnotations;

namespace Plateau.Server.Http;

/// <summary>The listener and what stands before the endpoints.</summary>
internal sealed class HttpOptions
{
    /// <summary>Seconds a request may take before it is answered 503. Default 30.</summary>
    [Range(1, 600)]
    public int RequestTimeoutSeconds { get; set; } = 30;

    /// <summary>Calls a minute an account may make of each process before 429. Default 0: no limit.</summary>
    [Range(0, 1_000_000)]
    public int RequestsPerMinute { get; set; }

    /// <summary>Whether X-Forwarded-For and X-Forwarded-Proto of trusted proxies are believed. Default false.</summary>
    public bool ForwardedHeaders { get; set; }

    /// <summary>Addresses of proxies to believe, beside loopback. Default none.</summary>
    public string[] TrustedProxies { get; set; } = [];
}
