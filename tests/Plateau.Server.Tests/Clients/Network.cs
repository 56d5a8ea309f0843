using System.Net;
using System.Net.Http.Headers;
using Plateau.Client;
using Plateau.Contracts;

namespace Plateau.Server.Tests.Clients;

/// <summary>
/// The network between client and server, which a test can break: each call asks the plan what happens to it.
/// </summary>
/// <param name="plan">Gets a call and how many of its path came before; null lets the call through.</param>
internal sealed class Network(Func<HttpRequestMessage, int, Fault?>? plan = null)
    : DelegatingHandler(new SocketsHttpHandler())
{
    private readonly Lock _lock = new();
    private readonly List<string> _calls = [];

    /// <summary>Method and path of every call that was made, in order.</summary>
    public IReadOnlyList<string> Calls
    {
        get
        {
            lock (_lock)
            {
                return [.. _calls];
            }
        }
    }

    /// <summary>How many calls were made to a path.</summary>
    public int CountOf(string call) => Calls.Count(one => one == call);

    /// <summary>A client of the server's account, through this network.</summary>
    public async Task<PlateauClient> ConnectAsync(
        TestServer server, Func<PlateauClientOptions, PlateauClientOptions>? adjust = null)
    {
        var (_, secret) = await server.CreateKeyAsync(KeyScope.Manage);
        var options = new PlateauClientOptions
        {
            BaseAddress = server.BaseAddress, AccountId = server.AccountId, SecretKey = secret,
        };
        return new PlateauClient(adjust?.Invoke(options) ?? options, new HttpClient(this, disposeHandler: false));
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancel)
    {
        var call = $"{request.Method} {request.RequestUri?.AbsolutePath}";
        int before;
        lock (_lock)
        {
            before = _calls.Count(one => one == call);
            _calls.Add(call);
        }
        var fault = plan?.Invoke(request, before);
        if (fault is { Answer: { } answer })
        {
            return answer;
        }
        var response = await base.SendAsync(request, cancel);
        if (fault is not null)
        {
            response.Dispose();
            throw new HttpRequestException("The answer was lost.");
        }
        return response;
    }
}

/// <summary>What happens to a call.</summary>
/// <param name="Answer">What is answered instead of the server; null: the server acts, and its answer is lost.</param>
internal sealed record Fault(HttpResponseMessage? Answer)
{
    public static Fault LostAnswer => new((HttpResponseMessage?)null);

    public static Fault Status(HttpStatusCode status, int? retryAfterSeconds = null)
    {
        var answer = new HttpResponseMessage(status) { Content = new StringContent("<html>busy</html>") };
        answer.Headers.RetryAfter = retryAfterSeconds is { } seconds
            ? new RetryConditionHeaderValue(TimeSpan.FromSeconds(seconds))
            : null;
        return new(answer);
    }
}

/// <summary>A clock on which every wait is over at once, and which remembers how long the waits were.</summary>
internal sealed class SkippingClock : TimeProvider
{
    private readonly List<TimeSpan> _waits = [];

    public IReadOnlyList<TimeSpan> Waits => _waits;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        _waits.Add(dueTime);
        callback(state);
        return new Over();
    }

    private sealed class Over : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => false;

        public void Dispose()
        {
        }

        public ValueTask DisposeAsync() => default;
    }
}
