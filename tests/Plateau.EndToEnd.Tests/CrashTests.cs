using System.Globalization;

namespace Plateau.EndToEnd.Tests;

/// <summary>
/// What was answered survives. <c>PLATEAU_TEST_KILLS</c> says how often each process is killed; default 3.
/// </summary>
public sealed class CrashTests
{
    [Theory, EveryStore]
    public async Task Every_answered_record_survives_kills_under_load_exactly_once(Store kind)
    {
        await using var store = await TestStore.CreateAsync(kind);
        var seeded = await SeededStore.CreateAsync(store.Settings, store.Arguments);
        var kills = int.Parse(
            Environment.GetEnvironmentVariable("PLATEAU_TEST_KILLS") ?? "3", CultureInfo.InvariantCulture);
        var loads = new List<SubmissionLoad>();
        for (var kill = 0; kill < kills; kill++)
        {
            using var server = await ServerProcess.StartAsync(seeded.Arguments);
            var client = await seeded.SignInAsync(server);
            if (loads.Count > 0)
            {
                await loads[^1].ShouldBeKeptAsync(client);
            }
            var load = await SubmissionLoad.StartAsync(client, $"load {kill}");
            loads.Add(load);
            await load.UntilKeptAsync(150 + (kill * 37));
            await server.KillAsync();
            await load.StopAsync();
        }
        await ShouldAllBeKeptAsync(seeded, loads);
    }

    [Theory, EveryStore]
    public async Task A_server_asked_to_end_under_load_answers_what_it_took_and_ends_well(Store kind)
    {
        await using var store = await TestStore.CreateAsync(kind);
        var seeded = await SeededStore.CreateAsync(store.Settings, store.Arguments);
        SubmissionLoad load;
        using (var server = await ServerProcess.StartAsync(seeded.Arguments))
        {
            load = await SubmissionLoad.StartAsync(await seeded.SignInAsync(server), "load");
            await load.UntilKeptAsync(200);
            var (exitCode, took) = await server.TerminateAsync();
            await load.StopAsync();

            Assert.True(exitCode == 0, $"It ended with {exitCode}: {server.Output}");
            Assert.InRange(took, TimeSpan.Zero, TimeSpan.FromSeconds(10));
        }
        await ShouldAllBeKeptAsync(seeded, [load]);
    }

    private static async Task ShouldAllBeKeptAsync(SeededStore seeded, List<SubmissionLoad> loads)
    {
        var (rows, references) = await seeded.CountAsync();
        Assert.Equal(rows, references);
        Assert.InRange(rows, loads.Sum(load => load.Kept), loads.Sum(load => load.Sent));
        using var server = await ServerProcess.StartAsync(seeded.Arguments);
        var client = await seeded.SignInAsync(server);
        foreach (var load in loads)
        {
            await load.ShouldBeKeptAsync(client);
        }
        Assert.Equal((rows, rows), await seeded.CountAsync());
    }
}
