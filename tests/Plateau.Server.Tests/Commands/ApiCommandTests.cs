using System.Text.Json.Nodes;
using Plateau.Contracts;
using Plateau.Server.Commands;
using Plateau.Server.Tests.Clients;

namespace Plateau.Server.Tests.Commands;

/// <summary>The commands that call a server, as processes of their own.</summary>
public sealed class ApiCommandTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, EveryStore]
    public async Task A_state_is_submitted_read_back_summed_up_and_listed(Store store)
    {
        await using var server = await TestServer.StartAsync(store);
        using var network = new Network();
        using var client = await network.ConnectAsync(server);
        var (device, state) = await ClientTests.PrepareStateAsync(client);
        using var user = await CommandUser.OfAsync(server);

        var submitted = await user.RunAsync(
            "states", "submit", $"{device}", "--location", $"{state.LocationId}", "--charge", "34.2",
            "--target", "80", "--power", "-3.4", "--time", "2022-02-01T10:30:00Z", "--reference", "A1", "--json");
        var latest = await user.RunAsync("states", "latest", $"{device}", "--json");
        var history = await user.RunAsync("states", "history", $"{device}", "--csv");
        var buckets = await user.RunAsync(
            "states", "aggregates", $"{device}", "--from", "2022-02-01T10:30:00Z", "--to",
            "2022-02-01T11:00:00Z", "--json");
        var fleet = await user.RunAsync("states", "latest");
        var devices = await user.RunAsync("devices", "list", "--json");
        var account = await user.RunAsync("account");

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
        using var user = await CommandUser.OfAsync(server, KeyScope.Read);
        var secret = user.ForgetCaller();
        string[] login = ["login", $"{server.BaseAddress}", $"{server.AccountId}", "--profile", "work"];

        var wrong = await user.RunWithInputAsync("sk_test_0", login);
        Assert.Equal(CommandLine.Failed, wrong.ExitCode);
        Assert.Contains("[credentials_invalid] [request ", wrong.Error, StringComparison.Ordinal);
        var path = Path.Combine(user.Folder, "plateau", "profiles", "work.json");
        Assert.False(File.Exists(path));

        var right = await user.RunWithInputAsync(secret, login);
        Assert.Equal((CommandLine.Succeeded, ""), (right.ExitCode, right.Output));
        Assert.DoesNotContain(secret, right.Error, StringComparison.Ordinal);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        }
        Assert.Equal(CommandLine.Succeeded, (await user.RunAsync("account", "--profile", "work")).ExitCode);
        Assert.Equal(CommandLine.BadArguments, (await user.RunAsync("account")).ExitCode);
        Assert.Equal(CommandLine.Succeeded, (await user.RunAsync("logout", "--profile", "work")).ExitCode);
        Assert.Equal(CommandLine.BadArguments, (await user.RunAsync("account", "--profile", "work")).ExitCode);
    }

    [Fact]
    public async Task Who_is_told_nothing_of_a_server_is_told_the_ways_to_name_it()
    {
        await using var server = await TestServer.StartAsync(Store.Embedded);
        using var user = await CommandUser.OfAsync(server);
        user.ForgetCaller();
        var ended = await user.RunAsync("devices", "list");
        foreach (var way in new[] { "plateau login ADDRESS ACCOUNT", "--url, --account", "--demo-file data/demo.json" })
        {
            ended.FailedWith(CommandLine.BadArguments, way);
        }
    }

    [Fact]
    public async Task A_key_that_is_typed_on_a_terminal_is_not_shown_there()
    {
        await using var server = await TestServer.StartAsync(Store.Embedded);
        using var user = await CommandUser.OfAsync(server);
        var secret = user.ForgetCaller();

        var ended = await user.RunOnTerminalAsync(
            "Secret key:", secret + "\r", "login", $"{server.BaseAddress}", $"{server.AccountId}");

        Assert.True(ended.ExitCode == CommandLine.Succeeded, ended.Output);
        Assert.Contains("Signed in to Test account, test mode", ended.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(secret[^20..], ended.Output, StringComparison.Ordinal);
        Assert.Equal(CommandLine.Succeeded, (await user.RunAsync("account")).ExitCode);
    }

    [Fact]
    public async Task Watching_ends_with_130_when_it_is_stopped()
    {
        await using var server = await TestServer.StartAsync(Store.Embedded);
        using var user = await CommandUser.OfAsync(server);

        // A shell that runs tests in the background lets its children ignore the signal; a terminal does not.
        using var watching = Executable.Start(
            ["states", "watch"], user.Environment, "env", "--default-signal=INT");
        var header = await watching.StandardOutput.ReadLineAsync(Cancel);
        Assert.StartsWith("device_id\ttime", header, StringComparison.Ordinal);
        await Executable.SignalAsync(watching, "INT");
        var ended = await Executable.EndAsync(watching);

        Assert.Equal((CommandLine.Interrupted, "", ""), (ended.ExitCode, ended.Output, ended.Error));
    }

    [Fact]
    public async Task A_refusal_is_one_line_with_code_and_request_and_nothing_on_standard_output()
    {
        await using var server = await TestServer.StartAsync(Store.Embedded);
        using var user = await CommandUser.OfAsync(server);

        var unknown = await user.RunAsync("devices", "show", "dev_000000000000000000000001");
        var malformed = await user.RunAsync("devices", "show", "loc_1");
        var nobody = await user.RunAsync("account", "--url", "ftp://there");

        Assert.Equal((CommandLine.Failed, ""), (unknown.ExitCode, unknown.Output));
        Assert.Matches(@"^There is no device .*\[device_not_found\] \[request \S+\]\n$", unknown.Error);
        Assert.Equal((CommandLine.BadArguments, ""), (malformed.ExitCode, malformed.Output));
        Assert.Equal(CommandLine.BadArguments, nobody.ExitCode);
    }
}
