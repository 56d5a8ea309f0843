using System.Net;
using Microsoft.Extensions.Time.Testing;
using Plateau.Contracts;
using Plateau.Server.Tests.Clients;

namespace Plateau.Server.Tests.Requests;

/// <summary><c>GET /account/requests</c>.</summary>
public sealed class FailedRequestTests
{
    private const string Path = "/account/requests";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, EveryStore]
    public async Task Failed_calls_are_listed_newest_first_with_their_path_and_nothing_else_of_them(Store store)
    {
        await using var server = await TestServer.StartAsync(store);
        await using var beside = await server.StartBesideAsync();
        var (key, secret) = await server.CreateKeyAsync(KeyScope.Read);
        var reader = server.Anonymous();
        await reader.SignInAsync(server.AccountId, secret);
        var home = await server.Api.CreateLocationAsync();
        var device = await server.Api.CreateDeviceAsync();
        await server.Api.GetAsync("/devices?limit=0&reference_id=private");
        await WaitAsync(beside, 1);
        await server.Api.PutAsync($"/devices/{device}/state", Some.State(home, charge: 134.2));
        await WaitAsync(beside, 2);
        await reader.PostAsync("/customers", """{"reference_id":"private"}""");
        await WaitAsync(beside, 3);
        var unknown = await reader.GetAsync("/no%20where/" + new string('x', 300));
        await server.Anonymous().GetAsync("/devices");
        await WaitAsync(beside, 4);

        using var network = new Network();
        using var client = await network.ConnectAsync(beside);
        var found = await client.Account.ListFailedRequestsAsync(Cancel).ToListAsync(Cancel);

        Assert.Equal(
            [
                ("GET", null, 404, "route_not_found"), ("POST", "/customers", 403, "scope_insufficient"),
                ("PUT", "/devices/{id}/state", 400, "state_of_charge_percent_invalid"),
                ("GET", "/devices", 400, "limit_invalid"),
            ],
            found.Select(one => (one.Method, one.Route, one.Status, one.Code)));
        Assert.Equal(("/no%20where/" + new string('x', 300))[..255], found[0].Path);
        Assert.Equal($"/devices/{device}/state", found[2].Path);
        Assert.Equal((key, false), (found[0].KeyId, found[0].LiveMode));
        Assert.Equal(unknown.Headers.GetValues("X-Request-Id").Single(), found[0].RequestId);
        Assert.DoesNotContain("private", (await server.Api.GetAsync(Path)).Text, StringComparison.Ordinal);

        var page = await client.Account.ListFailedRequestsPageAsync(
            new() { Limit = 2, StartingAfter = found[0].Id }, Cancel);
        Assert.Equal(found[1..3], page.Data);
        Assert.True(page.HasMore);
    }

    [Theory, EveryStore]
    public async Task Another_account_another_mode_and_a_key_that_only_submits_see_none_of_them(Store store)
    {
        await using var server = await TestServer.StartAsync(store);
        await server.Api.GetAsync("/nowhere");
        await WaitAsync(server, 1);

        Assert.Empty(await ListAsync(await server.SignInAsync(liveMode: true)));
        Assert.Empty(await ListAsync(await server.SignInAsync(account: await server.CreateAccountAsync())));
        Assert.Single(await ListAsync(await server.SignInAsync(KeyScope.Read)));
        (await (await server.SignInAsync(KeyScope.Submit)).GetAsync(Path))
            .ShouldFail(HttpStatusCode.Forbidden, ErrorCodes.ScopeInsufficient);
    }

    [Theory, EveryStore]
    public async Task Only_the_newest_are_kept_of_each_mode_and_for_their_days(Store store)
    {
        var clock = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var server = await TestServer.StartAsync(store, clock, new Dictionary<string, string?>
        {
            ["Plateau:Requests:MaxKept"] = "10", ["Plateau:Requests:MaxDays"] = "2",
        });
        var live = await server.SignInAsync(liveMode: true);
        await live.GetAsync("/live");
        for (var number = 0; number < 14; number++)
        {
            await server.Api.GetAsync($"/test/{number}");
        }
        await UntilAsync(clock, "the oldest are gone", async () => await CountAsync(server) == 11
            && (await ListAsync(server.Api))[0] == "/test/13");

        Assert.Equal(
            Enumerable.Range(4, 10).Reverse().Select(number => $"/test/{number}"), await ListAsync(server.Api));
        Assert.Equal(["/live"], await ListAsync(live));

        clock.Advance(TimeSpan.FromDays(2) + TimeSpan.FromSeconds(30));
        Assert.Empty(await ListAsync(await server.SignInAsync()));
        await UntilAsync(clock, "they are deleted", async () => await CountAsync(server) == 0);
    }

    [Fact]
    public async Task Of_a_client_gone_wild_only_some_calls_a_second_are_kept()
    {
        var clock = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var server = await TestServer.StartAsync(Store.Embedded, clock, new Dictionary<string, string?>
        {
            ["Plateau:Requests:MaxPerSecond"] = "3",
        });
        var other = await server.SignInAsync(account: await server.CreateAccountAsync());
        for (var number = 0; number < 20; number++)
        {
            await server.Api.GetAsync($"/wild/{number}");
        }
        await other.GetAsync("/tame");
        await UntilAsync(clock, "all are written", async () => await CountAsync(server) >= 4);

        Assert.Equal(["/wild/2", "/wild/1", "/wild/0"], await ListAsync(server.Api));
        Assert.Equal(["/tame"], await ListAsync(other));
        var page = (await server.Api.GetAsync("/metrics")).Text;
        Assert.Contains("plateau_failed_requests_total{", page, StringComparison.Ordinal);
        Assert.Contains("result=\"limited\"} 17", page, StringComparison.Ordinal);
    }

    [Theory, EveryStore]
    public async Task What_is_noted_is_written_before_the_server_stops(Store store)
    {
        await using var server = await TestServer.StartAsync(store);
        await using (var beside = await server.StartBesideAsync())
        {
            await beside.Api.GetAsync("/first");
            await WaitAsync(server, 1);
            await beside.Api.GetAsync("/second");
        }

        Assert.Equal(["/second", "/first"], await ListAsync(server.Api));
    }

    [Fact]
    public async Task What_is_noted_is_written_before_the_server_stops_however_much_it_is()
    {
        const int Accounts = 12;
        const int CallsOfEach = 100;
        await using var server = await TestServer.StartAsync(Store.Embedded);
        // Its clock stands still, so that the pause after the first batch does not end.
        await using (var beside = await server.StartBesideAsync(
            new FakeTimeProvider(TimeProvider.System.GetUtcNow())))
        {
            for (var account = 0; account < Accounts; account++)
            {
                var caller = await beside.SignInAsync(account: await server.CreateAccountAsync());
                for (var call = 0; call < CallsOfEach; call++)
                {
                    await caller.GetAsync("/nowhere");
                }
            }
        }

        Assert.Equal(Accounts * CallsOfEach, await CountAsync(server));
    }

    private static Task WaitAsync(TestServer server, int count) =>
        Until.TrueAsync($"{count} are kept", async () => await CountAsync(server) == count);

    private static Task UntilAsync(FakeTimeProvider clock, string what, Func<Task<bool>> isTrue) =>
        Until.TrueAsync(what, () =>
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            return isTrue();
        });

    private static Task<long> CountAsync(TestServer server) => server.CountAsync("failed_requests");

    private static async Task<List<string>> ListAsync(ApiClient api)
    {
        var answer = await api.GetAsync(Path);
        Assert.Equal(HttpStatusCode.OK, answer.Status);
        return [.. answer.Body["data"]!.AsArray().Select(one => one!["path"]!.GetValue<string>())];
    }
}
