using System.CommandLine;
using Plateau.Client;

namespace Plateau.Server.Commands.Api;

/// <summary>Commands that delete: they ask on a terminal, and want <c>--yes</c> elsewhere.</summary>
internal static class DeleteCommand
{
    public static readonly Option<bool> Yes = new("--yes", "-y")
    {
        Description = "Do it without asking, as scripts have to.",
    };

    /// <summary>Makes one.</summary>
    /// <param name="help">What it does.</param>
    /// <param name="example">How it is called.</param>
    /// <param name="id">What is deleted.</param>
    /// <param name="question">What is asked before.</param>
    /// <param name="delete">Deletes it.</param>
    /// <param name="takes">Options of its own.</param>
    public static Command Create<TId>(
        string help, string example, Argument<TId> id, Func<TId, string> question,
        Func<PlateauClient, ParseResult, TId, CancellationToken, Task> delete, params Symbol[] takes)
        where TId : struct =>
        Create("delete", help, example, id, question, delete, takes);

    /// <summary>Makes one that has another name.</summary>
    public static Command Create<TId>(
        string name, string help, string example, Argument<TId> id, Func<TId, string> question,
        Func<PlateauClient, ParseResult, TId, CancellationToken, Task> delete, params Symbol[] takes)
        where TId : struct =>
        ApiCommand.Create(
            name, help, example,
            async (result, client, cancel) =>
            {
                await ConfirmAsync(result, question(result.GetValue(id)), cancel);
                await delete(client, result, result.GetValue(id), cancel);
            },
            [id, .. takes, Yes]);

    private static async Task ConfirmAsync(ParseResult result, string question, CancellationToken cancel)
    {
        if (result.GetValue(Yes))
        {
            return;
        }
        if (Console.IsInputRedirected)
        {
            throw CommandFailure.OfArguments($"{question} Nobody can be asked here: say --yes.");
        }
        var error = result.InvocationConfiguration.Error;
        await error.WriteAsync($"{question} [y/N] ");
        var answer = await Console.In.ReadLineAsync(cancel);
        if (answer?.Trim().ToLowerInvariant() is not ("y" or "yes"))
        {
            throw new CommandFailure("Nothing was deleted.");
        }
    }
}
