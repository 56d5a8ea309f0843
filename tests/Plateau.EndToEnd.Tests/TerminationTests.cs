namespace Plateau.EndToEnd.Tests;

/// <summary>A server is asked to end. What becomes of it when nobody asks, the fault run shows.</summary>
public sealed class TerminationTests
{
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
        var (rows, references) = await seeded.CountAsync();
        Assert.Equal(rows, references);
        Assert.InRange(rows, load.Kept, load.Sent);
        using var another = await ServerProcess.StartAsync(seeded.Arguments);
        await load.ShouldBeKeptAsync(await seeded.SignInAsync(another));
        Assert.Equal((rows, rows), await seeded.CountAsync());
    }
}
