using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using Plateau.Server.Commands.Api;

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
        Command[] overTheApi =
        [
            LoginCommand.Create(),
            LoginCommand.CreateLogout(),
            AccountCommands.Create(),
            CustomerCommands.Create(),
            LocationCommands.Create(),
            DeviceCommands.Create(),
            StatesCommand.Create(),
            SimulateCommand.Create(),
        ];

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
        root.Add(CompletionCommand.Create());
        var help = root.Options.OfType<HelpOption>().Single();
        help.Action = new HelpInShort((HelpAction)help.Action!); // the root is made with it
        return root;
    }

    /// <summary>Help that tells of the commands below a command in their first paragraph only.</summary>
    private sealed class HelpInShort(HelpAction whole) : SynchronousCommandLineAction
    {
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            foreach (var command in parseResult.CommandResult.Command.Subcommands)
            {
                command.Description = command.Description?.Split("\n\n")[0];
            }
            return whole.Invoke(parseResult);
        }
    }
}
