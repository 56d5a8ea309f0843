using System.Text;

namespace Plateau.Bench;

/// <summary>
/// Submitting states one by one, with the same pipeline and no store, and with an endpoint that does nothing.
/// </summary>
internal static class PutWork
{
    private const int Devices = 1_000;
    private const int Connections = 128;

    // As long as an answer to a submission.
    private static readonly byte[] Answer = Encoding.ASCII.GetBytes("{\"message\":\"" + new string('a', 480) + "\"}");

    public static async Task<Finding> RunAsync(BenchOptions options, CancellationToken cancel)
    {
        await using var open = new Closing();
        var sites = new List<Site>();
        foreach (var engine in options.Engines)
        {
            sites.Add(open.Keep(await Site.OpenAsync(engine, Devices, options, cancel)));
        }
        var file = Path.Combine(options.Folder, "answer.json");
        await File.WriteAllBytesAsync(file, Answer, cancel);
        var bare = open.Keep(await Site.StartBesideAsync("static", file, cancel));
        var forgotten = open.Keep(await BenchStore.CreateAsync(options.NewFolder(), null, cancel));
        var fleet = await forgotten.FillAsync(Devices, cancel);
        var nothing = open.Keep(await Site.StartBesideAsync("nothing", forgotten.Folder, cancel));

        // Fresh, as a running fleet's are; with a second for each turn of a device no run gets ahead of the clock.
        var from = TimeProvider.System.GetUtcNow().AddMinutes(-110);
        var nothingAtAll = Of("do nothing", bare, fleet, null);
        var noStore = Of("no store", nothing, fleet, await nothing.SignInAsync(fleet, cancel));
        var engines = sites.ConvertAll(site => Of(site.Engine, site.Server, site.Fleet, site.Token));
        List<Contender> all = [nothingAtAll, noStore, .. engines];
        Contender? influx = null;
        if (options.WithPeers)
        {
            var peer = open.Keep(await Peer.StartInfluxAsync(options, cancel));
            influx = Contender.Of(
                Peer.Influx, peer, new FreshStates(fleet, null, from, SubmissionForm.Lines), Connections);
            all.Add(influx);
        }
        Contender.Race(all, options, cancel);

        List<Figure> figures =
        [
            Figure.AtLeast(0.6, "no store / do nothing", Ratio.Of(noStore, nothingAtAll, round => round.PerSecond)),
            Figure.Told("CPU µs a record: do nothing / no store",
                Ratio.Of(nothingAtAll, noStore, round => round.AllMicroseconds)),
        ];
        foreach (var one in engines)
        {
            figures.Add(Figure.AtLeast(
                0.4, $"{one.Name} / no store", Ratio.Of(one, noStore, round => round.PerSecond)));
            if (influx is not null)
            {
                figures.Add(Figure.AtMost(0.6, $"CPU µs a record: {one.Name} / {Peer.Influx}",
                    Ratio.Of(one, influx, round => round.AllMicroseconds)));
            }
        }
        var finding = new Finding("put", $"{Devices} devices, {Connections} connections", all, figures);
        List<string> faults = [.. finding.Faults];
        for (var index = 0; index < sites.Count; index++)
        {
            var stored = await sites[index].Store.CountStatesAsync(cancel);
            if (stored != engines[index].Accepted)
            {
                faults.Add($"{engines[index].Name}: {engines[index].Accepted} were answered, {stored} are stored.");
            }
        }
        return finding with { Faults = faults };

        Contender Of(string name, ServerProcess server, Fleet devices, string? token) =>
            Contender.Of(name, server, new FreshStates(devices, token, from, SubmissionForm.Put), Connections);
    }
}
