using System.Net;
using Microsoft.Extensions.Http.Resilience;
using Polly;
using Polly.Retry;

namespace Plateau.Client.Transport;

/// <summary>When a call is sent again, and after what wait.</summary>
internal static class Retries
{
    private static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestOwnWait = TimeSpan.FromSeconds(8);
    private static readonly ResiliencePropertyKey<bool> SafeToRepeat = new("plateau.safe-to-repeat");
    private static readonly ResiliencePropertyKey<TimeSpan> Waited = new("plateau.waited");

    /// <summary>Says of a call, before it is first sent, whether a second arrival changes nothing.</summary>
    public static void Begin(ResilienceContext context, bool safeToRepeat)
    {
        context.Properties.Set(SafeToRepeat, safeToRepeat);
        context.Properties.Set(Waited, TimeSpan.Zero);
    }

    /// <summary>
    /// Repeats after the time the server asks for, otherwise after waits that double and are spread by chance, so that
    /// many clients do not come back at once.
    /// </summary>
    public static ResiliencePipeline<HttpResponseMessage> Of(PlateauClientOptions options)
    {
        var builder = new ResiliencePipelineBuilder<HttpResponseMessage> { TimeProvider = options.Clock };
        return options.MaxAttempts == 1
            ? builder.Build()
            : builder.AddRetry(new HttpRetryStrategyOptions
            {
                MaxRetryAttempts = options.MaxAttempts - 1,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                Delay = FirstWait,
                MaxDelay = LongestOwnWait,
                DelayGenerator = call => ValueTask.FromResult(AskedWait(call.Outcome.Result, options.Clock)),
                ShouldHandle = call => ValueTask.FromResult(IsWorthIt(call, options)),
                OnRetry = call =>
                {
                    var before = call.Context.Properties.GetValue(Waited, TimeSpan.Zero);
                    call.Context.Properties.Set(Waited, before + call.RetryDelay);
                    return default;
                },
            }).Build();
    }

    /// <summary>Whether there was no answer, for a reason that may pass and is not the caller's own wish.</summary>
    public static bool IsPassing(Exception fault, CancellationToken cancel) =>
        fault is HttpRequestException or IOException
        || (fault is OperationCanceledException && !cancel.IsCancellationRequested);

    private static bool IsWorthIt(RetryPredicateArguments<HttpResponseMessage> call, PlateauClientOptions options)
    {
        var response = call.Outcome.Result;
        var isPassing = response is null
            ? call.Outcome.Exception is { } fault && IsPassing(fault, call.Context.CancellationToken)
            : IsPassing(response.StatusCode);
        // A call that was refused for their number has done nothing.
        var mayRepeat = call.Context.Properties.GetValue(SafeToRepeat, false)
            || response?.StatusCode == HttpStatusCode.TooManyRequests;
        // Coming back sooner than asked would only be refused again, so a wait that does not fit ends the call.
        var wait = call.Context.Properties.GetValue(Waited, TimeSpan.Zero)
            + (AskedWait(response, options.Clock) ?? TimeSpan.Zero);
        return isPassing && mayRepeat && wait <= options.MaxTotalWait;
    }

    // Time may heal these: too many calls, a server in trouble, one that something before it did not reach.
    private static bool IsPassing(HttpStatusCode status) =>
        status is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests
        || (int)status is >= 500 and not 501 and not 505;

    private static TimeSpan? AskedWait(HttpResponseMessage? response, TimeProvider clock) =>
        response?.Headers.RetryAfter switch
        {
            { Delta: { } wait } => wait,
            { Date: { } moment } when moment - clock.GetUtcNow() is { Ticks: > 0 } wait => wait,
            { Date: not null } => TimeSpan.Zero,
            _ => null,
        };
}
