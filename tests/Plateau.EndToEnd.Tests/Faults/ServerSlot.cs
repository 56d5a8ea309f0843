namespace Plateau.EndToEnd.Tests.Faults;

/// <summary>The place of one server process among those on a store; the process in it comes and goes.</summary>
internal sealed class ServerSlot(SeededStore store, FalseClock clock) : IDisposable
{
    private readonly SemaphoreSlim _signingIn = new(1, 1);
    private ServerProcess? _process;
    private volatile ApiClient? _client;

    /// <summary>A signed-in client of the process; null while there is none.</summary>
    public ApiClient? Client => _client;

    /// <summary>Its clock.</summary>
    public FalseClock Clock => clock;

    /// <summary>Starts a process and returns once it serves.</summary>
    public async Task StartAsync(IReadOnlyDictionary<string, string> settings)
    {
        var environment = new Dictionary<string, string>(settings.Concat(clock.Environment));
        _process = await ServerProcess.StartAsync(store.Arguments, environment);
        await Until.TrueAsync("the server signed in", async () =>
            (_client = await store.TrySignInAsync(_process)) is not null);
    }

    /// <summary>Kills the process, if there is one.</summary>
    /// <returns>Whether there was one.</returns>
    public async Task<bool> KillAsync()
    {
        _client = null;
        if (_process is not { } process)
        {
            return false;
        }
        _process = null;
        Assert.False(process.HasExited, $"A server ended by itself: {process.Output}");
        await process.KillAsync();
        ShouldHaveNoDefect(process.Output);
        process.Dispose();
        return true;
    }

    /// <summary>What the process has printed.</summary>
    public string Output => _process?.Output ?? "";

    /// <summary>Whether a process runs in it.</summary>
    public bool IsRunning => _process is not null;

    /// <summary>Signs in again after a token was refused, as it is when a clock has jumped.</summary>
    public async Task SignInAgainAsync(ApiClient refused)
    {
        await _signingIn.WaitAsync(TestContext.Current.CancellationToken);
        try
        {
            if (_client == refused && _process is { } process && await store.TrySignInAsync(process) is { } client)
            {
                Interlocked.CompareExchange(ref _client, client, refused);
            }
        }
        finally
        {
            _signingIn.Release();
        }
    }

    public void Dispose()
    {
        _process?.Dispose();
        _signingIn.Dispose();
    }

    // What a process logs as an error is a defect of its own; a store that is away is a warning.
    private static void ShouldHaveNoDefect(string output)
    {
        var lines = output.Split('\n');
        var found = Array.FindIndex(lines, line => line.StartsWith("fail: ", StringComparison.Ordinal));
        Assert.True(
            found < 0, found < 0 ? "" : $"A server logged an error: {string.Join('\n', lines.Skip(found).Take(25))}");
    }
}
