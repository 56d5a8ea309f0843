using System.Net;
using System.Net.Sockets;

namespace Plateau.Bench;

/// <summary>What is to be measured, and how.</summary>
internal sealed class BenchOptions
{
    /// <summary>The engine inside the server's process.</summary>
    public const string Embedded = "embedded";

    /// <summary>The engine in processes of its own.</summary>
    public const string Postgres = "postgres";

    private int _folders;

    /// <summary>On which engines.</summary>
    public required IReadOnlyList<string> Engines { get; init; }

    /// <summary>
    /// Connection string of PostgreSQL, for a user who may create databases; null when it is not measured.
    /// </summary>
    public required string? PostgresConnection { get; init; }

    /// <summary>Whether InfluxDB and VictoriaMetrics are measured beside.</summary>
    public required bool WithPeers { get; init; }

    /// <summary>Rounds of each contender.</summary>
    public required int Rounds { get; init; }

    /// <summary>How long each round sends.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>Devices of the store that is listed.</summary>
    public required int ListedDevices { get; init; }

    /// <summary>Days of minutes of 1 000 devices that are loaded before they are read.</summary>
    public required int LoadedDays { get; init; }

    /// <summary>Days of minutes of 100 devices that are imported and exported.</summary>
    public required int ExportedDays { get; init; }

    /// <summary>Days of minutes that are loaded as a year.</summary>
    public required int YearDays { get; init; }

    /// <summary>Folder for all stores, on the disk that is to be measured.</summary>
    public required string Folder { get; init; }

    /// <summary>A folder nobody has, in <see cref="Folder"/>.</summary>
    public string NewFolder() => Path.Combine(Folder, $"store{_folders++}");

    /// <summary>A loopback address at which nothing listens.</summary>
    public static IPEndPoint NewAddress()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return (IPEndPoint)(socket.LocalEndPoint ?? throw new InvalidOperationException("No port is free."));
    }
}
