using System.Net;

namespace Plateau.Client.Transport;

/// <summary>When a call is sent again. Pure: no clock and no HTTP.</summary>
internal static class RetryRules
{
    private static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestOwnWait = TimeSpan.FromSeconds(8);

    /// <summary>
    /// Whether time may heal the fault: no connection, no answer, too many calls, a server that is not ready, or one
    /// that something before it did not reach.
    /// </summary>
    /// <param name="status">Status of the answer; null when there was none.</param>
    public static bool IsPassing(HttpStatusCode? status) =>
        status is null or HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests
            or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout;

    /// <summary>How long to wait before the next try; null when there is none.</summary>
    /// <param name="options">The bounds.</param>
    /// <param name="attempt">The try that failed, from 1.</param>
    /// <param name="waited">What the call has waited already.</param>
    /// <param name="asked">What the server asked to wait; null when it did not say.</param>
    public static TimeSpan? NextWait(PlateauClientOptions options, int attempt, TimeSpan waited, TimeSpan? asked)
    {
        if (attempt >= options.MaxAttempts)
        {
            return null;
        }
        var own = FirstWait * Math.Pow(2, Math.Min(attempt - 1, 10));
        var wait = asked ?? (own < LongestOwnWait ? own : LongestOwnWait);
        // Coming back sooner than asked would only be refused again, so a wait that does not fit ends the call.
        return waited + wait <= options.MaxTotalWait ? wait : null;
    }
}
