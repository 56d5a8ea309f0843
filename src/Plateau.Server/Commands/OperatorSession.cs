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

    /// <summary>The store's engine.</summary>
    public Engine Engine => Services.GetRequiredService<Engine>();

    /// <summary>The registry.</summary>
    public PlateauDb Db => Services.GetRequiredService<PlateauDb>();

    /// <summary>Makes a command that works on a store whose schema is the one this Plateau knows.</summary>
    public static Command CreateCommand(
        string name, string description, Func<ParseResult, OperatorSession, CancellationToken, Task<int>> action)
    {
        var command = new Command(name, description) { Report.Json };
        command.SetAction(async (result, cancel) =>
        {
            await using var session = Open(ServerSettings.CreateBuilder(ServerSettings.Read(result)).Configuration);
            return await CommandFailure.NamingStoreAsync(session.Engine, async () =>
            {
                await session.RequireSchemaAsync(cancel);
                return await action(result, session, cancel);
            });
        });
        return command;
    }

    /// <summary>Prepares the store of the settings without touching it.</summary>
    public static OperatorSession Open(IConfiguration settings)
    {
        var services = new ServiceCollection();
        services.AddSingleton(settings);
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

    // A command of the operator never makes a store by mistake, such as in a folder whose name is mistyped.
    private async Task RequireSchemaAsync(CancellationToken cancel)
    {
        var migrator = Services.GetRequiredService<SchemaMigrator>();
        var version = await migrator.CurrentVersionAsync(cancel);
        if (version > migrator.NewestVersion)
        {
            throw new SchemaTooNewException(version, migrator.NewestVersion);
        }
        if (version < migrator.NewestVersion)
        {
            throw new CommandFailure(version == 0
                ? $"There is no store at {Engine.Place}. Run plateau migrate to make one."
                : $"The store {Engine.Place} is at version {version} of {migrator.NewestVersion}. "
                    + "Run plateau migrate.");
        }
    }
}
