using Microsoft.Extensions.Options;

namespace Plateau.Server.Access;

/// <summary>
/// Counts failed sign-ins by address and by account over the last minute, in this process. A try holds one of a
/// subject's failures from its beginning and gives it back unless it fails, so that tries at once cannot be more than
/// the limit.
/// </summary>
internal sealed class LoginLimiter(TimeProvider clock, IOptions<AccessOptions> options)
{
    /// <summary>Failures that are remembered; beyond it the oldest are forgotten early.</summary>
    internal const int MaxRemembered = 100_000;

    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly int _limit = options.Value.FailedLoginsPerMinute;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Subject> _subjects = new(StringComparer.Ordinal);

    // The failures of all subjects, oldest first.
    private readonly Queue<(DateTimeOffset Time, string Subject)> _failures = new();

    /// <summary>Subjects remembered now.</summary>
    public int Remembered
    {
        get
        {
            lock (_lock)
            {
                return _subjects.Count;
            }
        }
    }

    /// <summary>
    /// Begins a try; while others are under way that may fail, it waits for their end. Answers how long to wait when
    /// the subject has no try left, and null when the try may go on: then <see cref="End"/> it.
    /// </summary>
    public async Task<TimeSpan?> BeginAsync(string subject, CancellationToken cancel)
    {
        while (true)
        {
            Task othersEnd;
            lock (_lock)
            {
                ForgetStale();
                if (!_subjects.TryGetValue(subject, out var known))
                {
                    _subjects[subject] = known = new Subject();
                }
                if (known.Failures.Count >= _limit)
                {
                    return known.Failures.Peek() + Window - clock.GetUtcNow();
                }
                if (known.Failures.Count + known.UnderWay < _limit)
                {
                    known.UnderWay++;
                    return null;
                }
                othersEnd = known.OneEnds.Task;
            }
            await othersEnd.WaitAsync(cancel);
        }
    }

    /// <summary>Ends a try that was begun.</summary>
    public void End(string subject, bool failed)
    {
        lock (_lock)
        {
            var known = _subjects[subject];
            known.UnderWay--;
            if (failed)
            {
                var now = clock.GetUtcNow();
                known.Failures.Enqueue(now);
                _failures.Enqueue((now, subject));
            }
            known.OneEnds.SetResult();
            known.OneEnds = new(TaskCreationOptions.RunContinuationsAsynchronously);
            ForgetIfIdle(subject, known);
            ForgetStale();
        }
    }

    private void ForgetStale()
    {
        var now = clock.GetUtcNow();
        while (_failures.TryPeek(out var oldest) && (_failures.Count > MaxRemembered || now - oldest.Time >= Window))
        {
            _failures.Dequeue();
            var known = _subjects[oldest.Subject];
            known.Failures.Dequeue();
            ForgetIfIdle(oldest.Subject, known);
        }
    }

    private void ForgetIfIdle(string subject, Subject known)
    {
        if (known.UnderWay == 0 && known.Failures.Count == 0)
        {
            _subjects.Remove(subject);
        }
    }

    private sealed class Subject
    {
        public Queue<DateTimeOffset> Failures { get; } = new();
        public int UnderWay { get; set; }
        public TaskCompletionSource OneEnds { get; set; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
