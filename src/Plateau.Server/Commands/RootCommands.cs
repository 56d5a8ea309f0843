using System.CommandLine;

namespace Plateau.Server.Commands;

/// <summary>The commands of the executable.</summary>
internal static class RootCommands
{
    private const string Help = """
        Plateau: an open platform for home-energy devices.

        Exit codes: 0 done, 1 failed, 2 bad arguments, 130 stopped before it was done.
        """;

    /// <summary>All of them.</summary>
    public static RootCommand Create()
    {
        Command[] onTheStore =
        [
            ServeCommand.Create(),
            DemoCommand.Create(),
            MigrateCommand.Create(),
            AccountsCommand.Create(),
            KeysCommand.Create(),
            BackupCommand.Create(),
            DoctorCommand.Create(),
        ];
        Command[] overTheApi = [StatesCommand.Create()];

        var root = new RootCommand(Help);
        foreach (var command in onTheStore)
        {
            ServerSettings.AddOptions(command);
            root.Add(command);
        }
        foreach (var command in overTheApi)
        {
            root.Add(command);
        }
        return root;
    }
}
