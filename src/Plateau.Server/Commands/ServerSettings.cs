using System.CommandLine;

namespace Plateau.Server.Commands;

/// <summary>
/// The settings of a command: appsettings beside the executable, then <c>PLATEAU__…</c> in the environment, then the
/// command line. Every command that opens the store takes the same options.
/// </summary>
internal static class ServerSettings
{
    /// <summary>Folder of the embedded store.</summary>
    public static readonly Option<string?> DataDirectory = new("--data-dir")
    {
        Description = "Folder of the embedded store. Default: ./data.",
        Recursive = true,
    };

    /// <summary>Connection string of PostgreSQL.</summary>
    public static readonly Option<string?> Postgres = new("--postgres")
    {
        Description = "Connection string of PostgreSQL, instead of the embedded store. Better: PLATEAU__STORAGE__POSTGRES.",
        Recursive = true,
    };

    /// <summary>The settings by their configuration keys.</summary>
    public static Dictionary<string, string?> Read(ParseResult result)
    {
        var settings = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        Set(settings, "Plateau:Storage:DataDirectory", result.GetValue(DataDirectory));
        Set(settings, "Plateau:Storage:Postgres", result.GetValue(Postgres));
        return settings;
    }

    /// <summary>Makes a builder that knows the settings.</summary>
    public static WebApplicationBuilder CreateBuilder(IReadOnlyDictionary<string, string?> settings)
    {
        // Started from another folder, the executable still finds its own files.
        var builder = WebApplication.CreateBuilder(
            new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Configuration.AddInMemoryCollection(settings);
        return builder;
    }

    private static void Set(Dictionary<string, string?> settings, string key, string? value)
    {
        if (value is not null)
        {
            settings[key] = value;
        }
    }
}
