using System.Threading.Channels;
using Microsoft.Extensions.Options;
using Plateau.Contracts;
using Plateau.Server.Access;
using Plateau.Server.Http;

namespace Plateau.Server.Requests;

/// <summary>A failed call that waits for being written.</summary>
internal sealed record NotedRequest(
    Caller Caller, string Method, string Path, string? Route, int Status, string Code, string RequestId,
    DateTimeOffset Time);

/// <summary>
/// Takes note of failed calls without making them wait: what does not fit is counted and let go, so that a client gone
/// wild fills neither the memory nor the store.
/// </summary>
internal sealed class FailedRequestLog(
    FailedRequestMetrics metrics, TimeProvider clock, IOptions<RequestsOptions> options)
{
    private const int MaxMethodLength = 16;
    private const int MaxPathLength = 255;

    private readonly Channel<NotedRequest> _waiting = Channel.CreateBounded<NotedRequest>(
        new BoundedChannelOptions(options.Value.QueueCapacity) { SingleReader = true });
    private readonly Lock _lock = new();
    private readonly Dictionary<AccountId, int> _ofSecond = [];
    private long _second;

    /// <summary>The calls that wait.</summary>
    public ChannelReader<NotedRequest> Waiting => _waiting.Reader;

    /// <summary>Takes note of a call that is answered with an error.</summary>
    public void Note(HttpContext context, Caller caller, ApiError error)
    {
        var now = clock.GetUtcNow();
        if (!MayKeep(caller.AccountId, now))
        {
            metrics.Count(FailedRequestFate.Limited, 1);
            return;
        }
        var request = new NotedRequest(
            caller, Cut(context.Request.Method, MaxMethodLength),
            Cut(context.Request.PathBase.Add(context.Request.Path).ToUriComponent(), MaxPathLength),
            (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText?.TrimEnd('/'), error.Status, error.Code,
            context.TraceIdentifier, now);
        if (!_waiting.Writer.TryWrite(request))
        {
            metrics.Count(FailedRequestFate.Dropped, 1);
        }
    }

    private bool MayKeep(AccountId account, DateTimeOffset now)
    {
        var second = now.ToUnixTimeSeconds();
        lock (_lock)
        {
            if (second != _second)
            {
                _second = second;
                _ofSecond.Clear();
            }
            var count = _ofSecond.GetValueOrDefault(account);
            _ofSecond[account] = count + 1;
            return count < options.Value.MaxPerSecond;
        }
    }

    private static string Cut(string text, int length) => text.Length <= length ? text : text[..length];
}
