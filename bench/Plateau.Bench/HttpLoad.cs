using System.Net;
using System.Net.Sockets;

namespace Plateau.Bench;

/// <summary>What a load was answered.</summary>
/// <param name="Records">Records of the requests that succeeded; requests, of what is no submission.</param>
/// <param name="Latencies">Of every answer, ascending; empty where answers are no measure.</param>
/// <param name="Refused">Answers that were no success, by status.</param>
/// <param name="Elapsed">From the first request to the last answer.</param>
internal sealed record LoadResult(
    long Records, TimeSpan[] Latencies, IReadOnlyDictionary<int, int> Refused, TimeSpan Elapsed);

/// <summary>Keeps connections busy with one request each, from one thread.</summary>
internal sealed class HttpLoad : IDisposable
{
    private const int BufferBytes = 256 * 1024;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(1);
    private static readonly TimeProvider Clock = TimeProvider.System;

    private readonly IRequests _requests;
    private readonly Connection[] _connections;
    private readonly Stack<Connection> _idle;
    private readonly Epoll _epoll;
    private readonly byte[] _buffer = new byte[BufferBytes];
    private readonly List<TimeSpan> _latencies = new(100_000);
    private readonly Dictionary<int, int> _refused = [];
    private long _records;

    private HttpLoad(IPEndPoint server, IRequests requests, int connections)
    {
        _requests = requests;
        _epoll = new Epoll(connections);
        _connections = new Connection[connections];
        for (var index = 0; index < connections; index++)
        {
            _connections[index] = new Connection();
            _connections[index].Socket.Connect(server);
            _epoll.Watch(_connections[index].Socket.Handle, index);
        }
        _idle = new Stack<Connection>(_connections);
    }

    /// <summary>Sends for a while, then waits for what is still to be answered: nothing sent goes uncounted.</summary>
    /// <param name="server">Where to.</param>
    /// <param name="requests">What.</param>
    /// <param name="connections">Connections, kept open.</param>
    /// <param name="duration">How long requests are sent.</param>
    /// <param name="perSecond">
    /// Requests to be sent a second; null for as many as are answered. With a rate, latencies count from when a request
    /// was due, so that what waits behind a slow answer is not left out.
    /// </param>
    public static LoadResult Run(
        IPEndPoint server, IRequests requests, int connections, TimeSpan duration, double? perSecond = null)
    {
        using var load = new HttpLoad(server, requests, connections);
        return load.Run(duration, perSecond);
    }

    /// <summary>Sends from several threads, each with requests and one connection of its own.</summary>
    public static LoadResult RunLanes(IPEndPoint server, IReadOnlyList<IRequests> lanes, TimeSpan duration)
    {
        var results = new LoadResult[lanes.Count];
        var failures = new Exception?[lanes.Count];
        Thread[] threads = [.. lanes.Select((lane, index) => new Thread(() =>
        {
            try
            {
                results[index] = Run(server, lane, 1, duration);
            }
            catch (Exception failure)
            {
                failures[index] = failure;
            }
        }))];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        if (failures.FirstOrDefault(failure => failure is not null) is { } first)
        {
            throw new IOException("A lane of the load failed.", first);
        }
        return new LoadResult(
            results.Sum(one => one.Records),
            [.. results.SelectMany(one => one.Latencies).Order()],
            results.SelectMany(one => one.Refused).GroupBy(pair => pair.Key)
                .ToDictionary(group => group.Key, group => group.Sum(pair => pair.Value)),
            results.Max(one => one.Elapsed));
    }

    public void Dispose()
    {
        foreach (var connection in _connections)
        {
            connection.Socket.Dispose();
        }
        _epoll.Dispose();
    }

    private LoadResult Run(TimeSpan duration, double? perSecond)
    {
        var start = Clock.GetTimestamp();
        var heard = start;
        var sent = 0L;
        var isOver = false;
        while (true)
        {
            var elapsed = Clock.GetElapsedTime(start);
            var due = perSecond is { } rate
                ? (long)((elapsed < duration ? elapsed : duration).TotalSeconds * rate)
                : elapsed < duration ? long.MaxValue : sent;
            for (; sent < due && !isOver && _idle.TryPop(out var connection); sent++)
            {
                isOver = !TrySend(connection, perSecond is { } every
                    ? start + (long)((sent + 1) / every * Clock.TimestampFrequency)
                    : Clock.GetTimestamp());
            }
            if ((isOver || (elapsed >= duration && sent >= due)) && _idle.Count == _connections.Length)
            {
                break;
            }
            var ready = _epoll.Wait(perSecond is null ? Patience : Tick);
            heard = ready > 0 || _idle.Count == _connections.Length ? Clock.GetTimestamp() : heard;
            if (Clock.GetElapsedTime(heard) >= Patience)
            {
                throw new TimeoutException($"The server answered nothing for {Patience.TotalSeconds:0} s.");
            }
            for (var number = 0; number < ready; number++)
            {
                Take(_connections[_epoll.Tag(number)]);
            }
        }
        _latencies.Sort();
        return new LoadResult(_records, [.. _latencies], _refused, Clock.GetElapsedTime(start));
    }

    private void Take(Connection connection)
    {
        var received = connection.Socket.Receive(_buffer);
        if (received == 0)
        {
            throw new IOException("The server closed a connection.");
        }
        if (!connection.Answer.Read(_buffer.AsSpan(0, received)))
        {
            return;
        }
        _latencies.Add(Clock.GetElapsedTime(connection.Due));
        if (connection.Answer.Status is >= 200 and < 300)
        {
            _records += _requests.Records;
        }
        else
        {
            _refused[connection.Answer.Status] = _refused.GetValueOrDefault(connection.Answer.Status) + 1;
        }
        _idle.Push(connection);
    }

    private bool TrySend(Connection connection, long due)
    {
        var request = _requests.Next();
        if (request.IsEmpty)
        {
            _idle.Push(connection);
            return false;
        }
        connection.Due = due;
        connection.Socket.Send(request);
        return true;
    }

    private sealed class Connection
    {
        public Socket Socket { get; } =
            new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };

        public AnswerReader Answer { get; } = new();

        /// <summary>When its request was to be sent, in the clock's ticks.</summary>
        public long Due { get; set; }
    }
}
