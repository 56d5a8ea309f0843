using System.CommandLine;
using Plateau.Server.Accounts;
using Plateau.Server.Audit;
using Plateau.Server.Storage;

namespace Plateau.Server.Commands;

/// <summary>The store, opened by a command that runs beside the server and touches the store directly.</summary>
internal sealed class OperatorSession : IAsyncDisposable
{
    private readonly ServiceProvider _provider;
    private readonly AsyncServiceScope _scope;

    private OperatorSession(ServiceProvider provider)
    {
        _provider = provider;
        _scope = provider.CreateAsyncScope();
    }

    /// <summary>The services of the store and of the account registry.</summary>
    public IServiceProvider Services => _scope.ServiceProvider;

    /// <summary>Opens the store of the settings and brings its schema up to date.</summary>
    public static async Task<OperatorSession> OpenAsync(ParseResult result, CancellationToken cancel)
    {
        var session = Open(result);
        await session.Services.GetRequiredService<SchemaMigrator>().MigrateAsync(cancel);
        return session;
    }

    /// <summary>Prepares the store of the settings without touching it.</summary>
    public static OperatorSession Open(ParseResult result)
    {
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(ServerSettings.CreateBuilder(ServerSettings.Read(result)).Configuration);
        services.AddSingleton(TimeProvider.System);
        services.AddLogging();
        services.AddStorage();
        services.AddAudit();
        services.AddAccounts();
        return new OperatorSession(services.BuildServiceProvider());
    }

    public async ValueTask DisposeAsync()
    {
        await _scope.DisposeAsync();
        await _provider.DisposeAsync();
    }
}
