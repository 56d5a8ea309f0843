using Microsoft.Extensions.DependencyInjection;

namespace Plateau.Client;

/// <summary>Adds the client to an application's services.</summary>
public static class PlateauClientServices
{
    /// <summary>
    /// Adds one <see cref="PlateauClient"/> for the whole application, whose calls go through an
    /// <see cref="HttpClient"/> of the application's factory named <c>Plateau</c>.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="options">Makes the options, once, when the client is first asked for.</param>
    /// <returns>The builder of the HTTP client, for handlers of the application's own.</returns>
    public static IHttpClientBuilder AddPlateauClient(
        this IServiceCollection services, Func<IServiceProvider, PlateauClientOptions> options)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(options);
        services.AddSingleton(provider => new PlateauClient(
            options(provider), provider.GetRequiredService<IHttpClientFactory>().CreateClient(nameof(Plateau))));
        // The client is kept, and its handler with it; the handler itself notices changes of addresses.
        return services.AddHttpClient(nameof(Plateau))
            .ConfigurePrimaryHttpMessageHandler(PlateauClient.NewHandler)
            .SetHandlerLifetime(Timeout.InfiniteTimeSpan);
    }

    /// <summary>As the other one, with options that are known at once.</summary>
    /// <param name="services">The services.</param>
    /// <param name="options">Where the server is and who calls.</param>
    /// <returns>The builder of the HTTP client, for handlers of the application's own.</returns>
    public static IHttpClientBuilder AddPlateauClient(
        this IServiceCollection services, PlateauClientOptions options) =>
        services.AddPlateauClient(_ => options);
}
