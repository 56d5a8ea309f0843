namespace Plateau.Bench;

/// <summary>From start to ready; memory at rest, and under submissions, batches and imports together.</summary>
internal static class FootprintWork
{
    private const int Devices = 1_000;
    private const int Connections = 128;
    private const int Lanes = 4;
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(5);

    public static async Task<Finding> RunAsync(BenchOptions options, CancellationToken cancel)
    {
        List<Figure> figures = [];
        List<string> faults = [];
        var now = TimeProvider.System.GetUtcNow();
        var until = new DateTimeOffset(now.UtcDateTime.Date.AddDays(-1), TimeSpan.Zero);
        foreach (var engine in options.Engines)
        {
            await using var site = await Site.OpenAsync(engine, Devices, options, cancel);
            await Task.Delay(Rest, TimeProvider.System, cancel);
            figures.Add(Figure.AtMost(2, $"{engine}: start to ready", site.Server.Start.TotalSeconds, "s"));
            figures.Add(Figure.AtMost(150, $"{engine}: memory at rest", site.Server.ResidentMebibytes, "MiB"));
            var import = new ImportLoad(site.Server.Address, site.Fleet, site.Token, until);
            var puts = new FreshStates(site.Fleet, site.Token, now.AddMinutes(-110), SubmissionForm.Put);
            IRequests[] batches = [.. Enumerable.Range(0, Lanes).Select(lane =>
                new PastStates(site.Fleet, site.Token, until.AddYears(-1), SubmissionForm.Batch)
                {
                    Minutes = 1_000, Lane = lane, Lanes = Lanes,
                })];
            var duration = options.Duration * 3;
            LoadResult[] results = await Task.WhenAll(
                Together(() => HttpLoad.Run(site.Server.Address, puts, Connections, duration)),
                Together(() => HttpLoad.RunLanes(site.Server.Address, batches, duration)),
                Together(() => import.Run(duration)));
            figures.Add(Figure.AtMost(
                600, $"{engine}: most memory under full load", site.Server.MostResidentMebibytes, "MiB"));
            figures.AddRange(results.Zip(["submissions", "batches", "import"], (result, what) => Figure.Told(
                $"{engine}: {what} meanwhile", result.Records / result.Elapsed.TotalSeconds, "records/s")));
            faults.AddRange(
                from result in results
                from refused in result.Refused
                select $"{engine}: {refused.Value} answers were {refused.Key}.");
        }
        return new Finding("footprint", $"{Devices} devices; all loads at once", [], figures) { Faults = faults };
    }

    private static Task<LoadResult> Together(Func<LoadResult> load) =>
        Task.Factory.StartNew(
            load, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
}
