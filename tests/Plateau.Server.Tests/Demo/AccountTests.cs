using Microsoft.Extensions.DependencyInjection;
using Plateau.Server.Demo;

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

    private static DemoFile FileOf(DemoIdentity identity) => new("", identity.Id.ToString(), identity.SecretKey);

    private static Task<DemoIdentity> EnsureAsync(TestServer server, DemoFile? saved) =>
        WithAsync(server, account => account.EnsureAsync(saved, Cancel));

    private static async Task<T> WithAsync<T>(TestServer server, Func<DemoAccount, Task<T>> use)
    {
        await using var scope = server.Services.CreateAsyncScope();
        return await use(ActivatorUtilities.CreateInstance<DemoAccount>(scope.ServiceProvider));
    }
}
