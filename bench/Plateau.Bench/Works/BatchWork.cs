namespace Plateau.Bench;

/// <summary>Batches of 1 000: the newest of a whole fleet, and the past of one device after the other.</summary>
internal static class BatchWork
{
    private const int Devices = 1_000;
    private const int Lanes = 4;
    private const int Records = 1_000;

    public static async Task<Finding> RunAsync(BenchOptions options, CancellationToken cancel)
    {
        await using var open = new Closing();
        List<Contender> all = [];
        List<Figure> figures = [];
        var now = TimeProvider.System.GetUtcNow();
        var from = now.AddMinutes(-110);
        var past = new DateTimeOffset(now.UtcDateTime.Date.AddDays(-2), TimeSpan.Zero);
        foreach (var engine in options.Engines)
        {
            var site = open.Keep(await Site.OpenAsync(engine, Devices, options, cancel));
            all.Add(Contender.OfLanes($"{engine}, newest", site.Server, [.. Enumerable.Range(0, Lanes).Select(lane =>
                new FreshStates(site.Fleet, site.Token, from, SubmissionForm.Batch, Records, lane, Lanes))]));
            all.Add(Contender.OfLanes($"{engine}, past", site.Server, [.. Enumerable.Range(0, Lanes).Select(lane =>
                new PastStates(site.Fleet, site.Token, past, SubmissionForm.Batch)
                {
                    Minutes = Records, Lane = lane, Lanes = Lanes,
                })]));
        }
        if (options.WithPeers)
        {
            var peer = open.Keep(await Peer.StartInfluxAsync(options, cancel));
            var fleet = open.Keep(await Site.OpenAsync(options.Engines[0], Devices, options, cancel)).Fleet;
            all.Add(Contender.OfLanes($"{Peer.Influx}, newest", peer, [.. Enumerable.Range(0, Lanes).Select(lane =>
                new FreshStates(fleet, null, from, SubmissionForm.Lines, Records, lane, Lanes))]));
        }
        Contender.Race(all, options, cancel);
        foreach (var one in all.Where(one => !one.Name.StartsWith(Peer.Influx, StringComparison.Ordinal)))
        {
            figures.Add(Figure.AtLeast(100_000, one.Name, one.Median(round => round.PerSecond), "records/s"));
        }
        return new Finding("batch", $"{Devices} devices, {Lanes} connections, {Records} records each", all, figures);
    }
}
