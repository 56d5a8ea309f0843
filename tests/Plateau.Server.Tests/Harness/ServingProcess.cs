using System.Diagnostics;
using System.Text.Json.Nodes;

namespace Plateau.Server.Tests;

/// <summary>A server in a process of its own, that listens.</summary>
internal sealed class ServingProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly Task<string> _error;

    private ServingProcess(Process process, Task<string> error, Uri address)
    {
        _process = process;
        _error = error;
        Address = address;
    }

    /// <summary>Where it listens.</summary>
    public Uri Address { get; }

    /// <summary>Starts it on a store and waits until it listens.</summary>
    public static async Task<ServingProcess> StartAsync(
        IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        var process = Executable.Start(["serve", "--json", "--urls", "http://127.0.0.1:0", .. arguments], environment);
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        if (await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is not { } line)
        {
            Assert.Fail($"It did not start: {await error}");
            throw new UnreachableException();
        }
        return new(process, error, new Uri(JsonNode.Parse(line)!["urls"]![0]!.GetValue<string>()));
    }

    /// <summary>Asks it to stop, as a supervisor does, and returns how it ended.</summary>
    public async Task<Ended> TerminateAsync()
    {
        await Executable.SignalAsync(_process, "TERM");
        var output = await _process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return new(_process.ExitCode, output, await _error);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync(CancellationToken.None);
        }
        _process.Dispose();
    }
}
