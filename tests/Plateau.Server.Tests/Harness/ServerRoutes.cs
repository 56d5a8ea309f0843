using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Plateau.Server.Tests;

/// <summary>Every call of a server, for tests that try them all.</summary>
internal static class ServerRoutes
{
    public static IReadOnlyList<ServerRoute> Routes(this TestServer server) =>
    [
        .. server.Services.GetServices<EndpointDataSource>().SelectMany(source => source.Endpoints)
            .OfType<RouteEndpoint>()
            // The console's pages have paths and a scheme of their own.
            .Where(endpoint => endpoint.Metadata.GetMetadata<ITagsMetadata>()?.Tags.Contains("Console") is not true)
            .SelectMany(endpoint => (endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["GET"])
                .Select(method => new ServerRoute(
                    new HttpMethod(method),
                    "/" + endpoint.RoutePattern.RawText!.Trim('/'),
                    endpoint.Metadata.GetMetadata<IAuthorizeData>()?.Policy,
                    endpoint))),
    ];

    /// <summary>Makes a call, with an empty object where it may have a body.</summary>
    public static Task<ApiAnswer> TryAsync(ApiClient client, HttpMethod method, string path, string id)
    {
        var target = path.Replace("{id}", id, StringComparison.Ordinal);
        if (path.EndsWith("/stream", StringComparison.Ordinal))
        {
            target += "?device_id=" + id; // an open stream would not end
        }
        return client.SendAsync(method == HttpMethod.Get || method == HttpMethod.Delete
            ? new HttpRequestMessage(method, target)
            : ApiClient.WithBody(method, target, "{}"));
    }
}

/// <summary>One call.</summary>
internal sealed record ServerRoute(HttpMethod Method, string Path, string? Policy, RouteEndpoint Endpoint)
{
    /// <summary>Whether its path has an id.</summary>
    public bool NamesObject => Path.Contains("{id}", StringComparison.Ordinal);
}
