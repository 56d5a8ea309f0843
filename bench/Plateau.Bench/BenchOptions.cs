namespace Plateau.Bench;

/// <summary>What is to be measured, and how.</summary>
internal sealed record BenchOptions
{
    /// <summary>The engine inside the server's process.</summary>
    public const string Embedded = "embedded";

    /// <summary>The engine in processes of its own.</summary>
    public const string Postgres = "postgres";

    /// <summary>What is compared.</summary>
    public required IReadOnlyList<Scenario> Scenarios { get; init; }

    /// <summary>On which engines.</summary>
    public required IReadOnlyList<string> Engines { get; init; }

    /// <summary>
    /// Connection string of PostgreSQL, for a user who may create databases; null when it is not measured.
    /// </summary>
    public string? PostgresConnection { get; init; }

    /// <summary>Rounds of each contender.</summary>
    public required int Rounds { get; init; }

    /// <summary>How long each round sends.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>How long each contender runs before anything counts.</summary>
    public required TimeSpan WarmUp { get; init; }

    /// <summary>Devices in the store; null for the scenario's own number.</summary>
    public int? Devices { get; init; }

    /// <summary>Connections of the load; null for the scenario's own number.</summary>
    public int? Connections { get; init; }

    /// <summary>Loopback port of the server; the one it is compared with takes the next.</summary>
    public required int Port { get; init; }

    /// <summary>Folder for the embedded stores, on the disk that is to be measured.</summary>
    public required string Folder { get; init; }
}
