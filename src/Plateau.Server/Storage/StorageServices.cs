using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace Plateau.Server.Storage;

/// <summary>The store of the chosen engine.</summary>
internal static class StorageServices
{
    private static readonly SqliteOpened PrepareOpened = new();

    /// <summary>Adds the engine, the registry's context, the migrator, and what keeps the log short.</summary>
    public static void AddStorage(this IServiceCollection services)
    {
        services.AddOptions<StorageOptions>().BindConfiguration("Plateau:Storage").ValidateDataAnnotations()
            .ValidateOnStart();
        services.AddSingleton<Engine>();
        services.AddSingleton<SchemaMigrator>();
        services.AddSingleton<RegistryIds>();
        services.AddSingleton<Leases>();
        services.AddHostedService<CheckpointWorker>();
        services.AddDbContextFactory<PlateauDb>((provider, options) =>
        {
            var engine = provider.GetRequiredService<Engine>();
            if (engine.Kind == EngineKind.Postgres)
            {
                options.UseNpgsql(engine.Postgres);
            }
            else
            {
                options.UseSqlite(engine.SqliteConnectionString).AddInterceptors(PrepareOpened);
            }
        });
    }

    /// <summary>Gives the registry's connections what the engine gives its own.</summary>
    private sealed class SqliteOpened : DbConnectionInterceptor
    {
        public override void ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData) =>
            Engine.PrepareSqlite((SqliteConnection)connection);

        public override Task ConnectionOpenedAsync(
            DbConnection connection, ConnectionEndEventData eventData, CancellationToken cancellationToken = default)
        {
            Engine.PrepareSqlite((SqliteConnection)connection);
            return Task.CompletedTask;
        }
    }
}
