using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Plateau.Contracts;
using Plateau.Server.Accounts;
using Plateau.Server.Storage;

namespace Plateau.Server.Tests;

/// <summary>
/// The real server on a real socket and a real store. Dispose it to stop it; the store goes with the server that made
/// it.
/// </summary>
internal sealed class TestServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly bool _ownsStore;
    private readonly List<HttpClient> _clients = [];

    private TestServer(WebApplication app, TestStore store, bool ownsStore)
    {
        _app = app;
        Store = store;
        _ownsStore = ownsStore;
        BaseAddress = new Uri(app.Urls.First());
    }

    public TestStore Store { get; }
    public Uri BaseAddress { get; }
    public IServiceProvider Services => _app.Services;

    /// <summary>The account made at the start; its keys are made by <see cref="SignInAsync"/>.</summary>
    public AccountId AccountId { get; private set; }

    /// <summary>A caller of the test mode that may do everything.</summary>
    public ApiClient Api { get; private set; } = null!; // set by every way to start

    /// <summary>Starts a server on an empty store, with an account and a signed-in caller.</summary>
    public static async Task<TestServer> StartAsync(
        Store kind, TimeProvider? clock = null, IReadOnlyDictionary<string, string?>? settings = null,
        Action<IServiceCollection>? services = null)
    {
        var server = await StartAsync(await TestStore.CreateAsync(kind), ownsStore: true, clock, settings, services);
        server.AccountId = await server.CreateAccountAsync();
        server.Api = await server.SignInAsync();
        return server;
    }

    /// <summary>
    /// Starts one more server on the store of another, with its account and a signed-in caller of it.
    /// </summary>
    public async Task<TestServer> StartBesideAsync(TimeProvider? clock = null)
    {
        var server = await StartAsync(Store, ownsStore: false, clock, null, null);
        server.AccountId = AccountId;
        server.Api = await server.SignInAsync();
        return server;
    }

    /// <summary>Makes another account on this store.</summary>
    public async Task<AccountId> CreateAccountAsync(string name = "Test account")
    {
        await using var scope = Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<PlateauDb>();
        var account = Services.GetRequiredService<AccountRegistry>().NewAccount(name);
        await using var write = await db.BeginWriteAsync(CancellationToken.None);
        db.Accounts.Add(account);
        await write.CommitAsync(CancellationToken.None);
        return account.Id;
    }

    /// <summary>Makes a key and returns its secret.</summary>
    public async Task<(KeyId Id, string Secret)> CreateKeyAsync(
        KeyScope scope = KeyScope.Manage, bool liveMode = false, AccountId? account = null)
    {
        await using var services = Services.CreateAsyncScope();
        var db = services.ServiceProvider.GetRequiredService<PlateauDb>();
        var (key, secret) = Services.GetRequiredService<AccountRegistry>()
            .NewKey(account ?? AccountId, liveMode, new AccountKeyDraft { Scope = scope });
        await using var write = await db.BeginWriteAsync(CancellationToken.None);
        db.Keys.Add(key);
        await write.CommitAsync(CancellationToken.None);
        return (key.Id, secret);
    }

    /// <summary>Makes a key, signs in over HTTP with it, and returns a client that carries the token.</summary>
    public async Task<ApiClient> SignInAsync(
        KeyScope scope = KeyScope.Manage, bool liveMode = false, AccountId? account = null)
    {
        var (_, secret) = await CreateKeyAsync(scope, liveMode, account);
        var client = Anonymous();
        await client.SignInAsync(account ?? AccountId, secret);
        return client;
    }

    /// <summary>A client without a token.</summary>
    public ApiClient Anonymous()
    {
        var http = new HttpClient { BaseAddress = BaseAddress };
        _clients.Add(http);
        return new ApiClient(http);
    }

    public async ValueTask DisposeAsync()
    {
        _clients.ForEach(client => client.Dispose());
        await _app.StopAsync();
        await _app.DisposeAsync();
        if (_ownsStore)
        {
            await Store.DisposeAsync();
        }
    }

    private static async Task<TestServer> StartAsync(
        TestStore store, bool ownsStore, TimeProvider? clock, IReadOnlyDictionary<string, string?>? settings,
        Action<IServiceCollection>? services)
    {
        var builder = WebApplication.CreateBuilder(
            new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Configuration.AddInMemoryCollection(store.Settings);
        builder.Configuration.AddInMemoryCollection(settings ?? new Dictionary<string, string?>());
        builder.WebHost.UseSetting("urls", "http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.AddPlateau();
        if (clock is not null)
        {
            builder.Services.Replace(ServiceDescriptor.Singleton(clock));
        }
        services?.Invoke(builder.Services);
        var app = builder.Build();
        app.MapPlateau();
        await app.Services.GetRequiredService<SchemaMigrator>().MigrateAsync(CancellationToken.None);
        await app.StartAsync();
        return new TestServer(app, store, ownsStore);
    }
}
