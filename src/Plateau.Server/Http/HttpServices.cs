using System.Text.Json;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.Options;
using Plateau.Contracts;

namespace Plateau.Server.Http;

/// <summary>What every slice shares: errors, limits, JSON.</summary>
internal static class HttpServices
{
    /// <summary>Adds the shared parts and sets the limits of the listener.</summary>
    public static void AddHttp(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddOptions<HttpOptions>().BindConfiguration("Plateau:Http").ValidateDataAnnotations()
            .ValidateOnStart();
        services.AddSingleton(TimeProvider.System);
        services.AddScoped<IdempotentCreation>();
        services.AddHostedService<KeptAnswerCleaner>();
        services.AddSingleton<AccountLimiter>();
        services.ConfigureHttpJsonOptions(json => UseContract(json.SerializerOptions));
        services.Configure<RouteHandlerOptions>(routes => routes.ThrowOnBadRequest = true);
        services.AddRequestTimeouts();
        services.AddOptions<RequestTimeoutOptions>().Configure<IOptions<HttpOptions>>((timeouts, http) =>
            timeouts.DefaultPolicy = new RequestTimeoutPolicy
            {
                Timeout = TimeSpan.FromSeconds(http.Value.RequestTimeoutSeconds),
                TimeoutStatusCode = StatusCodes.Status503ServiceUnavailable,
            });
        services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(8));
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            // Above our own limit, so that a body somewhat too long is read to its end after the answer: a listener
            // that hangs up while the sender still sends takes the answer with it.
            kestrel.Limits.MaxRequestBodySize = 16 * RequestBody.MaxBytes;
            kestrel.Limits.MaxRequestHeadersTotalSize = 32 * 1024;
            kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(30);
        });
    }

    /// <summary>Believes the proxies that the settings name, before anybody asks where a request comes from.</summary>
    public static void UseProxies(this WebApplication app)
    {
        var options = app.Services.GetRequiredService<IOptions<HttpOptions>>().Value;
        if (options.ForwardedHeaders)
        {
            app.UseForwardedHeaders(ForwardedFrom(options));
        }
    }

    /// <summary>Puts the shared parts in their order around the endpoints.</summary>
    public static void UseHttp(this WebApplication app)
    {
        var options = app.Services.GetRequiredService<IOptions<HttpOptions>>().Value;
        app.UseMiddleware<ErrorMiddleware>();
        app.Use(FlatpeakVersion.EchoAsync);
        app.UseRouting();
        app.UseRequestTimeouts();
        app.UseAuthentication();
        if (options.RequestsPerMinute > 0)
        {
            app.UseMiddleware<AccountLimitMiddleware>();
        }
        app.UseAuthorization();
        app.Use(HeadCheck.CheckAsync);
    }

    // What a generated context was told about naming and nulls does not reach the framework's own options.
    private static void UseContract(JsonSerializerOptions json)
    {
        var contract = ContractsJsonContext.Default.Options;
        json.PropertyNamingPolicy = contract.PropertyNamingPolicy;
        json.DefaultIgnoreCondition = contract.DefaultIgnoreCondition;
        json.NumberHandling = contract.NumberHandling;
        json.Encoder = WireJson.Encoder;
        foreach (var converter in contract.Converters)
        {
            json.Converters.Add(converter);
        }
        json.TypeInfoResolverChain.Insert(0, ContractsJsonContext.Default);
    }

    private static ForwardedHeadersOptions ForwardedFrom(HttpOptions options)
    {
        var forwarded = new ForwardedHeadersOptions
        {
            ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto,
        };
        foreach (var proxy in options.TrustedProxies)
        {
            forwarded.KnownProxies.Add(System.Net.IPAddress.Parse(proxy));
        }
        return forwarded;
    }
}
