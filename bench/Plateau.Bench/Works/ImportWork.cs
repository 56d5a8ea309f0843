namespace Plateau.Bench;

/// <summary>Streaming import of past days, and what they take on the disk.</summary>
internal static class ImportWork
{
    private const int Devices = 200;

    public static async Task<Finding> RunAsync(BenchOptions options, CancellationToken cancel)
    {
        await using var open = new Closing();
        List<Contender> all = [];
        List<Figure> figures = [];
        var until = new DateTimeOffset(TimeProvider.System.GetUtcNow().UtcDateTime.Date.AddDays(-1), TimeSpan.Zero);
        var measured = new List<(string Name, Site Site, Contender Contender, long Empty)>();
        foreach (var engine in options.Engines)
        {
            foreach (var (kind, name) in ((ReferenceKind, string)[])
                [(ReferenceKind.Counter, engine), (ReferenceKind.Guid, $"{engine}, GUIDs")])
            {
                var site = open.Keep(await Site.OpenAsync(engine, Devices, options, cancel));
                var import = new ImportLoad(site.Server.Address, site.Fleet, site.Token, until, kind);
                var contender = new Contender(name, site.Server, duration => import.Run(duration));
                all.Add(contender);
                measured.Add((name, site, contender, await site.Store.MeasureAsync(cancel)));
            }
        }
        if (options.WithPeers)
        {
            var fleet = measured[0].Site.Fleet;
            ServerProcess[] peers =
            [
                open.Keep(await Peer.StartInfluxAsync(options, cancel)),
                open.Keep(await Peer.StartVictoriaAsync(options, cancel)),
            ];
            all.AddRange(peers.Zip([Peer.Influx, Peer.Victoria], (peer, name) => Contender.Of(
                name, peer, new PastStates(fleet, null, until, SubmissionForm.Lines) { DevicesAtOnce = 5 }, 1)));
        }
        Contender.Race(all, options, cancel);
        var atRest = await Task.WhenAll(measured.Select(one => one.Site.Store.MeasureAtRestAsync(cancel)));
        foreach (var ((name, site, contender, empty), full) in measured.Zip(atRest))
        {
            var isCounter = name == site.Engine;
            var perSecond = contender.Median(round => round.PerSecond);
            figures.Add(isCounter
                ? Figure.AtLeast(200_000, name, perSecond, "records/s")
                : Figure.Told(name, perSecond, "records/s"));
            var bytes = (full - empty) / (double)contender.Accepted;
            figures.Add(isCounter
                ? Figure.AtMost(8, $"{name}: disk", bytes, "bytes/record")
                : Figure.Told($"{name}: disk", bytes, "bytes/record"));
        }
        return new Finding("import", $"{Devices} devices, days of minutes, one stream", all, figures);
    }
}
