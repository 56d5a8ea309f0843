using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Plateau.Contracts;
using Plateau.Server.Tests.Clients;

namespace Plateau.Server.Tests.Guide;

/// <summary>The C# that documents show is the C# that is compiled here, and it does what they say.</summary>
public sealed partial class SampleTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_documents_show_is_compiled_and_what_is_compiled_is_shown()
    {
        var root = FolderOfRepository();
        string[] documents =
            [Path.Combine(root, "README.md"), .. Directory.EnumerateFiles(Path.Combine(root, "docs", "guide"), "*.md")];
        var shown = new List<string>();
        foreach (var document in documents)
        {
            shown.AddRange(Blocks().Matches(await File.ReadAllTextAsync(document, Cancel))
                .Select(block => Flush(block.Groups[1].Value)));
        }
        var source = await File.ReadAllTextAsync(
            Path.Combine(root, "tests", "Plateau.Server.Tests", "Guide", "Samples.cs"), Cancel);
        var compiled = Marked().Matches(source).Select(sample => Flush(sample.Groups[2].Value)).ToList();

        Assert.NotEmpty(compiled);
        Assert.Equal(compiled.Order(), shown.Distinct().Order());
    }

    [Theory, EveryStore]
    public async Task The_first_device_prints_the_state_it_submitted(Store store)
    {
        await using var server = await TestServer.StartAsync(store);
        var (_, secret) = await server.CreateKeyAsync();
        var printed = new StringWriter();

        await Samples.FirstDevice(server.BaseAddress.ToString(), $"{server.AccountId}", secret, printed);

        Assert.Matches(@"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ: 34[.,]2 %, -3[.,]4 kW\r?\n$", printed.ToString());
    }

    [Theory, EveryStore]
    public async Task The_other_samples_do_what_the_guide_says(Store store)
    {
        await using var server = await TestServer.StartAsync(store);
        using var network = new Network();
        using var client = await network.ConnectAsync(server);
        var (id, state) = await ClientTests.PrepareStateAsync(client);
        var (battery, home) = (
            await client.Devices.GetAsync(id, Cancel), await client.Locations.GetAsync(state.LocationId, Cancel));

        Assert.Equal(60, (await Samples.Batch(client, battery, home)).RecordsAccepted);
        var item = new DeviceStateBatchItem
        {
            DeviceId = id, LocationId = home.Id, Time = state.Time, StateOfChargePercent = 1,
            TargetStateOfChargePercent = 2,
        };
        await Samples.Import(client, new[] { item }.ToAsyncEnumerable());
        Assert.Equal(61, await client.DeviceStates.HistoryAsync(id, cancel: Cancel).CountAsync(Cancel));
        Assert.True(await Samples.Day(client, battery) >= 0);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var following = Samples.Follow(client, ending.Token);
        await Until.TrueAsync(
            "the stream is open", () => Task.FromResult(network.CountOf("GET /device-states/stream") == 1));
        await ending.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => following);
        await Samples.Withdraw(client, battery);
        Assert.False((await client.Devices.GetAsync(id, Cancel)).Consents.Telemetry);
    }

    // Without the indentation of its first line.
    private static string Flush(string code)
    {
        var lines = code.Trim('\n').TrimEnd().Split('\n');
        var indent = lines[0].Length - lines[0].TrimStart().Length;
        return string.Join('\n', lines.Select(line => line.Length > indent ? line[indent..] : line.Trim()));
    }

    private static string FolderOfRepository([CallerFilePath] string path = "") =>
        Path.GetFullPath(Path.Combine(path, "..", "..", "..", ".."));

    [GeneratedRegex("```csharp\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Blocks();

    [GeneratedRegex(@"// <([a-z-]+)>\n(.*?)\n *// </\1>", RegexOptions.Singleline)]
    private static partial Regex Marked();
}
