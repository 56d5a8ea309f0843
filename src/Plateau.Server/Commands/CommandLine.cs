using System.CommandLine;
using System.CommandLine.Parsing;
using Plateau.Server.Http;

namespace Plateau.Server.Commands;

/// <summary>
/// Runs one command and turns whatever happens into an exit code and at most one line on standard error.
/// </summary>
internal static class CommandLine
{
    /// <summary>It is done.</summary>
    public const int Succeeded = 0;

    /// <summary>It could not be done; standard error says why.</summary>
    public const int Failed = 1;

    /// <summary>The arguments are wrong; standard error says which.</summary>
    public const int BadArguments = 2;

    /// <summary>It was stopped before it was done.</summary>
    public const int Interrupted = 130;

    // Longer than the server takes to drain, so that a stop is never cut short.
    private static readonly TimeSpan StopsWithin = TimeSpan.FromSeconds(10);

    /// <summary>Runs the command that the arguments name and returns the exit code of the process.</summary>
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, TextWriter output, TextWriter error)
    {
        var result = RootCommands.Create().Parse(arguments);
        if (result.Errors.Count > 0)
        {
            error.WriteLine(OneLine($"{FaultsOf(result)} See {PathOf(result.CommandResult)} --help."));
            return BadArguments;
        }
        try
        {
            return await result.InvokeAsync(new InvocationConfiguration
            {
                Output = output,
                Error = error,
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = StopsWithin,
            });
        }
        catch (OperationCanceledException)
        {
            return Interrupted;
        }
        catch (Exception exception) when (CommandFailure.Explain(exception) is { } reason)
        {
            error.WriteLine(OneLine(reason));
            return exception is CommandFailure failure ? failure.ExitCode : Failed;
        }
    }

    // Whoever names no command, or none that there is, is told which there are.
    private static string FaultsOf(ParseResult result)
    {
        var command = result.CommandResult.Command;
        var words = command.Subcommands.Select(below => below.Name).ToList();
        var fault = (words, result.UnmatchedTokens) switch
        {
            ([_, ..], [[not '-', ..] word, ..]) => $"'{Quote.Of(word)}' is not a command",
            ([_, ..], []) when command.Action is null && result.Errors is [_] => "A command is missing",
            _ => null,
        };
        return fault is null
            ? string.Join(" ", result.Errors.Select(one => one.Message).Distinct())
            : $"{fault}; there are {string.Join(", ", words[..^1])} and {words[^1]}.";
    }

    private static string OneLine(string text) =>
        string.Join(
            ' ', text.Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));

    private static string PathOf(CommandResult result) => result.Parent is CommandResult parent
        ? $"{PathOf(parent)} {result.Command.Name}"
        : result.Command.Name;
}
