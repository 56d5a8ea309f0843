using System.Collections.Concurrent;
using Microsoft.Extensions.Options;

namespace Plateau.Server.Access;

/// <summary>
/// Counts failed sign-ins by address and by account over the last minute, in this process.
/// </summary>
internal sealed class LoginLimiter(TimeProvider clock, IOptions<AccessOptions> options)
{
    private const int MaxRemembered = 100_000;
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, Queue<DateTimeOffset>> _failures = new(StringComparer.Ordinal);

    /// <summary>How long to wait before the next try; null when one is allowed now.</summary>
    public TimeSpan? WaitFor(string subject)
    {
        if (!_failures.TryGetValue(subject, out var failures))
        {
            return null;
        }
        lock (failures)
        {
            Forget(failures);
            return failures.Count < options.Value.FailedLoginsPerMinute ? null : failures.Peek() + Window - clock.GetUtcNow();
        }
    }

    /// <summary>Notes a failed sign-in.</summary>
    public void NoteFailure(string subject)
    {
        if (_failures.Count >= MaxRemembered)
        {
            DropStale();
        }
        var failures = _failures.GetOrAdd(subject, _ => new Queue<DateTimeOffset>());
        lock (failures)
        {
            Forget(failures);
            if (failures.Count < options.Value.FailedLoginsPerMinute)
            {
                failures.Enqueue(clock.GetUtcNow());
            }
        }
    }

    private void Forget(Queue<DateTimeOffset> failures)
    {
        while (failures.TryPeek(out var first) && clock.GetUtcNow() - first >= Window)
        {
            failures.Dequeue();
        }
    }

    // When so many subjects fail within a minute that nothing is stale, the memory is bounded rather than exact.
    private void DropStale()
    {
        foreach (var (subject, failures) in _failures)
        {
            lock (failures)
            {
                Forget(failures);
                if (failures.Count == 0)
                {
                    _failures.TryRemove(subject, out _);
                }
            }
        }
        if (_failures.Count >= MaxRemembered)
        {
            _failures.Clear();
        }
    }
}
