namespace Plateau.EndToEnd.Tests;

/// <summary>PostgreSQL goes away under load and comes back.</summary>
public sealed class PostgresOutageTests
{
    private static readonly Dictionary<string, string> ShortPatience = new()
    {
        ["PLATEAU__TELEMETRY__REPEATFORSECONDS"] = "1",
    };

    [Fact]
    public async Task While_PostgreSQL_is_away_submissions_are_answered_503_and_afterwards_go_on_without_a_restart()
    {
        await using var postgres = await TemporaryPostgres.StartNewAsync();
        var folder = Directory.CreateTempSubdirectory("plateau-outage-").FullName;
        var seeded = await SeededStore.CreateAsync(
            new()
            {
                ["Plateau:Storage:DataDirectory"] = folder,
                ["Plateau:Storage:Postgres"] = postgres.ConnectionString,
            },
            ["--data-dir", folder, "--postgres", postgres.ConnectionString]);
        using var server = await ServerProcess.StartAsync(seeded.Arguments, ShortPatience);
        var client = await seeded.SignInAsync(server);
        var load = await SubmissionLoad.StartAsync(client, "load");
        await load.UntilKeptAsync(150);

        for (var outage = 0; outage < 2; outage++)
        {
            await postgres.CrashAsync();
            await load.UntilRefusedAsync(32);
            await postgres.StartAsync();
            await load.UntilKeptAsync(150);
        }

        await load.StopAsync();
        Assert.False(server.HasExited);
        var (rows, references) = await seeded.CountAsync();
        Assert.Equal(rows, references);
        Assert.InRange(rows, load.Kept, load.Sent);
        await load.ShouldBeKeptAsync(client);
        Assert.Equal((rows, rows), await seeded.CountAsync());
        Directory.Delete(folder, recursive: true);
    }
}
