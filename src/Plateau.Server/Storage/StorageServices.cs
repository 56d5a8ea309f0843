using Microsoft.EntityFrameworkCore;

namespace Plateau.Server.Storage;

/// <summary>The store of the chosen engine.</summary>
internal static class StorageServices
{
    /// <summary>Adds the engine, the registry's context and the migrator.</summary>
    public static void AddStorage(this IServiceCollection services)
    {
        services.AddOptions<StorageOptions>().BindConfiguration("Plateau:Storage").ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<Engine>();
        services.AddSingleton<SchemaMigrator>();
        services.AddSingleton<RegistryIds>();
        services.AddDbContext<PlateauDb>((provider, options) =>
        {
            var engine = provider.GetRequiredService<Engine>();
            if (engine.Kind == EngineKind.Postgres)
            {
                options.UseNpgsql(engine.Postgres);
            }
            else
            {
                options.UseSqlite(engine.SqliteConnectionString);
            }
        });
    }
}
