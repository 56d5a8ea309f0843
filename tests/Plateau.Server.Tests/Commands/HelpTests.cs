using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text.RegularExpressions;
using Plateau.Server.Commands;

namespace Plateau.Server.Tests.Commands;

/// <summary>What the help of commands says.</summary>
public sealed class HelpTests
{
    private static readonly string[] OverTheApi = ["account", "customers", "locations", "devices", "states"];

    [Fact]
    public void Every_command_of_a_user_has_an_example_that_is_right()
    {
        var root = RootCommands.Create();
        var commands = root.Subcommands.Where(one => OverTheApi.Contains(one.Name)).SelectMany(Leaves).ToList();
        Assert.True(commands.Count > 20, $"There are {commands.Count} commands only.");
        foreach (var (path, command) in commands)
        {
            var parts = Regex.Split(command.Description!, "Examples?:\n");
            Assert.True(parts.Length == 2, $"{path} has no example.");
            foreach (var example in Regex.Split(parts[1], @"^ +(?=plateau )", RegexOptions.Multiline)[1..])
            {
                Assert.StartsWith($"plateau {path}", example, StringComparison.Ordinal);
                var line = example.ReplaceLineEndings(" ");
                var parsed = root.Parse([.. CommandLineParser.SplitCommandLine(line).Skip(1)]);
                Assert.True(parsed.Errors.Count == 0, $"{line}: {string.Join(' ', parsed.Errors)}");
            }
        }
    }

    private static IEnumerable<(string Path, Command Command)> Leaves(Command command) =>
        (command.Action is null ? [] : new[] { (command.Name, command) })
        .Concat(command.Subcommands.SelectMany(Leaves).Select(one => ($"{command.Name} {one.Item1}", one.Item2)));
}
