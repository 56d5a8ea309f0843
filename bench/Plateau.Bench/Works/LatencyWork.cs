namespace Plateau.Bench;

/// <summary>Latency of single submissions at half of the load that is reached, alone and beside an import.</summary>
internal static class LatencyWork
{
    private const int Devices = 1_000;
    private const int ImportedDevices = 100;
    private const int Connections = 128;

    public static async Task<Finding> RunAsync(BenchOptions options, CancellationToken cancel)
    {
        List<Contender> all = [];
        List<Figure> figures = [];
        var now = TimeProvider.System.GetUtcNow();
        var until = new DateTimeOffset(now.UtcDateTime.Date.AddDays(-1), TimeSpan.Zero);
        foreach (var engine in options.Engines)
        {
            await using var site = await Site.OpenAsync(engine, Devices, options, cancel);
            var requests = new FreshStates(
                site.Fleet, site.Token, now.AddMinutes(-110), SubmissionForm.Put);
            var imported = site.Fleet with { Devices = [.. site.Fleet.Devices.Take(ImportedDevices)] };
            var import = new ImportLoad(site.Server.Address, imported, site.Token, until);
            var most = new Contender($"{engine}: at the most", site.Server, duration => Run(duration, null));
            Contender.Race([most], options, cancel);
            var half = most.Median(round => round.PerSecond) / 2;
            var alone = new Contender($"{engine}: alone", site.Server, duration => Run(duration, half));
            var beside = new Contender($"{engine}: beside an import", site.Server, RunBesideImport);
            Contender.Race([alone, beside], options, cancel);
            all.AddRange([alone, beside]);
            figures.Add(Figure.Told($"{engine}: half of the load", half, "records/s"));
            Tell(alone, 3, 15);
            Tell(beside, 10, 50);

            LoadResult Run(TimeSpan duration, double? perSecond) =>
                HttpLoad.Run(site.Server.Address, requests, Connections, duration, perSecond);

            LoadResult RunBesideImport(TimeSpan duration)
            {
                using var stop = new CancellationTokenSource();
                var importing = new Thread(() => import.RunUntil(stop.Token));
                importing.Start();
                var result = Run(duration, half);
                stop.Cancel();
                importing.Join();
                return result;
            }
        }
        return new Finding("latency", $"{Devices} devices, {Connections} connections", all, figures);

        void Tell(Contender one, double median, double ninetyNinth)
        {
            figures.Add(Figure.AtMost(
                median, $"{one.Name}, p50", one.Median(round => round.MedianMilliseconds ?? 0), "ms"));
            figures.Add(Figure.AtMost(
                ninetyNinth, $"{one.Name}, p99", one.Median(round => round.NinetyNinthMilliseconds ?? 0), "ms"));
        }
    }
}
