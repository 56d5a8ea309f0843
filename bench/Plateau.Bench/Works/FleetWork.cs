using System.Net.Http.Headers;

namespace Plateau.Bench;

/// <summary>
/// The summary of a large fleet, fresh and silent, and pages of its devices of which few are meant: calls that look at
/// every device.
/// </summary>
internal static class FleetWork
{
    private const int Devices = 100_000;
    private const int RecordsAtOnce = 10_000;
    private const int Calls = 5;
    private const double MostOfSummary = 1_000;
    private const double MostOfPage = 500;
    private static readonly TimeSpan SummaryIsReusedFor = TimeSpan.FromSeconds(5.1);

    // Matching the oldest device alone, which a walk from the newest reaches last; or none, or all.
    private static readonly (string Name, string Path)[] Pages =
    [
        ("all", "/devices?limit=100"),
        ("kind of one", "/devices?limit=100&kind=heat_pump"),
        ("never seen, one", "/devices?limit=100&activity=never_seen"),
        ("silent, none", "/devices?limit=100&activity=silent"),
        ("prefix of one", "/devices?limit=100&reference_prefix=ACC0000000000"),
        ("prefix of none", "/devices?limit=100&reference_prefix=x"),
        ("prefix of all", "/devices?limit=100&reference_prefix=ACC"),
        ("prefix of one at the place of all",
            "/devices?limit=100&reference_prefix=ACC0000000000&location_id={location}"),
    ];

    public static async Task<Finding> RunAsync(BenchOptions options, CancellationToken cancel)
    {
        List<Figure> figures = [];
        foreach (var engine in options.Engines)
        {
            await using var site = await Site.OpenAsync(engine, Devices, options, cancel);
            await SubmitAsync(site, cancel);
            // All but the oldest lose one of their parts.
            await site.Store.ExecuteAsync(
                $"update devices set kinds = 15 where reference_id <> 'ACC{0:D10}'", cancel);
            await MeasureSummaryAsync("fresh", site, figures, cancel);
            foreach (var (name, path) in Pages)
            {
                var page = path.Replace("{location}", $"{site.Fleet.Location}", StringComparison.Ordinal);
                figures.Add(await MeasureAsync(
                    MostOfPage, $"{engine}: page, {name}", page, TimeSpan.Zero, site, cancel));
            }
            // As if the last record had come long ago and had been followed by a round of packing.
            await site.Store.ExecuteAsync(
                "update devices set last_seen = last_seen - 86400000000, chunked_until = last_seen", cancel);
            await MeasureSummaryAsync("silent", site, figures, cancel);
        }
        return new Finding("fleet", $"{Devices} devices, a state of each but one, one connection", [], figures);
    }

    private static async Task MeasureSummaryAsync(
        string name, Site site, List<Figure> figures, CancellationToken cancel) =>
        figures.Add(await MeasureAsync(
            MostOfSummary, $"{site.Engine}: summary, {name}", "/devices/summary", SummaryIsReusedFor, site, cancel));

    private static async Task<Figure> MeasureAsync(
        double limit, string name, string path, TimeSpan pause, Site site, CancellationToken cancel)
    {
        var token = new AuthenticationHeaderValue("Bearer", site.Token);
        var took = new List<double>();
        for (var call = 0; call < Calls; call++)
        {
            await Task.Delay(pause, TimeProvider.System, cancel);
            var start = TimeProvider.System.GetTimestamp();
            await site.Server.GetAsync(path, token, cancel);
            took.Add(TimeProvider.System.GetElapsedTime(start).TotalMilliseconds);
        }
        took.Sort();
        return Figure.AtMost(limit, $"{name}, median (slowest {took[^1]:0})", took[Calls / 2], "ms");
    }

    private static async Task SubmitAsync(Site site, CancellationToken cancel)
    {
        using var http = new HttpClient { BaseAddress = new Uri($"http://{site.Server.Address}") };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", site.Token);
        var body = new RecordText(site.Fleet);
        var now = DateTimeOffset.FromUnixTimeSeconds(TimeProvider.System.GetUtcNow().ToUnixTimeSeconds());
        foreach (var devices in Enumerable.Range(1, Devices - 1).Chunk(RecordsAtOnce))
        {
            body.Clear();
            body.Add("{\"data\":["u8);
            foreach (var device in devices)
            {
                body.Add(device == devices[0] ? ""u8 : ","u8);
                body.AddState(device, now, 1, namesDevice: true);
            }
            body.Add("]}"u8);
            using var content = new ByteArrayContent(body.Written.ToArray());
            content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            using var answer = await http.PostAsync(new Uri("/device-states", UriKind.Relative), content, cancel);
            answer.EnsureSuccessStatusCode();
        }
    }
}
