using System.Net;
using Microsoft.AspNetCore.Routing;
using Plateau.Contracts;
using Plateau.Server.Http;

namespace Plateau.Server.Tests.Http;

/// <summary>What is wrong about a request beside its body is refused by every call, in the contract's order.</summary>
public sealed class RequestHeadTests
{
    private const string Version = "Flatpeak-Version";
    private const string Nothing = "000000000000000000000001";

    [Theory, EveryStore]
    public async Task Every_call_without_a_query_refuses_one_and_changes_nothing(Store store)
    {
        await using var server = await TestServer.StartAsync(store);
        var ids = await MakeOneOfEachAsync(server);
        var before = await server.CountEverythingAsync();
        var tried = 0;
        foreach (var route in Described(server).Where(
            route => route.Endpoint.Metadata.GetMetadata<QueryParameters>() is null
                && route.Endpoint.Metadata.GetMetadata<ManyRequest>()?.Form != ManyForm.Lines))
        {
            tried++;
            var answer = await ServerRoutes.TryAsync(
                server.Api, route.Method, route.Path + "?strange=true&b%20c=1", IdOf(route, ids));
            var errors = answer.ShouldFail(HttpStatusCode.BadRequest, "strange_unknown").Errors!;
            Assert.Equal(["strange_unknown", "parameter_unknown"], errors.Select(error => error.Code));
        }
        Assert.True(tried > 15, $"Only {tried} calls were found.");
        Assert.Equal(before, await server.CountEverythingAsync());
    }

    [Theory, EveryStore]
    public async Task A_missing_object_wins_over_an_ill_formed_head(Store store)
    {
        await using var server = await TestServer.StartAsync(store);
        var ids = await MakeOneOfEachAsync(server);
        var routes = Described(server).Where(route => route.NamesObject).ToList();
        Assert.NotEmpty(routes);
        foreach (var route in routes)
        {
            var id = IdOf(route, ids);
            (await SendAsync(server, route, id[..4] + Nothing, "?strange=true"))
                .ShouldFail(HttpStatusCode.NotFound, NotFoundCode(id));
            var errors = (await SendAsync(server, route, id, "?strange=true"))
                .ShouldFail(HttpStatusCode.BadRequest, ErrorCodes.VersionInvalid).Errors!;
            Assert.Equal([Version, "strange"], errors.Select(error => error.Path));
        }
    }

    [Theory, EveryStore]
    public async Task A_body_that_cannot_be_read_wins_over_an_ill_formed_head(Store store)
    {
        await using var server = await TestServer.StartAsync(store);
        var ids = await MakeOneOfEachAsync(server);
        foreach (var route in Described(server).Where(
            route => route.Endpoint.Metadata.GetMetadata<RequestSchema>() is not null))
        {
            var path = route.Path.Replace("{id}", IdOf(route, ids), StringComparison.Ordinal);
            var text = ApiClient.WithBody(route.Method, path, "{}");
            text.Content!.Headers.ContentType = new("text/plain");
            text.Headers.Add(Version, "latest");
            (await server.Api.SendAsync(text))
                .ShouldFail(HttpStatusCode.UnsupportedMediaType, ErrorCodes.MediaTypeUnsupported);
            var large = ApiClient.WithBody(route.Method, path, new string(' ', 65 * 1024));
            large.Headers.Add(Version, "latest");
            (await server.Api.SendAsync(large))
                .ShouldFail(HttpStatusCode.RequestEntityTooLarge, ErrorCodes.BodyTooLarge);
        }
    }

    [Theory, EveryStore]
    public async Task A_wrong_method_or_route_wins_over_an_ill_formed_head(Store store)
    {
        await using var server = await TestServer.StartAsync(store);
        var request = new HttpRequestMessage(HttpMethod.Patch, "/devices?a=b");
        request.Headers.Add(Version, "latest");
        (await server.Api.SendAsync(request)).ShouldFail(HttpStatusCode.MethodNotAllowed, ErrorCodes.MethodNotAllowed);
        request = new HttpRequestMessage(HttpMethod.Get, "/nowhere?a=b");
        request.Headers.Add(Version, "latest");
        (await server.Api.SendAsync(request)).ShouldFail(HttpStatusCode.NotFound, ErrorCodes.RouteNotFound);
    }

    [Theory, EveryStore]
    public async Task A_patch_of_nothing_is_404_however_long_and_else_413(Store store)
    {
        await using var server = await TestServer.StartAsync(store);
        var ids = await MakeOneOfEachAsync(server);
        foreach (var route in Described(server).Where(route => route.Method == HttpMethod.Patch))
        {
            var id = IdOf(route, ids);
            // Longer than our own limit, and longer than what the listener reads at all.
            foreach (var length in (int[])[65 * 1024, 4 * 1024 * 1024])
            {
                (string Id, string Code)[] cases =
                    [(id[..4] + Nothing, NotFoundCode(id)), (id, ErrorCodes.BodyTooLarge)];
                foreach (var (named, status) in cases)
                {
                    var answer = await RawRequest.SendAsync(
                        server, $"PATCH {route.Path.Replace("{id}", named, StringComparison.Ordinal)}",
                        $"Content-Length: {length}\r\n", length > 1024 * 1024 ? "" : new string(' ', length));
                    Assert.Contains($"\"code\":\"{status}\"", answer, StringComparison.Ordinal);
                }
            }
        }
    }

    private static IEnumerable<ServerRoute> Described(TestServer server) => server.Routes()
        .Where(route => route.Endpoint.Metadata.GetMetadata<IExcludeFromDescriptionMetadata>() is null);

    private static async Task<Dictionary<string, string>> MakeOneOfEachAsync(TestServer server) => new()
    {
        ["/customers"] = (await server.Api.PostAsync("/customers", "{}")).Created(),
        ["/locations"] = await server.Api.CreateLocationAsync(),
        ["/devices"] = await server.Api.CreateDeviceAsync(),
        ["/account"] = (await server.Api.PostAsync("/account/keys", """{"scope":"read"}""")).Created(),
    };

    private static string IdOf(ServerRoute route, Dictionary<string, string> ids) => route.NamesObject
        ? ids.Single(pair => route.Path.StartsWith(pair.Key, StringComparison.Ordinal)).Value
        : "";

    private static string NotFoundCode(string id) => id[..4] switch
    {
        "cus_" => ErrorCodes.CustomerNotFound,
        "loc_" => ErrorCodes.LocationNotFound,
        "dev_" => ErrorCodes.DeviceNotFound,
        _ => ErrorCodes.KeyNotFound,
    };

    private static Task<ApiAnswer> SendAsync(TestServer server, ServerRoute route, string id, string query)
    {
        var path = route.Path.Replace("{id}", id, StringComparison.Ordinal) + query;
        var request = route.Endpoint.Metadata.GetMetadata<RequestSchema>() is null
            ? new HttpRequestMessage(route.Method, path)
            : ApiClient.WithBody(route.Method, path, "{}");
        request.Headers.Add(Version, "latest");
        return server.Api.SendAsync(request);
    }
}
