using System.CommandLine;

namespace Plateau.Server.Commands;

/// <summary>The commands of the executable.</summary>
internal static class RootCommands
{
    /// <summary>All of them.</summary>
    public static RootCommand Create() => new("Plateau: an open platform for home-energy devices.")
    {
        ServeCommand.Create(),
        DemoCommand.Create(),
        AccountsCommand.Create(),
        KeysCommand.Create(),
        StatesCommand.Create(),
        ServerSettings.DataDirectory,
        ServerSettings.Postgres,
    };
}
