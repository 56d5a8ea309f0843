using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace Plateau.Server.Tests.Import;

/// <summary>Ctrl-C in the middle of <c>plateau states import</c>.</summary>
public sealed class InterruptTests
{
    // Far more than can be sent before the signal comes.
    private const int Lines = 200_000;

    private static readonly DateTimeOffset From = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Theory, EveryStore]
    public async Task A_stopped_import_says_what_was_done_and_ends_with_130(Store store)
    {
        await using var server = await TestServer.StartAsync(store);
        var (_, secret) = await server.CreateKeyAsync();
        var location = await server.Api.CreateLocationAsync();
        var device = await server.Api.CreateDeviceAsync("""{"reference_id":"A"}""");
        var file = Path.Combine(server.Store.DataDirectory, "states.csv");
        await File.WriteAllTextAsync(file, Csv(), TestContext.Current.CancellationToken);
        // A shell that runs tests in the background lets its children ignore the signal; a terminal does not.
        using var import = Executable.Start(
            [
                "states", "import", file, "--url", server.BaseAddress.ToString(), "--account",
                server.AccountId.ToString(),
                "--key", secret, "--location", location, "--target", "80", "--json",
            ],
            through: ["env", "--default-signal=INT"]);

        await Until.TrueAsync("records arrive", async () => await CountAsync(server, device) > 100);
        await Executable.SignalAsync(import, "INT");
        var ended = await Executable.EndAsync(import);

        Assert.Equal(130, ended.ExitCode);
        var report = JsonNode.Parse(ended.Output)!;
        Assert.InRange(report["accepted"]!.GetValue<long>(), 1, await CountAsync(server, device));
        Assert.Equal("The import was interrupted.", report["stopped"]!.GetValue<string>());
        Assert.True(report["lines_read"]!.GetValue<long>() < Lines);
    }

    // Records of the past are packed as they come, so rows alone would not tell.
    private static async Task<long> CountAsync(TestServer server, string device)
    {
        var days = await server.Api.GetAsync(
            $"/devices/{device}/states/aggregates?interval=P1D&start_time=2026-01-01T00:00:00Z"
            + "&end_time=2026-01-04T00:00:00Z");
        return days.Body["data"]!.AsArray().Sum(day => day!["count"]!.GetValue<long>());
    }

    private static string Csv()
    {
        var text = new StringBuilder("device_ref,time,state_of_charge_percent,record_reference_id\n");
        for (var line = 0; line < Lines; line++)
        {
            text.Append(CultureInfo.InvariantCulture, $"A,{From.AddSeconds(line):yyyy-MM-ddTHH:mm:ssZ},50,r{line}\n");
        }
        return text.ToString();
    }
}
