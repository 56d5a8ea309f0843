using System.CommandLine;
using System.CommandLine.Parsing;
using Plateau.Server.Settings;

namespace Plateau.Server.Commands;

/// <summary>
/// The settings of a command: appsettings.json beside the executable, then <c>PLATEAU__…</c> in the environment, then
/// the command line. Every command that opens the store takes the same options.
/// </summary>
internal static class ServerSettings
{
    /// <summary>Folder of the embedded store.</summary>
    public static readonly Option<string?> DataDirectory = new("--data-dir")
    {
        Description = "Folder of the embedded store; PLATEAU__STORAGE__DATADIRECTORY. [default: data]",
        HelpName = "folder",
        Recursive = true,
    };

    /// <summary>Connection string of PostgreSQL.</summary>
    public static readonly Option<string?> Postgres = new("--postgres")
    {
        Description = "Connection string of PostgreSQL; better where nobody reads it: PLATEAU__STORAGE__POSTGRES.",
        HelpName = "connection",
        Recursive = true,
    };

    /// <summary>Any other setting.</summary>
    public static readonly Option<string[]> Set = new("--set")
    {
        Description = "Any setting, such as Storage:MaxConnections=20; repeatable.",
        HelpName = "Section:Key=value",
        Recursive = true,
        Validators = { CheckSet },
    };

    // What is not ours is given its own name; everything else is a section of Plateau.
    private static readonly string[] ForeignRoots = ["Plateau:", "Logging:", "Kestrel:"];

    /// <summary>Gives a command, and those under it, the options.</summary>
    public static void AddOptions(Command command)
    {
        command.Add(DataDirectory);
        command.Add(Postgres);
        command.Add(Set);
    }

    /// <summary>The settings of the command line by their configuration keys.</summary>
    public static Dictionary<string, string?> Read(ParseResult result)
    {
        var settings = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        foreach (var setting in result.GetValue(Set) ?? [])
        {
            var equals = setting.IndexOf('=', StringComparison.Ordinal);
            settings[KeyOf(setting[..equals])] = setting[(equals + 1)..];
        }
        AddGiven(settings, "Plateau:Storage:DataDirectory", result.GetValue(DataDirectory));
        AddGiven(settings, "Plateau:Storage:Postgres", result.GetValue(Postgres));
        return settings;
    }

    /// <summary>Makes a builder that knows the settings.</summary>
    /// <exception cref="CommandFailure">A setting is wrong or unknown.</exception>
    public static WebApplicationBuilder CreateBuilder(IReadOnlyDictionary<string, string?> settings)
    {
        var builder = CreateUncheckedBuilder(settings);
        return SettingsCheck.FindFaults(builder.Configuration) is { Count: > 0 } faults
            ? throw new CommandFailure(string.Join(" ", faults))
            : builder;
    }

    /// <summary>Makes a builder that knows the settings, whatever they are.</summary>
    public static WebApplicationBuilder CreateUncheckedBuilder(IReadOnlyDictionary<string, string?> settings)
    {
        // Started from another folder, the executable still finds its own files.
        var builder = WebApplication.CreateBuilder(
            new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Configuration.AddInMemoryCollection(settings);
        return builder;
    }

    private static void AddGiven(Dictionary<string, string?> settings, string key, string? value)
    {
        if (value is not null)
        {
            settings[key] = value;
        }
    }

    private static string KeyOf(string name) =>
        ForeignRoots.Any(root => name.StartsWith(root, StringComparison.OrdinalIgnoreCase)) ? name : $"Plateau:{name}";

    private static void CheckSet(OptionResult option)
    {
        foreach (var token in option.Tokens)
        {
            var parts = token.Value.Split('=', 2);
            if (parts.Length < 2 || !parts[0].Contains(':', StringComparison.Ordinal))
            {
                // What follows the name may be a secret.
                option.AddError($"'{parts[0]}' is not of the form Section:Key=value.");
            }
        }
    }
}
