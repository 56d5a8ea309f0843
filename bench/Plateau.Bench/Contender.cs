namespace Plateau.Bench;

/// <summary>One round of one contender.</summary>
/// <param name="Records">Records of the requests that succeeded; requests, of what is no submission.</param>
/// <param name="PerSecond">Records a second.</param>
/// <param name="MedianMilliseconds">Median latency of an answer; null where answers are no measure.</param>
/// <param name="NinetyNinthMilliseconds">The latency that 99 of 100 answers stayed below; null likewise.</param>
/// <param name="ServerMicroseconds">CPU time of the server's process for each record.</param>
/// <param name="PostgresMicroseconds">CPU time of the cluster for each record; null without one.</param>
/// <param name="LoadShare">How busy the load kept a core, 1 is one core; the load is the limit near 1 a thread.</param>
/// <param name="Refused">Answers that were no success, by status.</param>
internal sealed record Round(
    long Records,
    double PerSecond,
    double? MedianMilliseconds,
    double? NinetyNinthMilliseconds,
    double ServerMicroseconds,
    double? PostgresMicroseconds,
    double LoadShare,
    IReadOnlyDictionary<int, int> Refused)
{
    /// <summary>CPU time of server and cluster for each record, µs.</summary>
    public double AllMicroseconds => ServerMicroseconds + (PostgresMicroseconds ?? 0);
}

/// <summary>One of those that are compared: a load on a server.</summary>
/// <param name="name">What the report calls it.</param>
/// <param name="server">The server.</param>
/// <param name="load">Puts the load on it for so long.</param>
internal sealed class Contender(string name, ServerProcess server, Func<TimeSpan, LoadResult> load)
{
    private const int LeastWarmUpSlices = 5;
    private const int MostWarmUpSlices = 30;
    private const double StillCompiling = 0.05;
    private static readonly TimeSpan WarmUpSlice = TimeSpan.FromSeconds(1);

    /// <summary>What the report calls it.</summary>
    public string Name { get; } = name;

    /// <summary>Its rounds that count, in the order they were run.</summary>
    public List<Round> Rounds { get; } = [];

    /// <summary>Records of the answers that were successes since its start, those of the warm-up included.</summary>
    public long Accepted { get; private set; }

    /// <summary>Answers that were none since its start, those of the warm-up included.</summary>
    public long Refused { get; private set; }

    /// <summary>A contender whose requests go over so many connections, from one thread.</summary>
    public static Contender Of(string name, ServerProcess server, IRequests requests, int connections) =>
        new(name, server, duration => HttpLoad.Run(server.Address, requests, connections, duration));

    /// <summary>A contender with a thread and a connection for each of some lanes.</summary>
    public static Contender OfLanes(string name, ServerProcess server, IReadOnlyList<IRequests> lanes) =>
        new(name, server, duration => HttpLoad.RunLanes(server.Address, lanes, duration));

    /// <summary>
    /// Warms every contender up, then lets them run in turns, the other way round every second time, so that what slows
    /// the machine, or what one leaves behind for the next, slows all of them.
    /// </summary>
    public static void Race(IReadOnlyList<Contender> all, BenchOptions options, CancellationToken cancel)
    {
        foreach (var contender in all)
        {
            cancel.ThrowIfCancellationRequested();
            contender.WarmUp(cancel);
        }
        for (var round = 0; round < options.Rounds; round++)
        {
            foreach (var contender in round % 2 == 0 ? all : all.Reverse())
            {
                cancel.ThrowIfCancellationRequested();
                contender.Rounds.Add(contender.Run(options.Duration));
            }
        }
    }

    /// <summary>The median of a figure over the rounds.</summary>
    public double Median(Func<Round, double> figure) => Ratio.MedianOf(Rounds.Select(figure));

    // Until the runtime has translated what is often run for the last time: it does so beside the work, for seconds,
    // and begins late when all processors are busy.
    private void WarmUp(CancellationToken cancel)
    {
        for (var slices = 0; slices < MostWarmUpSlices; slices++)
        {
            cancel.ThrowIfCancellationRequested();
            var before = server.CompilerTime;
            Run(WarmUpSlice);
            if (slices + 1 >= LeastWarmUpSlices && (server.CompilerTime - before) / WarmUpSlice < StillCompiling)
            {
                return;
            }
        }
    }

    private Round Run(TimeSpan duration)
    {
        var before = ProcessorTimes();
        var result = load(duration);
        var after = ProcessorTimes();
        var refused = result.Refused.Values.Sum();
        Accepted += result.Records;
        Refused += refused;
        var records = Math.Max(result.Records, 1);
        var answers = result.Latencies.Length;
        return new Round(
            result.Records,
            result.Records / result.Elapsed.TotalSeconds,
            answers == 0 ? null : result.Latencies[answers / 2].TotalMilliseconds,
            answers == 0 ? null : result.Latencies[answers * 99 / 100].TotalMilliseconds,
            (after.Server - before.Server).TotalMicroseconds / records,
            (after.Postgres - before.Postgres)?.TotalMicroseconds / records,
            (after.Load - before.Load) / result.Elapsed,
            result.Refused);

        (TimeSpan Server, TimeSpan? Postgres, TimeSpan Load) ProcessorTimes() =>
            (server.ProcessorTime, server.Postgres?.ProcessorTime, Environment.CpuUsage.TotalTime);
    }
}
