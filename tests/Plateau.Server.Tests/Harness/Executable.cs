using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;

namespace Plateau.Server.Tests;

/// <summary>The built executable, run as its users run it: in a process of its own.</summary>
internal static class Executable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);
    private static readonly string Path = System.IO.Path.Combine(AppContext.BaseDirectory, "plateau.dll");

    /// <summary>Runs it to its end, on a store.</summary>
    public static Task<Ended> RunAsync(TestStore store, params string[] arguments) =>
        RunAsync([.. arguments, .. store.Arguments]);

    /// <summary>Runs it to its end.</summary>
    public static async Task<Ended> RunAsync(
        IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        using var process = Start(arguments, environment);
        return await EndAsync(process);
    }

    /// <summary>Starts it, with its output and its errors to be read.</summary>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="environment">What it finds in the environment beside ours.</param>
    /// <param name="through">A program, with its arguments, that becomes it.</param>
    public static Process Start(
        IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null,
        params IEnumerable<string> through)
    {
        string[] line = [.. through, .. LineOf(arguments)];
        var start = new ProcessStartInfo(line[0])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var argument in line[1..])
        {
            start.ArgumentList.Add(argument);
        }
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }
        return Process.Start(start) ?? throw new InvalidOperationException("The executable did not start.");
    }

    /// <summary>What a shell would be told to run it.</summary>
    public static string[] LineOf(IEnumerable<string> arguments) =>
        [Environment.ProcessPath is { } path && IsDotnet(path) ? path : "dotnet", Path, .. arguments];

    /// <summary>Waits for its end.</summary>
    /// <param name="process">What was started.</param>
    /// <param name="within">How long it may take; null: 90 seconds.</param>
    public static async Task<Ended> EndAsync(Process process, TimeSpan? within = null)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(within ?? Patience);
        var output = process.StandardOutput.ReadToEndAsync(patience.Token);
        var error = process.StandardError.ReadToEndAsync(patience.Token);
        try
        {
            await process.WaitForExitAsync(patience.Token);
            return new Ended(process.ExitCode, await output, await error);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            throw;
        }
    }

    /// <summary>Sends it a signal, such as TERM.</summary>
    public static async Task SignalAsync(Process process, string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", process.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, kill.ExitCode);
    }

    private static bool IsDotnet(string path) => System.IO.Path.GetFileNameWithoutExtension(path) is "dotnet";
}

/// <summary>What a run left.</summary>
/// <param name="ExitCode">Its exit code.</param>
/// <param name="Output">Its standard output.</param>
/// <param name="Error">Its standard error.</param>
internal sealed record Ended(int ExitCode, string Output, string Error)
{
    /// <summary>Its standard output, without the end of the last line, after a good end.</summary>
    public string Text
    {
        get
        {
            Assert.True(ExitCode == 0, $"It ended with {ExitCode}: {Error}{Output}");
            return Output.TrimEnd();
        }
    }

    /// <summary>Its standard output as the one JSON object it must be.</summary>
    public JsonObject Json => Assert.IsType<JsonObject>(JsonNode.Parse(Output));

    /// <summary>
    /// Asserts that it failed with this code, printed nothing, and said why in one line without a stack.
    /// </summary>
    public void FailedWith(int exitCode, string reason)
    {
        Assert.True(ExitCode == exitCode, $"It ended with {ExitCode}: {Error}{Output}");
        Assert.Empty(Output);
        Assert.Contains(reason, Assert.Single(Error.TrimEnd().Split('\n')), StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", Error, StringComparison.Ordinal);
    }
}
