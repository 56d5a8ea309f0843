using System.Diagnostics;
using System.Text;
using Plateau.Contracts;
using Plateau.Server.Commands;

namespace Plateau.Server.Tests;

/// <summary>Someone who uses a server by the command line: processes that find server, account and key told.</summary>
internal sealed class CommandUser : IDisposable
{
    private CommandUser(Dictionary<string, string> environment, string folder) =>
        (Environment, Folder) = (environment, folder);

    /// <summary>What the processes find in the environment.</summary>
    public Dictionary<string, string> Environment { get; }

    /// <summary>A folder of the user's own.</summary>
    public string Folder { get; }

    public static async Task<CommandUser> OfAsync(TestServer server, KeyScope scope = KeyScope.Manage)
    {
        var (_, secret) = await server.CreateKeyAsync(scope);
        var folder = Directory.CreateTempSubdirectory("plateau-user-").FullName;
        return new(
            new()
            {
                ["HOME"] = folder,
                ["XDG_CONFIG_HOME"] = folder,
                [CallerOptions.UrlVariable] = server.BaseAddress.ToString(),
                [CallerOptions.AccountVariable] = server.AccountId.ToString(),
                [CallerOptions.KeyVariable] = secret,
            },
            folder);
    }

    /// <summary>Takes server, account and key out of the environment and returns the secret key.</summary>
    public string ForgetCaller()
    {
        var secret = Environment[CallerOptions.KeyVariable];
        foreach (var name in (string[])
            [CallerOptions.UrlVariable, CallerOptions.AccountVariable, CallerOptions.KeyVariable])
        {
            Environment.Remove(name);
        }
        return secret;
    }

    /// <summary>Runs a command to its end.</summary>
    public Task<Ended> RunAsync(params string[] arguments) => RunThroughAsync([], arguments);

    /// <summary>Runs a command that finds a text on its standard input.</summary>
    public async Task<Ended> RunWithInputAsync(string input, params string[] arguments)
    {
        var file = Path.Combine(Folder, "input");
        await File.WriteAllTextAsync(file, input, TestContext.Current.CancellationToken);
        return await RunThroughAsync(["sh", "-c", $"exec \"$@\" < '{file}'", "sh"], arguments);
    }

    /// <summary>
    /// Runs a command on a terminal, that of util-linux's <c>script</c>, and types once it shows a text. Output is all
    /// that the terminal shows, errors included.
    /// </summary>
    public Task<Ended> RunOnTerminalAsync(string shows, string typed, params string[] arguments) => RunOnTerminalAsync(
        shows, typed, string.Join(' ', Executable.LineOf(arguments).Select(one => $"'{one}'")), Environment);

    /// <summary>The same of a line of a shell.</summary>
    public static async Task<Ended> RunOnTerminalAsync(
        string shows, string typed, string command, IReadOnlyDictionary<string, string> environment)
    {
        var cancel = TestContext.Current.CancellationToken;
        var start = new ProcessStartInfo(
            "script", ["--quiet", "--return", "--echo", "never", "--command", command, "/dev/null"])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }
        using var process = Process.Start(start) ?? throw new InvalidOperationException("script did not start.");
        var (screen, buffer, isTyped) = (new StringBuilder(), new char[1024], false);
        while (await process.StandardOutput.ReadAsync(buffer, cancel) is > 0 and var count)
        {
            screen.Append(buffer, 0, count);
            if (!isTyped && screen.ToString().Contains(shows, StringComparison.Ordinal))
            {
                isTyped = true;
                await Task.Delay(TimeSpan.FromMilliseconds(500), TimeProvider.System, cancel); // as a person would
                await process.StandardInput.WriteAsync(typed.AsMemory(), cancel);
                await process.StandardInput.FlushAsync(cancel);
            }
        }
        await process.WaitForExitAsync(cancel);
        Assert.True(isTyped, $"The terminal never showed {shows}: {screen}");
        return new Ended(process.ExitCode, screen.ToString(), "");
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    private async Task<Ended> RunThroughAsync(string[] through, string[] arguments)
    {
        using var process = Executable.Start(arguments, Environment, through);
        return await Executable.EndAsync(process);
    }
}
