using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Plateau.Client;
using Plateau.Contracts;

namespace Plateau.Server.Commands.Api;

/// <summary>Commands that work on a server over its API.</summary>
internal static class ApiCommand
{
    /// <summary>
    /// Makes a command that is given a client. What the server refuses is told on standard error with its code, the
    /// request's id and what to do.
    /// </summary>
    /// <param name="name">Its name.</param>
    /// <param name="help">What it does.</param>
    /// <param name="example">How it is called.</param>
    /// <param name="action">Does it.</param>
    /// <param name="takes">Its arguments and options.</param>
    public static Command Create(
        string name, string help, string example, Func<ParseResult, PlateauClient, CancellationToken, Task> action,
        params Symbol[] takes)
    {
        var command = new Command(name, $"{help}\n\nExample:\n  {example}");
        foreach (var symbol in takes)
        {
            switch (symbol)
            {
                case Argument argument:
                    command.Add(argument);
                    break;
                case Option option:
                    command.Add(option);
                    break;
            }
        }
        CallerOptions.AddTo(command);
        command.SetAction(async (result, cancel) =>
        {
            // The library listens to Ctrl-C once it has this task: it is given it at once, not at the first wait of the
            // work. The work begins beside it: in its first moment Ctrl-C may still end the process as it stands.
            await Task.Yield();
            var error = result.InvocationConfiguration.Error;
            if (CallerOptions.Read(result, out var fault) is not { } caller)
            {
                error.WriteLine(fault);
                return CommandLine.BadArguments;
            }
            using var client = new PlateauClient(caller);
            try
            {
                await action(result, client, cancel);
                return CommandLine.Succeeded;
            }
            catch (PlateauException refusal)
            {
                error.WriteLine(Explain(refusal));
                return CommandLine.Failed;
            }
        });
        return command;
    }

    /// <summary>
    /// An option that is a number, with a point before its decimals. A comma is refused: taken for a separator of
    /// thousands it would make ten times the number of it.
    /// </summary>
    public static Option<double?> NumberOption(
        string name, string description, string helpName = "number", bool isRequired = false) => new(name)
        {
            Description = description,
            HelpName = helpName,
            Required = isRequired,
            CustomParser = argument =>
            {
                var text = argument.Tokens is [var token, ..] ? token.Value : "";
                if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
                    && double.IsFinite(number))
                {
                    return number;
                }
                argument.AddError($"{name} is a number such as 13.5; it was '{text}'.");
                return null;
            },
        };

    /// <summary>An option that is an id.</summary>
    public static Option<TId?> IdOption<TId>(string name, string description, bool isRequired = false)
        where TId : struct, IObjectId<TId> => new(name)
        {
            Description = description,
            HelpName = "id",
            Required = isRequired,
            CustomParser = argument => ReadId<TId>(argument),
        };

    /// <summary>Reads an id; none where there is no text, or with a fault where it is none.</summary>
    public static TId? ReadId<TId>(ArgumentResult argument) where TId : struct, IObjectId<TId>
    {
        if (argument.Tokens is not [var token, ..])
        {
            return null;
        }
        if (ObjectIdText.TryParse(token.Value, out TId id))
        {
            return id;
        }
        argument.AddError(OperatorArguments.NotAnId<TId>(token.Value));
        return null;
    }

    /// <summary>The merge patch that was told.</summary>
    /// <exception cref="CommandFailure">Nothing was told, or the file is no JSON object.</exception>
    public static Task<JsonObject> ReadChangeAsync(ParseResult result, BodyMembers body, CancellationToken cancel) =>
        body.AreTold(result)
            ? body.ReadAsync(result, cancel)
            : throw CommandFailure.OfArguments("Tell what to change, with an option or with --file.");

    /// <summary>What a refusal says, in one line: words, code, every fault, the request and what to do.</summary>
    public static string Explain(PlateauException refusal)
    {
        var parts = new List<string> { refusal.Message };
        // The first is the message itself.
        parts.AddRange(refusal.Error?.Errors?.Skip(1).Select(one => one.Message) ?? []);
        if (refusal.Code is { } code)
        {
            parts.Add($"[{code}]");
        }
        if (refusal.RequestId is { } request)
        {
            parts.Add($"[request {request}]");
        }
        if (AdviceFor(refusal.Status) is { } advice)
        {
            parts.Add(advice);
        }
        return string.Join(' ', parts);
    }

    private static string? AdviceFor(HttpStatusCode? status) => status switch
    {
        null => "Is the server running, and is the address right?",
        HttpStatusCode.Unauthorized => "Sign in with: plateau login",
        HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable => "Try again later.",
        >= HttpStatusCode.InternalServerError => "The server's log has more under the request's id.",
        _ => null,
    };
}
