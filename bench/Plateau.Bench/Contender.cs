namespace Plateau.Bench;

/// <summary>One round of one contender.</summary>
/// <param name="Requests">Requests sent; every one was answered.</param>
/// <param name="PerSecond">Answers a second.</param>
/// <param name="MedianMilliseconds">Median latency.</param>
/// <param name="NinetyNinthMilliseconds">The latency that 99 of 100 answers stayed below.</param>
/// <param name="ServerMicroseconds">CPU time of the server's process for each answer.</param>
/// <param name="PostgresMicroseconds">CPU time of the cluster for each answer; null without a cluster here.</param>
/// <param name="LoadMicroseconds">CPU time of the load generator for each answer.</param>
/// <param name="Refused">Answers that were not 200, by status.</param>
internal sealed record Round(
    int Requests,
    double PerSecond,
    double MedianMilliseconds,
    double NinetyNinthMilliseconds,
    double ServerMicroseconds,
    double? PostgresMicroseconds,
    double LoadMicroseconds,
    IReadOnlyDictionary<int, int> Refused);

/// <summary>One of those that are compared: requests to a server.</summary>
internal sealed class Contender(string name, ServerProcess server, IRequests requests)
{
    /// <summary>What the report calls it.</summary>
    public string Name { get; } = name;

    /// <summary>Its rounds that count, in the order they were run.</summary>
    public List<Round> Rounds { get; } = [];

    /// <summary>Answers of 200 since its start, those of the warm-up included.</summary>
    public long Accepted { get; private set; }

    /// <summary>Answers that were not 200 since its start, those of the warm-up included.</summary>
    public long Refused { get; private set; }

    /// <summary>
    /// Warms every contender up, then lets them run in turns, so that what slows the machine slows all of them.
    /// </summary>
    public static void Race(
        IReadOnlyList<Contender> all, int connections, BenchOptions options, PostgresProcesses? postgres,
        CancellationToken cancel)
    {
        foreach (var contender in all)
        {
            cancel.ThrowIfCancellationRequested();
            contender.Run(connections, options.WarmUp, postgres);
        }
        for (var round = 0; round < options.Rounds; round++)
        {
            foreach (var contender in all)
            {
                cancel.ThrowIfCancellationRequested();
                contender.Rounds.Add(contender.Run(connections, options.Duration, postgres));
            }
        }
    }

    private Round Run(int connections, TimeSpan duration, PostgresProcesses? postgres)
    {
        var before = ProcessorTimes();
        var load = HttpLoad.Run(server.Address, requests, connections, duration);
        var after = ProcessorTimes();
        var count = load.Latencies.Length;
        var refused = load.Refused.Values.Sum();
        Accepted += count - refused;
        Refused += refused;
        return new Round(
            count,
            count / load.Elapsed.TotalSeconds,
            load.Latencies[count / 2].TotalMilliseconds,
            load.Latencies[count * 99 / 100].TotalMilliseconds,
            (after.Server - before.Server).TotalMicroseconds / count,
            (after.Postgres - before.Postgres)?.TotalMicroseconds / count,
            (after.Load - before.Load).TotalMicroseconds / count,
            load.Refused);

        (TimeSpan Server, TimeSpan? Postgres, TimeSpan Load) ProcessorTimes() =>
            (server.ProcessorTime, postgres?.ProcessorTime, Environment.CpuUsage.TotalTime);
    }
}
