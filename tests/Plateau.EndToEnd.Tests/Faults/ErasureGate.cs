namespace Plateau.EndToEnd.Tests.Faults;

/// <summary>
/// Keeps erasures of ranges and wrong clocks apart. An erasure covers what was accepted up to its moment, by the clocks
/// of the processes; while those differ, no model could say what it covers.
/// </summary>
internal sealed class ErasureGate : IDisposable
{
    private const int AtOnce = 64;
    private readonly SemaphoreSlim _turns = new(AtOnce, AtOnce);

    /// <summary>Begins an erasure, unless clocks are wrong.</summary>
    public bool TryBegin() => _turns.Wait(TimeSpan.Zero);

    /// <summary>Ends an erasure that was begun.</summary>
    public void End() => _turns.Release();

    /// <summary>Lets no erasure begin, and waits until those under way are answered.</summary>
    public async Task CloseAsync(CancellationToken cancel)
    {
        for (var turn = 0; turn < AtOnce; turn++)
        {
            await _turns.WaitAsync(cancel);
        }
    }

    /// <summary>Lets erasures begin again.</summary>
    public void Open() => _turns.Release(AtOnce);

    public void Dispose() => _turns.Dispose();
}
