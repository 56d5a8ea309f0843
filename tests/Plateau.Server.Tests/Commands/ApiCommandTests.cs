using System.Text.Json.Nodes;
using Plateau.Contracts;
using Plateau.Server.Commands;
using Plateau.Server.Tests.Clients;

namespace Plateau.Server.Tests.Commands;

/// <summary>The commands that call a server, as processes of their own.</summary>
public sealed class ApiCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("plateau-commands-").FullName;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory, EveryStore]
    public async Task A_state_is_submitted_read_back_summed_up_and_listed(Store store)
    {
        await using var server = await TestServer.StartAsync(store);
        using var network = new Network();
        using var client = await network.ConnectAsync(server);
        var (device, state) = await ClientTests.PrepareStateAsync(client);
        var environment = await EnvironmentAsync(server);

        var submitted = await RunAsync(
            environment, "states", "submit", $"{device}", "--location", $"{state.LocationId}", "--charge", "34.2",
            "--target", "80", "--power", "-3.4", "--time", "2022-02-01T10:30:00Z", "--reference", "A1", "--json");
        var latest = await RunAsync(environment, "states", "latest", $"{device}", "--json");
        var history = await RunAsync(environment, "states", "history", $"{device}", "--csv");
        var buckets = await RunAsync(
            environment, "states", "aggregates", $"{device}", "--start", "2022-02-01T10:30:00Z", "--end",
            "2022-02-01T11:00:00Z", "--json");
        var fleet = await RunAsync(environment, "states", "latest");
        var devices = await RunAsync(environment, "devices", "list", "--json");
        var account = await RunAsync(environment, "account");

        Assert.All(
            new[] { submitted, latest, history, buckets, fleet, devices, account },
            one => Assert.Equal((CommandLine.Succeeded, ""), (one.ExitCode, one.Error)));
        var record = JsonNode.Parse(latest.Output)!;
        Assert.Equal($"{JsonNode.Parse(submitted.Output)!["id"]}", $"{record["id"]}");
        Assert.Equal(-3.4, record["battery_power_kw"]!.GetValue<double>());
        Assert.StartsWith("device_id,time,state_of_charge_percent,", history.Output, StringComparison.Ordinal);
        Assert.Contains($"{device},2022-02-01T10:30:00Z,34.2,80,-3.4,,,A1,", history.Output, StringComparison.Ordinal);
        Assert.Equal(1, JsonNode.Parse(buckets.Output)!["count"]!.GetValue<int>());
        Assert.Contains("\t34.2\t80\t-3.4\t", fleet.Output, StringComparison.Ordinal);
        Assert.Equal($"{device}", $"{JsonNode.Parse(devices.Output)!["id"]}");
        Assert.Contains($"{server.AccountId}\tTest account\ttest\tmanage", account.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_profile_is_kept_for_its_owner_only_and_used_until_it_is_deleted()
    {
        await using var server = await TestServer.StartAsync(Store.Embedded);
        var (_, secret) = await server.CreateKeyAsync(KeyScope.Read);
        var home = new Dictionary<string, string> { ["XDG_CONFIG_HOME"] = _folder };
        string[] login = ["login", $"{server.BaseAddress}", $"{server.AccountId}", "--profile", "work"];

        var wrong = await RunWithInputAsync("sk_test_0", home, login);
        Assert.Equal(CommandLine.Failed, wrong.ExitCode);
        Assert.Contains("[credentials_invalid] [request ", wrong.Error, StringComparison.Ordinal);
        var path = Path.Combine(_folder, "plateau", "profiles", "work.json");
        Assert.False(File.Exists(path));

        var right = await RunWithInputAsync(secret, home, login);
        Assert.Equal((CommandLine.Succeeded, ""), (right.ExitCode, right.Output));
        Assert.DoesNotContain(secret, right.Error, StringComparison.Ordinal);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        }
        Assert.Equal(CommandLine.Succeeded, (await RunAsync(home, "account", "--profile", "work")).ExitCode);
        Assert.Equal(CommandLine.BadArguments, (await RunAsync(home, "account")).ExitCode);
        Assert.Equal(CommandLine.Succeeded, (await RunAsync(home, "logout", "--profile", "work")).ExitCode);
        Assert.Equal(CommandLine.BadArguments, (await RunAsync(home, "account", "--profile", "work")).ExitCode);
    }

    [Fact]
    public async Task A_refusal_is_one_line_with_code_and_request_and_nothing_on_standard_output()
    {
        await using var server = await TestServer.StartAsync(Store.Embedded);
        var environment = await EnvironmentAsync(server);

        var unknown = await RunAsync(environment, "devices", "show", "dev_000000000000000000000001");
        var malformed = await RunAsync(environment, "devices", "show", "loc_1");
        var nobody = await RunAsync(
            new(environment) { ["PLATEAU_URL"] = "http://127.0.0.1:1" }, "account", "--url", "ftp://there");

        Assert.Equal((CommandLine.Failed, ""), (unknown.ExitCode, unknown.Output));
        Assert.Matches(@"^There is no device .*\[device_not_found\] \[request \S+\]\n$", unknown.Error);
        Assert.Equal((CommandLine.BadArguments, ""), (malformed.ExitCode, malformed.Output));
        Assert.Equal(CommandLine.BadArguments, nobody.ExitCode);
    }

    private async Task<Dictionary<string, string>> EnvironmentAsync(TestServer server)
    {
        var (_, secret) = await server.CreateKeyAsync();
        return new()
        {
            ["XDG_CONFIG_HOME"] = _folder,
            [CallerOptions.UrlVariable] = server.BaseAddress.ToString(),
            [CallerOptions.AccountVariable] = server.AccountId.ToString(),
            [CallerOptions.KeyVariable] = secret,
        };
    }

    private static async Task<Ended> RunAsync(Dictionary<string, string> environment, params string[] arguments)
    {
        using var process = Executable.Start(arguments, environment);
        return await Executable.EndAsync(process);
    }

    private static async Task<Ended> RunWithInputAsync(
        string input, Dictionary<string, string> environment, params string[] arguments)
    {
        using var process = Executable.Start(
            arguments, environment, "sh", "-c", $"echo {input} | \"$@\"", "sh");
        return await Executable.EndAsync(process);
    }
}
