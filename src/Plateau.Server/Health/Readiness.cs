namespace Plateau.Server.Health;

/// <summary>Holds readiness back until what the process does at its start is complete.</summary>
internal sealed class Readiness
{
    private int _pending;

    /// <summary>Whether nothing holds it back.</summary>
    public bool IsComplete => Volatile.Read(ref _pending) == 0;

    /// <summary>Holds readiness back until <see cref="Complete"/>.</summary>
    public void Await() => Interlocked.Increment(ref _pending);

    /// <summary>Ends one wait.</summary>
    public void Complete() => Interlocked.Decrement(ref _pending);
}
