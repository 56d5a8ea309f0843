using System.Net.Http.Headers;

namespace Plateau.Bench;

/// <summary>What is compared.</summary>
internal enum Scenario
{
    /// <summary>A deep page of the list with the first one, and that with sending the same bytes.</summary>
    List,

    /// <summary>Submitting states with the same pipeline and no store.</summary>
    Put,
}

/// <summary>What a comparison found.</summary>
/// <param name="Scenario">What was compared.</param>
/// <param name="Engine">On which engine: <c>embedded</c> or <c>postgres</c>.</param>
/// <param name="Devices">Devices in the store.</param>
/// <param name="Connections">Connections of the load.</param>
/// <param name="Contenders">Those who were compared.</param>
/// <param name="Ratios">What the comparison is about.</param>
/// <param name="Faults">Sentences about what must not be; empty when all is well.</param>
internal sealed record Finding(
    Scenario Scenario, string Engine, int Devices, int Connections, IReadOnlyList<Contender> Contenders,
    IReadOnlyList<Ratio> Ratios, IReadOnlyList<string> Faults);

/// <summary>The two comparisons, each on stores of its own.</summary>
internal sealed class Comparison(string engine, BenchOptions options)
{
    private const int PageSize = 100;

    private readonly string? _cluster = engine == BenchOptions.Postgres ? options.PostgresConnection : null;

    /// <summary>Runs one.</summary>
    public Task<Finding> RunAsync(Scenario scenario, CancellationToken cancel) =>
        scenario == Scenario.List ? ListAsync(cancel) : PutAsync(cancel);

    private async Task<Finding> ListAsync(CancellationToken cancel)
    {
        var size = options.Devices ?? 100_000;
        var connections = options.Connections ?? 32;
        await using var store = await CreateStoreAsync("list", cancel);
        var fleet = await store.FillAsync(size, cancel);
        await using var server = await ServerProcess.StartAsync(engine, options.Port, store.Arguments, cancel);
        var token = await server.SignInAsync(fleet, cancel);
        var first = $"/devices?limit={PageSize}";
        var last = $"{first}&starting_after={fleet.Devices[PageSize]}";
        var every = Enumerable.Range(1, (size / PageSize) - 1)
            .Select(page => $"{first}&starting_after={fleet.Devices[size - (page * PageSize)]}");
        var page = Path.Combine(options.Folder, "page.json");
        await File.WriteAllBytesAsync(
            page, await server.GetAsync(first, new AuthenticationHeaderValue("Bearer", token), cancel), cancel);
        await using var bare = await ServerProcess.StartAsync("static", options.Port + 1, [page], cancel);

        var firstPage = new Contender("list, page 1", server, new PathRequests([first], token));
        var lastPage = new Contender($"list, page {size / PageSize}", server, new PathRequests([last], token));
        var everyPage = new Contender("list, every page", server, new PathRequests([first, .. every], token));
        var bytes = new Contender("list, static bytes", bare, new PathRequests([first], token));
        Contender[] all = [firstPage, lastPage, everyPage, bytes];
        var target = _cluster is null ? "≥ 0.2" : "≥ 0.15";
        Contender.Race(all, connections, options, await FindPostgresAsync(cancel), cancel);
        return new Finding(
            Scenario.List, engine, size, connections, all,
            [
                Ratio.Of("last page / first, answers/s", "about 1", lastPage, firstPage, round => round.PerSecond),
                Ratio.Of("last page / first, p50", "about 1", lastPage, firstPage, round => round.MedianMilliseconds),
                Ratio.Of("first page / static bytes", target, firstPage, bytes, round => round.PerSecond),
                Ratio.Of("every page / static bytes", "none", everyPage, bytes, round => round.PerSecond),
            ],
            [.. Refusals(all)]);
    }

    private async Task<Finding> PutAsync(CancellationToken cancel)
    {
        var size = options.Devices ?? 1_000;
        var connections = options.Connections ?? 128;
        await using var kept = await CreateStoreAsync("put", cancel);
        await using var forgotten = await CreateStoreAsync("nothing", cancel);
        var keptFleet = await kept.FillAsync(size, cancel);
        var forgottenFleet = await forgotten.FillAsync(size, cancel);
        await using var server = await ServerProcess.StartAsync(engine, options.Port, kept.Arguments, cancel);
        await using var nothing = await ServerProcess.StartAsync(
            "nothing", options.Port + 1, forgotten.Arguments, cancel);

        // A month is more seconds than any run has turns, so no state is ahead of the clock.
        var from = TimeProvider.System.GetUtcNow().AddDays(-30);
        var submit = new Contender(
            "submit", server, new StateRequests(keptFleet, await server.SignInAsync(keptFleet, cancel), from));
        var noStore = new Contender(
            "submit, no store", nothing,
            new StateRequests(forgottenFleet, await nothing.SignInAsync(forgottenFleet, cancel), from));
        Contender[] all = [submit, noStore];
        var target = _cluster is null ? "≥ 0.2" : "≥ 0.3";
        Contender.Race(all, connections, options, await FindPostgresAsync(cancel), cancel);
        var stored = await kept.CountStatesAsync(cancel);
        var doubt = stored == submit.Accepted
            ? []
            : (string[])[$"submit: {submit.Accepted} answers were 200, and the store has {stored} records."];
        return new Finding(
            Scenario.Put, engine, size, connections, all,
            [Ratio.Of("submit / no store", target, submit, noStore, round => round.PerSecond)],
            [.. Refusals(all), .. doubt]);
    }

    private Task<BenchStore> CreateStoreAsync(string name, CancellationToken cancel) =>
        BenchStore.CreateAsync(Path.Combine(options.Folder, $"{engine}_{name}"), _cluster, cancel);

    private async Task<PostgresProcesses?> FindPostgresAsync(CancellationToken cancel) =>
        _cluster is null ? null : await PostgresProcesses.FindAsync(_cluster, cancel);

    private static IEnumerable<string> Refusals(IEnumerable<Contender> all) =>
        from contender in all
        where contender.Refused > 0
        select $"{contender.Name}: {contender.Refused} answers were not 200.";
}
