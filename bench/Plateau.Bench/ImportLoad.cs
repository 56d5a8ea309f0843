using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace Plateau.Bench;

/// <summary>Imports of whole past days of a fleet, a stream each, device by device.</summary>
/// <param name="server">Where to.</param>
/// <param name="fleet">The devices.</param>
/// <param name="token">The bearer token.</param>
/// <param name="until">Midnight before which the days are; each import takes the day before the last one's.</param>
/// <param name="references">How records are called.</param>
internal sealed class ImportLoad(
    IPEndPoint server, Fleet fleet, string token, DateTimeOffset until,
    ReferenceKind references = ReferenceKind.Counter)
{
    private const int MinutesADay = 1440;
    private const int SendAtBytes = 64 * 1024;
    private const int MostAnswerBytes = 1 << 20;

    private readonly RecordText _text = new(fleet, references);
    private DateTimeOffset _day = until;

    private int RecordsADay => fleet.Devices.Count * MinutesADay;

    /// <summary>Imports days until the time is over; one at least, and a day that was begun is finished.</summary>
    /// <param name="duration">The time.</param>
    /// <param name="mostDays">Days at the most.</param>
    public LoadResult Run(TimeSpan duration, int mostDays = int.MaxValue)
    {
        var start = TimeProvider.System.GetTimestamp();
        var records = 0L;
        var refused = new Dictionary<int, int>();
        var days = 0;
        do
        {
            _day = _day.AddDays(-1);
            var (status, durable) = ImportDay(CancellationToken.None);
            records += durable;
            if (status != 200 || durable != RecordsADay)
            {
                refused[status] = refused.GetValueOrDefault(status) + 1;
            }
        }
        while (++days < mostDays && TimeProvider.System.GetElapsedTime(start) < duration);
        return new LoadResult(records, [], refused, TimeProvider.System.GetElapsedTime(start));
    }

    /// <summary>Imports day after day until it is told to stop; the last one is broken off.</summary>
    public void RunUntil(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            _day = _day.AddDays(-1);
            ImportDay(stop);
        }
    }

    private (int Status, long Durable) ImportDay(CancellationToken stop)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Connect(server);
        socket.Send(Encoding.ASCII.GetBytes(
            $"POST /device-states/import HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
            + $"{PathRequests.Authorization(token)}Content-Type: application/x-ndjson\r\n"
            + "Transfer-Encoding: chunked\r\n\r\n"));
        // The answer's lines come while the body is sent; unread they would stop the server.
        var answer = new MemoryStream();
        var reader = new Thread(() => Read(socket, answer));
        reader.Start();
        for (var device = 0; device < fleet.Devices.Count && !stop.IsCancellationRequested; device++)
        {
            for (var minute = 0; minute < MinutesADay; minute++)
            {
                var time = _day.AddMinutes(minute).AddSeconds(30);
                _text.AddState(device, time, time.ToUnixTimeSeconds() / 60, namesDevice: true);
                _text.Add("\n"u8);
                if (_text.Written.Length >= SendAtBytes)
                {
                    Flush(socket);
                }
            }
        }
        Flush(socket);
        if (stop.IsCancellationRequested)
        {
            socket.Close();
            reader.Join();
            return (0, 0);
        }
        socket.Send("0\r\n\r\n"u8);
        reader.Join();
        return ReadSummary(Encoding.UTF8.GetString(answer.GetBuffer(), 0, (int)answer.Length));
    }

    private void Flush(Socket socket)
    {
        if (_text.Written.IsEmpty)
        {
            return;
        }
        socket.Send(Encoding.ASCII.GetBytes(
            string.Create(CultureInfo.InvariantCulture, $"{_text.Written.Length:x}\r\n")));
        _text.Add("\r\n"u8);
        socket.Send(_text.Written);
        _text.Clear();
    }

    private static void Read(Socket socket, MemoryStream answer)
    {
        var buffer = new byte[16 * 1024];
        try
        {
            while (answer.Length < MostAnswerBytes && socket.Receive(buffer) is > 0 and var received)
            {
                answer.Write(buffer, 0, received);
            }
        }
        catch (SocketException)
        {
            // It was broken off on purpose; an answer without its end is told by its summary's absence.
        }
        catch (ObjectDisposedException)
        {
            // As above.
        }
    }

    private static (int Status, long Durable) ReadSummary(string answer)
    {
        var status = answer.StartsWith("HTTP/1.1 ", StringComparison.Ordinal)
            ? int.Parse(answer.AsSpan(9, 3), CultureInfo.InvariantCulture)
            : 0;
        var last = answer.Split("\r\n").LastOrDefault(line => line.StartsWith('{'));
        if (last is null)
        {
            return (status, 0);
        }
        using var summary = JsonDocument.Parse(last.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1]);
        return (status, summary.RootElement.GetProperty("records_durable").GetInt64());
    }
}
