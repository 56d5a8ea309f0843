using System.Net;
using Plateau.Contracts;

namespace Plateau.Server.Tests.Access;

/// <summary>Every route, tried by everyone it is not for.</summary>
public sealed class IsolationTests
{
    [Theory, EveryStore]
    public async Task Every_route_but_the_open_ones_wants_a_token(Store store)
    {
        await using var server = await TestServer.StartAsync(store);
        var open = new HashSet<string>(StringComparer.Ordinal)
        {
            "/login", "/auth/tokens", "/health/live", "/health/ready", "/metrics", "/openapi.json",
        };
        foreach (var (method, path, _, _) in server.Routes())
        {
            if (open.Contains(path) || path.StartsWith("/docs", StringComparison.Ordinal)
                || path.StartsWith("/scalar", StringComparison.Ordinal))
            {
                continue;
            }
            var answer = await ServerRoutes.TryAsync(server.Anonymous(), method, path, "dev_000000000000000000000001");
            answer.ShouldFail(HttpStatusCode.Unauthorized, ErrorCodes.AuthorizationMissing);
            Assert.NotEmpty(answer.Headers.WwwAuthenticate);
        }
    }

    [Theory, EveryStore]
    public async Task Every_route_refuses_the_scopes_it_does_not_name(Store store)
    {
        await using var server = await TestServer.StartAsync(store);
        var clients = new Dictionary<string, ApiClient>
        {
            ["submit"] = await server.SignInAsync(KeyScope.Submit),
            ["read"] = await server.SignInAsync(KeyScope.Read),
            ["manage"] = server.Api,
        };
        foreach (var (method, path, policy, _) in server.Routes().Where(route => route.Policy is not null))
        {
            foreach (var (scope, client) in clients)
            {
                var answer = await ServerRoutes.TryAsync(client, method, path, "dev_000000000000000000000001");
                var isAllowed = policy == "any" || scope == "manage" || scope == policy;
                Assert.True(
                    isAllowed == (answer.Status != HttpStatusCode.Forbidden),
                    $"{method} {path} (wants {policy}) answered a key of scope {scope} with {(int)answer.Status}.");
                if (!isAllowed)
                {
                    answer.ShouldFail(HttpStatusCode.Forbidden, ErrorCodes.ScopeInsufficient);
                }
            }
        }
    }

    [Theory, EveryStore]
    public async Task Nothing_of_an_account_is_found_by_another_or_in_the_other_mode(Store store)
    {
        await using var server = await TestServer.StartAsync(store);
        var customer = (await server.Api.PostAsync("/customers", "{}")).Created();
        var location = await server.Api.CreateLocationAsync(
            """{"customer_id":"CUSTOMER","timezone":"UTC","postal_address":{"city":"Bern","country_code":"CH"}}"""
                .Replace("CUSTOMER", customer, StringComparison.Ordinal));
        var device = await server.Api.CreateDeviceAsync($$"""{"locations":["{{location}}"]}""");
        await server.Api.PutAsync($"/devices/{device}/state", Some.State(location));
        var key = (await server.Api.PostAsync("/account/keys", """{"scope":"read"}""")).Created();
        var ids = new Dictionary<string, string>
        {
            ["/customers"] = customer, ["/locations"] = location, ["/devices"] = device, ["/account"] = key,
        };
        ApiClient[] strangers =
        [
            await server.SignInAsync(account: await server.CreateAccountAsync("Stranger")),
            await server.SignInAsync(liveMode: true),
        ];
        foreach (var stranger in strangers)
        {
            foreach (var (method, path, _, _) in server.Routes().Where(route => route.NamesObject))
            {
                var id = ids.Single(pair => path.StartsWith(pair.Key, StringComparison.Ordinal)).Value;
                var real = await ServerRoutes.TryAsync(stranger, method, path, id);
                var unknown = await ServerRoutes.TryAsync(stranger, method, path, id[..4] + "000000000000000000000001");
                Assert.True(real.Status == HttpStatusCode.NotFound, $"{method} {path} answered a stranger {real.Text}");
                Assert.Equal(unknown.Body["code"]!.GetValue<string>(), real.Body["code"]!.GetValue<string>());
            }
            foreach (var list in (string[])["/devices", "/locations", "/customers"])
            {
                Assert.Empty((await stranger.GetAsync(list)).Body["data"]!.AsArray());
            }
            (await stranger.GetAsync($"/devices?location_id={location}"))
                .ShouldFail(HttpStatusCode.NotFound, "location_not_found");
            (await stranger.GetAsync($"/locations?customer_id={customer}"))
                .ShouldFail(HttpStatusCode.NotFound, "customer_not_found");
            (await stranger.PostAsync("/devices", $$"""{"locations":["{{location}}"]}"""))
                .ShouldFail(HttpStatusCode.NotFound, "location_not_found");
            var own = await stranger.CreateDeviceAsync();
            (await stranger.PutAsync($"/devices/{own}/state", Some.State(location)))
                .ShouldFail(HttpStatusCode.NotFound, "location_not_found");
            Assert.DoesNotContain(
                device, (await stranger.GetAsync("/account/audit?limit=100")).Text, StringComparison.Ordinal);
        }
        Assert.Equal(HttpStatusCode.OK, (await server.Api.GetAsync($"/devices/{device}/state")).Status);
    }
}
