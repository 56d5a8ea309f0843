using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.Data.Sqlite;

namespace Plateau.Server.Tests.Demo;

/// <summary>The demo as its user starts and stops it.</summary>
public sealed partial class ProcessTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("plateau-demo-").FullName;

    [Fact]
    public async Task A_start_registers_and_streams_and_the_next_goes_on_with_the_same()
    {
        JsonNode file;
        string[] devices;
        long kept;
        using (var first = await DemoProcess.StartAsync(_folder))
        {
            file = ReadFile();
            CheckFile(file, first);
            var api = await DemoProcess.SignInAsync(file);
            devices = await IdsAsync(api, "/devices");
            Assert.Equal(40, devices.Length);
            Assert.Equal(12, (await IdsAsync(api, "/locations")).Length);
            await WaitForStatesAsync(api);
            await CheckPastAsync(api);
            kept = await StopAsync(first);
        }
        using var second = await DemoProcess.StartAsync(_folder);
        var again = ReadFile();
        CheckFile(again, second);
        Assert.Equal(file["secret_key"]!.GetValue<string>(), again["secret_key"]!.GetValue<string>());
        Assert.Equal(devices, await IdsAsync(await DemoProcess.SignInAsync(again), "/devices"));
        kept += await StopAsync(second);
        Assert.True(await CountStatesAsync() >= kept);
        using var third = await DemoProcess.StartAsync(_folder, "--json");
        var (exitCode, _, output) = await third.TerminateAsync();
        Assert.Equal(0, exitCode);
        Assert.True(JsonNode.DeepEquals(ReadFile(), JsonNode.Parse(output)), output);
    }

    [Fact]
    public async Task Two_first_starts_at_once_on_one_PostgreSQL_share_one_account_and_fleet()
    {
        await using var store = await TestStore.CreateAsync(Store.Postgres);
        var folders = (string[])[Path.Combine(_folder, "one"), Path.Combine(_folder, "two")];
        Array.ForEach(folders, folder => Directory.CreateDirectory(folder));
        var demos = await Task.WhenAll(
            folders.Select(folder => DemoProcess.StartAsync(folder, "--postgres", store.Postgres!)));
        try
        {
            var files = folders.Select(ReadFile).ToList();
            Assert.Single(files.Select(file => file["account_id"]!.GetValue<string>()).Distinct());
            foreach (var file in files)
            {
                var api = await DemoProcess.SignInAsync(file);
                Assert.Equal(40, (await IdsAsync(api, "/devices")).Length);
                Assert.Equal(12, (await IdsAsync(api, "/locations")).Length);
            }
            await Task.WhenAll(demos.Select(StopAsync));
        }
        finally
        {
            Array.ForEach(demos, demo => demo.Dispose());
        }
    }

    public void Dispose()
    {
        SqliteConnection.ClearAllPools();
        Directory.Delete(_folder, recursive: true);
    }

    private JsonNode ReadFile() => ReadFile(_folder);

    private static JsonNode ReadFile(string folder) =>
        JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "demo.json")))!;

    private void CheckFile(JsonNode file, DemoProcess demo)
    {
        Assert.Equal(demo.BaseAddress, file["base_url"]!.GetValue<string>());
        Assert.Equal(3, file.AsObject().Count);
        Assert.False(File.Exists(Path.Combine(_folder, "demo.json.new")));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(
                UnixFileMode.UserRead | UnixFileMode.UserWrite,
                File.GetUnixFileMode(Path.Combine(_folder, "demo.json")));
        }
    }

    private static async Task WaitForStatesAsync(ApiClient api)
    {
        var reporting = (await ListAsync(api, "/devices"))
            .Where(device => device!["properties"]!["battery"] is not null)
            .Select(device => device!["id"]!.GetValue<string>()).ToList();
        Assert.Equal(26, reporting.Count);
        foreach (var device in reporting)
        {
            await DemoProcess.WaitUntilAsync(async () =>
                (await api.GetAsync($"/devices/{device}/state")).Status == HttpStatusCode.OK);
        }
    }

    // There is a week to look at from the first minute.
    private static async Task CheckPastAsync(ApiClient api)
    {
        var today = TimeProvider.System.GetUtcNow().UtcDateTime.Date;
        var days = await api.GetAsync(FormattableString.Invariant(
            $"/device-states/aggregates?interval=P1D&start_time={today.AddDays(-6):s}Z&end_time={today:s}Z"));
        var reporting = days.Body["data"]!.AsArray().Select(day => day!["devices"]!.GetValue<int>()).ToList();
        Assert.Equal(6, reporting.Count);
        Assert.All(reporting, devices => Assert.Equal(26, devices));
    }

    // Every start ends well, within ten seconds, and says how many states the server answered as kept.
    private static async Task<long> StopAsync(DemoProcess demo)
    {
        var (exitCode, took, output) = await demo.TerminateAsync();
        Assert.True(exitCode == 0, output);
        Assert.InRange(took, TimeSpan.Zero, TimeSpan.FromSeconds(10));
        return long.Parse(KeptStates().Match(output).Groups[1].Value, CultureInfo.InvariantCulture);
    }

    private static async Task<JsonArray> ListAsync(ApiClient api, string path) =>
        (await api.GetAsync(path + "?limit=100")).Body["data"]!.AsArray();

    private static async Task<string[]> IdsAsync(ApiClient api, string path) =>
        [.. (await ListAsync(api, path)).Select(item => item!["id"]!.GetValue<string>())];

    private async Task<long> CountStatesAsync()
    {
        await using var connection = new SqliteConnection($"Data Source={Path.Combine(_folder, "plateau.db")}");
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = connection.CreateCommand();
        command.CommandText = "select count(*) from device_states";
        // A count is never null.
        return (long)(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))!;
    }

    [GeneratedRegex("Stopped; ([0-9]+) states were kept")]
    private static partial Regex KeptStates();
}
