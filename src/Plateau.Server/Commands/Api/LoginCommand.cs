using System.CommandLine;
using Plateau.Client;
using Plateau.Contracts;
using Spectre.Console;

namespace Plateau.Server.Commands.Api;

/// <summary><c>plateau login</c> and <c>logout</c>: profiles of the user.</summary>
internal static class LoginCommand
{
    private const string Help = """
        Sign in and keep address, account and key for the commands that follow, in a file that only you can read.

        The key is asked for, or read from standard input where that is no terminal; nothing is kept that the server
        does not take. Several servers or accounts are several profiles: --profile NAME, here and at each command.

        Example:
          plateau login http://127.0.0.1:5080 acc_65f0c2a4b1d2e3f405060708
        """;

    private static readonly Argument<string> Address = new("address")
    {
        Description = "Address of the server, such as http://127.0.0.1:5080.",
    };

    private static readonly Argument<AccountId> Account =
        OperatorArguments.Id<AccountId>("account", "Id of the account, acc_….");

    public static Command Create()
    {
        var command = new Command("login", Help) { Address, Account, CallerOptions.Profile };
        command.SetAction(LoginAsync);
        return command;
    }

    /// <summary>Forgets a profile; its key stays good.</summary>
    public static Command CreateLogout()
    {
        var command = new Command("logout", "Delete a profile. Its key stays good until it is revoked.")
        {
            CallerOptions.Profile,
        };
        command.SetAction(result =>
        {
            var path = Profiles.PathOf(NameOf(result));
            if (!File.Exists(path))
            {
                throw new CommandFailure($"There is no profile {NameOf(result)}.");
            }
            File.Delete(path);
            result.InvocationConfiguration.Error.WriteLine($"Deleted {path}.");
        });
        return command;
    }

    private static async Task<int> LoginAsync(ParseResult result, CancellationToken cancel)
    {
        var error = result.InvocationConfiguration.Error;
        var address = result.GetRequiredValue(Address);
        if (!Uri.TryCreate(address, UriKind.Absolute, out var server) || server.Scheme is not ("http" or "https"))
        {
            error.WriteLine("The address must be that of a server, such as http://127.0.0.1:5080.");
            return CommandLine.BadArguments;
        }
        var key = await ReadKeyAsync(cancel);
        if (string.IsNullOrEmpty(key))
        {
            error.WriteLine("There is no key on standard input.");
            return CommandLine.BadArguments;
        }
        using var client = new PlateauClient(new PlateauClientOptions
        {
            BaseAddress = server, AccountId = result.GetValue(Account), SecretKey = key,
        });
        try
        {
            var account = await client.Account.GetAsync(cancel);
            var path = Profiles.PathOf(NameOf(result));
            await new CallerFile(address, account.Id.ToString(), key).WriteAsync(path, cancel);
            error.WriteLine(
                $"Signed in to {account.Name}, {(account.LiveMode ? "live" : "test")} mode, with a key that may "
                + $"{account.Scope.ToString().ToLowerInvariant()}. Kept in {path}.");
            return CommandLine.Succeeded;
        }
        catch (PlateauException refusal)
        {
            error.WriteLine(ApiCommand.Explain(refusal));
            return CommandLine.Failed;
        }
    }

    private static string NameOf(ParseResult result) => result.GetValue(CallerOptions.Profile) ?? Profiles.Default;

    private static async Task<string?> ReadKeyAsync(CancellationToken cancel)
    {
        if (Console.IsInputRedirected)
        {
            return (await Console.In.ReadLineAsync(cancel))?.Trim();
        }
        var screen = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        return await new TextPrompt<string>("Secret key:").Secret(null).ShowAsync(screen, cancel);
    }
}
