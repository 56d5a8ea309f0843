using System.Net;
using System.Net.Sockets;

namespace Plateau.Bench;

/// <summary>What a load was answered.</summary>
/// <param name="Latencies">Of every answer, ascending.</param>
/// <param name="Refused">Answers that were not 200, by status.</param>
/// <param name="Elapsed">From the first request to the last answer.</param>
internal sealed record LoadResult(TimeSpan[] Latencies, IReadOnlyDictionary<int, int> Refused, TimeSpan Elapsed);

/// <summary>Keeps connections busy with one request each, from one thread.</summary>
internal sealed class HttpLoad : IDisposable
{
    private const int BufferBytes = 256 * 1024;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeProvider Clock = TimeProvider.System;

    private readonly IRequests _requests;
    private readonly Connection[] _connections;
    private readonly Epoll _epoll;
    private readonly byte[] _buffer = new byte[BufferBytes];

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
    }

    /// <summary>Sends for a while, then waits for what is still to be answered: nothing sent goes uncounted.</summary>
    /// <param name="server">Where to.</param>
    /// <param name="requests">What.</param>
    /// <param name="connections">Connections, kept open.</param>
    /// <param name="duration">How long requests are sent.</param>
    public static LoadResult Run(IPEndPoint server, IRequests requests, int connections, TimeSpan duration)
    {
        using var load = new HttpLoad(server, requests, connections);
        return load.Run(duration);
    }

    public void Dispose()
    {
        foreach (var connection in _connections)
        {
            connection.Socket.Dispose();
        }
        _epoll.Dispose();
    }

    private LoadResult Run(TimeSpan duration)
    {
        var latencies = new List<TimeSpan>(100_000);
        var refused = new Dictionary<int, int>();
        var start = Clock.GetTimestamp();
        foreach (var connection in _connections)
        {
            Send(connection);
        }
        for (var underway = _connections.Length; underway > 0;)
        {
            var ready = _epoll.Wait(Patience);
            for (var number = 0; number < ready; number++)
            {
                var connection = _connections[_epoll.Tag(number)];
                if (!connection.Answer.Read(Receive(connection)))
                {
                    continue;
                }
                latencies.Add(Clock.GetElapsedTime(connection.Sent));
                if (connection.Answer.Status is not 200 and var status)
                {
                    refused[status] = refused.GetValueOrDefault(status) + 1;
                }
                if (Clock.GetElapsedTime(start) < duration)
                {
                    Send(connection);
                }
                else
                {
                    underway--;
                }
            }
        }
        var elapsed = Clock.GetElapsedTime(start);
        latencies.Sort();
        return new LoadResult([.. latencies], refused, elapsed);
    }

    private void Send(Connection connection)
    {
        var request = _requests.Next();
        connection.Sent = Clock.GetTimestamp();
        // A request fits into an empty send buffer: the one before it has been answered.
        if (connection.Socket.Send(request) != request.Length)
        {
            throw new IOException("A request was sent in part only.");
        }
    }

    private ReadOnlySpan<byte> Receive(Connection connection)
    {
        var received = connection.Socket.Receive(_buffer);
        return received > 0 ? _buffer.AsSpan(0, received) : throw new IOException("The server closed a connection.");
    }

    private sealed class Connection
    {
        public Socket Socket { get; } =
            new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };

        public AnswerReader Answer { get; } = new();

        /// <summary>When its request was sent, in the clock's ticks.</summary>
        public long Sent { get; set; }
    }
}
