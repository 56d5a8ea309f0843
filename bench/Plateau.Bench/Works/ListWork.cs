using System.Net.Http.Headers;

namespace Plateau.Bench;

/// <summary>A deep page of the list of devices with the first one, and that with sending the same bytes.</summary>
internal static class ListWork
{
    private const int PageSize = 100;
    private const int Connections = 32;

    public static async Task<Finding> RunAsync(BenchOptions options, CancellationToken cancel)
    {
        var size = options.ListedDevices;
        List<Contender> all = [];
        List<Figure> figures = [];
        await using var open = new Closing();
        foreach (var engine in options.Engines)
        {
            var site = open.Keep(await Site.OpenAsync(engine, size, options, cancel));
            var first = $"/devices?limit={PageSize}";
            var last = $"{first}&starting_after={site.Fleet.Devices[PageSize]}";
            var every = Enumerable.Range(1, (size / PageSize) - 1)
                .Select(page => $"{first}&starting_after={site.Fleet.Devices[size - (page * PageSize)]}");
            var file = Path.Combine(options.Folder, $"{engine}.json");
            var authorization = new AuthenticationHeaderValue("Bearer", site.Token);
            await File.WriteAllBytesAsync(file, await site.Server.GetAsync(first, authorization, cancel), cancel);
            var bare = open.Keep(await Site.StartBesideAsync("static", file, cancel));
            var firstPage = Of("page 1", site.Server, first);
            var lastPage = Of($"page {size / PageSize}", site.Server, last);
            var everyPage = Of("every page", site.Server, [first, .. every]);
            var bytes = Of("static bytes", bare, first);
            Contender[] some = [firstPage, lastPage, everyPage, bytes];
            Contender.Race(some, options, cancel);
            all.AddRange(some);
            figures.AddRange(
                Figure.AtMost(1.2, $"{engine}: last page / first, p50",
                    Ratio.Of(lastPage, firstPage, round => round.MedianMilliseconds ?? 0)),
                Figure.AtLeast(engine == BenchOptions.Embedded ? 0.2 : 0.15, $"{engine}: first page / static bytes",
                    Ratio.Of(firstPage, bytes, round => round.PerSecond)),
                Figure.Told($"{engine}: every page / static bytes",
                    Ratio.Of(everyPage, bytes, round => round.PerSecond)));

            Contender Of(string name, ServerProcess server, params string[] paths) =>
                Contender.Of($"{engine}, {name}", server, new PathRequests(paths, site.Token), Connections);
        }
        return new Finding("list", $"{size} devices, {Connections} connections, GET of 100", all, figures);
    }
}
