using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Plateau.EndToEnd.Tests;

/// <summary>Programs that are built by a test, and run as if on another machine.</summary>
internal static class Building
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(15);

    /// <summary>The folder with the solution.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The name that .NET has for this machine.</summary>
    public static string Rid { get; } = RuntimeInformation.OSArchitecture == Architecture.Arm64
        ? "linux-arm64"
        : "linux-x64";

    /// <summary>Runs a program of this machine to its good end and returns what it printed.</summary>
    public static async Task<string> RunAsync(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments);
        // A build must not be told of the build that made this test.
        var ofBuild = start.Environment.Keys.Where(
            one => one.StartsWith("MSBuild", StringComparison.OrdinalIgnoreCase));
        foreach (var name in ofBuild.ToList())
        {
            start.Environment.Remove(name);
        }
        return await EndAsync(start);
    }

    /// <summary>What starts a program where nothing of .NET is installed.</summary>
    /// <param name="program">Path of the program.</param>
    /// <param name="home">A folder of its user's own.</param>
    /// <param name="arguments">Its arguments.</param>
    public static ProcessStartInfo WithoutDotnet(string program, string home, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = home, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        start.Environment.Clear();
        start.Environment["HOME"] = home;
        start.Environment["PATH"] = "/nonexistent";
        start.Environment["DOTNET_ROOT"] = "/nonexistent";
        return start;
    }

    /// <summary>Runs a program to its good end and returns what it printed.</summary>
    public static async Task<string> EndAsync(ProcessStartInfo start)
    {
        start.RedirectStandardOutput = start.RedirectStandardError = true;
        using var process = Process.Start(start)
            ?? throw new InvalidOperationException($"{start.FileName} did not start.");
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(Patience);
        var output = process.StandardOutput.ReadToEndAsync(patience.Token);
        var error = process.StandardError.ReadToEndAsync(patience.Token);
        try
        {
            await process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
        Assert.True(
            process.ExitCode == 0,
            $"{start.FileName} {string.Join(' ', start.ArgumentList)} ended with {process.ExitCode}: "
            + $"{await output}{await error}");
        return (await output).TrimEnd();
    }

    private static string FindRoot([CallerFilePath] string path = "") =>
        Path.GetFullPath(Path.Combine(path, "..", "..", ".."));
}
