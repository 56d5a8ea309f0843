using Microsoft.Extensions.Options;
using Plateau.Contracts;

namespace Plateau.Server.Http;

/// <summary>What is left of an account's calls after one of them.</summary>
/// <param name="IsAllowed">Whether this call is within the limit.</param>
/// <param name="Remaining">Calls left until the reset.</param>
/// <param name="UntilReset">Time until the account has all its calls again.</param>
internal readonly record struct CallAllowance(bool IsAllowed, int Remaining, TimeSpan UntilReset);

/// <summary>
/// Counts the calls of each account in this process, in minutes that begin with an account's first call.
/// </summary>
internal sealed class AccountLimiter(TimeProvider clock, IOptions<HttpOptions> options)
{
    private const int MaxRemembered = 10_000;
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<AccountId, Minute> _minutes = [];

    /// <summary>Calls a minute that an account may make.</summary>
    public int Limit { get; } = options.Value.RequestsPerMinute;

    /// <summary>Accounts remembered now.</summary>
    public int Remembered
    {
        get
        {
            lock (_lock)
            {
                return _minutes.Count;
            }
        }
    }

    /// <summary>Counts a call.</summary>
    public CallAllowance Count(AccountId account)
    {
        var now = clock.GetUtcNow();
        lock (_lock)
        {
            if (!_minutes.TryGetValue(account, out var minute) || now - minute.Start >= Window || now < minute.Start)
            {
                MakeRoom(now);
                minute = new Minute(now, 0);
            }
            var allowed = minute.Calls < Limit;
            var calls = allowed ? minute.Calls + 1 : minute.Calls;
            _minutes[account] = minute with { Calls = calls };
            return new(allowed, Limit - calls, minute.Start + Window - now);
        }
    }

    // When more accounts call within a minute than are remembered, the memory is bounded rather than the count exact.
    private void MakeRoom(DateTimeOffset now)
    {
        if (_minutes.Count < MaxRemembered)
        {
            return;
        }
        foreach (var (account, minute) in _minutes)
        {
            if (now - minute.Start >= Window)
            {
                _minutes.Remove(account);
            }
        }
        if (_minutes.Count >= MaxRemembered)
        {
            _minutes.Clear();
        }
    }

    private readonly record struct Minute(DateTimeOffset Start, int Calls);
}
