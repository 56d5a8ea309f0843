using Plateau.Server.Commands;
using Microsoft.Extensions.DependencyInjection;
using Plateau.Server.Demo;
using Plateau.Server.Storage;

namespace Plateau.Server.Tests.Demo;

/// <summary>Who the demo is from one start to the next.</summary>
public sealed class AccountTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, EveryStore]
    public async Task The_next_start_has_the_account_and_the_key_of_the_file(Store store)
    {
        await using var server = await TestServer.StartAsync(store);
        var first = await EnsureAsync(server, null);
        var second = await EnsureAsync(server, FileOf(first));
        Assert.False(first.IsKeyReplaced);
        Assert.Equal(first, second);
        await server.Anonymous().SignInAsync(second.Id, second.SecretKey);
    }

    [Theory, EveryStore]
    public async Task Without_the_file_the_account_gets_a_new_key_that_works(Store store)
    {
        await using var server = await TestServer.StartAsync(store);
        var first = await EnsureAsync(server, null);
        var second = await EnsureAsync(server, null);
        Assert.Equal(first.Id, second.Id);
        Assert.True(second.IsKeyReplaced);
        Assert.NotEqual(first.SecretKey, second.SecretKey);
        await server.Anonymous().SignInAsync(second.Id, second.SecretKey);
    }

    [Theory, EveryStore]
    public async Task A_file_with_a_secret_that_does_not_work_is_replaced(Store store)
    {
        await using var server = await TestServer.StartAsync(store);
        var first = await EnsureAsync(server, null);
        var second = await EnsureAsync(server, FileOf(first with { SecretKey = first.SecretKey + "0" }));
        Assert.Equal(first.Id, second.Id);
        Assert.True(second.IsKeyReplaced);
        await server.Anonymous().SignInAsync(second.Id, second.SecretKey);
    }

    [Theory, EveryStore]
    public async Task A_file_of_another_store_is_no_key_to_this_one(Store store)
    {
        await using var other = await TestServer.StartAsync(store);
        await using var server = await TestServer.StartAsync(store);
        var foreign = await EnsureAsync(other, null);
        var own = await EnsureAsync(server, FileOf(foreign));
        Assert.NotEqual(foreign.Id, own.Id);
        Assert.False(own.IsKeyReplaced);
    }

    [Theory, EveryStore]
    public async Task A_complete_registration_stays_complete(Store store)
    {
        await using var server = await TestServer.StartAsync(store);
        var first = await EnsureAsync(server, null);
        Assert.False((await EnsureAsync(server, FileOf(first))).IsComplete);
        await WithAsync(server, async account =>
        {
            await account.CompleteAsync(first.Id, Cancel);
            return true;
        });
        Assert.True((await EnsureAsync(server, FileOf(first))).IsComplete);
        Assert.True((await EnsureAsync(server, null)).IsComplete);
    }

    [Theory, EveryStore]
    public async Task An_account_that_happens_to_have_its_name_is_left_alone(Store store)
    {
        await using var server = await TestServer.StartAsync(store);
        var customer = await server.CreateAccountAsync("Plateau demo");
        var demo = await EnsureAsync(server, null);
        Assert.NotEqual(customer, demo.Id);
        var stale = await EnsureAsync(server, new CallerFile("", customer.ToString(), "sk_test_0"));
        Assert.Equal(demo.Id, stale.Id);
    }

    [Theory, EveryStore]
    public async Task First_starts_at_once_make_one_account(Store store)
    {
        await using var server = await TestServer.StartAsync(store);
        await using var beside = await server.StartBesideAsync();
        var before = await server.CountAsync("accounts");
        var identities = await Task.WhenAll(
            Enumerable.Range(0, 8).Select(number => EnsureAsync(number % 2 == 0 ? server : beside, null)));
        Assert.Single(identities.Select(identity => identity.Id).Distinct());
        Assert.Single(identities, identity => !identity.IsKeyReplaced);
        Assert.Equal(before + 1, await server.CountAsync("accounts"));
    }

    [Theory, EveryStore]
    public async Task Its_trail_says_what_the_demo_made(Store store)
    {
        await using var server = await TestServer.StartAsync(store);
        var demo = await EnsureAsync(server, null);
        var client = server.Anonymous();
        await client.SignInAsync(demo.Id, demo.SecretKey);
        var trail = (await client.GetAsync("/account/audit")).Body["data"]!.AsArray();
        Assert.Equal(
            ["account.created", "demo.created", "key.created"],
            trail.Select(entry => entry!["action"]!.GetValue<string>()).Order(StringComparer.Ordinal));
        Assert.All(trail, entry => Assert.Null(entry!["key_id"]));
    }

    [Theory, EveryStore]
    public async Task A_store_that_fails_the_demo_is_named_in_one_line(Store store)
    {
        await using var server = await TestServer.StartAsync(store);
        await server.ExecuteAsync("alter table accounts rename to accounts_away");
        var ended = await Executable.RunAsync(server.Store, "demo", "--urls", "http://127.0.0.1:0");
        ended.FailedWith(1, $"The store {server.Services.GetRequiredService<Engine>().Place} cannot be used");
    }

    private static CallerFile FileOf(DemoIdentity identity) => new("", identity.Id.ToString(), identity.SecretKey);

    private static Task<DemoIdentity> EnsureAsync(TestServer server, CallerFile? saved) =>
        WithAsync(server, account => account.EnsureAsync(saved, Cancel));

    private static async Task<T> WithAsync<T>(TestServer server, Func<DemoAccount, Task<T>> use)
    {
        await using var scope = server.Services.CreateAsyncScope();
        return await use(ActivatorUtilities.CreateInstance<DemoAccount>(scope.ServiceProvider));
    }
}
