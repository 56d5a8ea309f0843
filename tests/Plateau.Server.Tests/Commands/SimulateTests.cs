using System.Globalization;
using Plateau.Contracts;
using Plateau.Server.Commands;

namespace Plateau.Server.Tests.Commands;

/// <summary><c>plateau simulate</c> as a process of its own, against a server.</summary>
public sealed class SimulateTests
{
    private static readonly DateTimeOffset Now = TimeProvider.System.GetUtcNow();

    // Beyond the two hours for which records stay rows, and within: chunks and rows.
    private static readonly DateTimeOffset Start = new DateTimeOffset(Now.UtcDateTime.Date, TimeSpan.Zero).AddDays(-2);

    [Theory, EveryStore]
    public async Task A_fleet_is_registered_lives_and_is_found_again_and_nothing_is_kept_twice(Store store)
    {
        await using var server = await TestServer.StartAsync(store);
        var environment = await EnvironmentAsync(server);
        string[] day =
        [
            "simulate", "--devices", "20", "--seed", "7", "--start", Instant.Format(Start), "--duration", "26h",
            "--interval", "15m", "--speed", "max", "--json",
        ];

        var first = await Executable.RunAsync(day, environment);
        var second = await Executable.RunAsync(day, environment);
        var larger = await Executable.RunAsync([.. day[..2], "32", .. day[3..]], environment);

        Assert.All(new[] { first, second, larger }, one => Assert.True(one.ExitCode == 0, one.Error));
        Assert.Equal("18 1872 0 0", Counts(first));
        Assert.Equal("18 0 1872 0", Counts(second));
        // A device is the same in a larger fleet.
        Assert.Equal("28 1040 1872 0", Counts(larger));
        Assert.Equal(32, await CountAsync(server, "devices"));
        Assert.Equal(16, await CountAsync(server, "locations"));
        Assert.Equal(16, await CountAsync(server, "customers"));
        Assert.Contains("registered: 20 devices, 18 of them report.", first.Error, StringComparison.Ordinal);
    }

    [Theory, EveryStore]
    public async Task Runs_of_one_seed_at_once_make_one_fleet_and_it_is_made_again_after_it_was_deleted(Store store)
    {
        await using var server = await TestServer.StartAsync(store);
        var environment = await EnvironmentAsync(server);
        string[] hour =
        [
            "simulate", "--devices", "32", "--seed", "7", "--start", Instant.Format(Start), "--duration", "1h",
            "--speed", "max", "--json",
        ];

        var together = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Executable.RunAsync(hour, environment)));

        Assert.All(together, one => Assert.True(one.ExitCode == 0, one.Error));
        Assert.Equal((32, 16, 16), await SizesAsync());

        foreach (var device in (await server.Api.GetAsync("/devices?limit=100")).Body["data"]!.AsArray())
        {
            await server.Api.DeleteAsync($"/devices/{device!["id"]}");
        }
        var again = await Executable.RunAsync(hour, environment);
        Assert.True(again.ExitCode == 0, again.Error);
        Assert.Equal((32, 16, 16), await SizesAsync());

        async Task<(int, int, int)> SizesAsync() => (
            await CountAsync(server, "devices"), await CountAsync(server, "locations"),
            await CountAsync(server, "customers"));
    }

    [Fact]
    public async Task Single_submissions_and_another_speed_and_server_give_the_same_records()
    {
        string[] hours =
        [
            "simulate", "--devices", "5", "--seed", "9", "--start", Instant.Format(Start), "--duration", "4h",
            "--interval", "20m",
        ];
        await using var one = await TestServer.StartAsync(Store.Embedded);
        await using var other = await TestServer.StartAsync(Store.Embedded);
        var batch = await Executable.RunAsync([.. hours, "--speed", "max"], await EnvironmentAsync(one));
        var single = await Executable.RunAsync(
            [.. hours, "--speed", "4000", "--send", "single"], await EnvironmentAsync(other));

        Assert.Equal((0, 0), (batch.ExitCode, single.ExitCode));
        var records = await RecordsAsync(one);
        Assert.Equal(5 * 12, records.Count);
        Assert.Equal(records, await RecordsAsync(other));
    }

    [Fact]
    public async Task What_was_simulated_before_goes_on_live_until_it_is_stopped_and_says_what_was_sent()
    {
        await using var server = await TestServer.StartAsync(Store.Embedded);
        // A shell that runs tests in the background lets its children ignore the signal; a terminal does not.
        using var process = Executable.Start(
            [
                "simulate", "--devices", "10", "--seed", "3", "--start", Instant.Format(Now.AddMinutes(-10)),
                "--interval", "2s", "--speed", "max", "--json",
            ],
            await EnvironmentAsync(server), "env", "--default-signal=INT");

        // Nine devices report: three hundred records each of the past, then one every two seconds.
        await Until.TrueAsync("it is live", async () => await server.CountAsync("device_states") > 9 * 310);
        await Executable.SignalAsync(process, "INT");
        var ended = await Executable.EndAsync(process);

        Assert.Equal(CommandLine.Interrupted, ended.ExitCode);
        Assert.Equal(await server.CountAsync("device_states"), ended.Json["states_accepted"]!.GetValue<int>());
        Assert.Equal(0, ended.Json["states_unanswered"]!.GetValue<int>());
        Assert.True(ended.Json["end_time"]!.GetValue<DateTimeOffset>() > Now);
    }

    [Fact]
    public async Task States_that_are_refused_are_told_by_reason_and_the_others_are_kept()
    {
        await using var server = await TestServer.StartAsync(Store.Embedded);
        var environment = await EnvironmentAsync(server);
        string[] hour =
        [
            "simulate", "--devices", "3", "--seed", "5", "--start", Instant.Format(Start), "--duration", "1h",
            "--speed", "max",
        ];
        Assert.Equal(CommandLine.Succeeded, (await Executable.RunAsync(hour, environment)).ExitCode);
        var devices = await server.Api.GetAsync("/devices");
        await server.Api.PatchAsync(
            $"/devices/{devices.Body["data"]![0]!["id"]}", """{"consents":{"telemetry":false}}""");

        var ended = await Executable.RunAsync(hour, environment);

        Assert.Equal(CommandLine.Failed, ended.ExitCode);
        Assert.Contains(": 0 states kept, 24 there before, 12 refused.", ended.Output, StringComparison.Ordinal);
        Assert.Contains("12 states were refused: ", ended.Error, StringComparison.Ordinal);
        Assert.Contains("[telemetry_consent_missing]", ended.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_that_may_not_register_is_told_so_in_one_line()
    {
        await using var server = await TestServer.StartAsync(Store.Embedded);
        var ended = await Executable.RunAsync(
            ["simulate", "--devices", "3"], await EnvironmentAsync(server, KeyScope.Submit));
        ended.FailedWith(CommandLine.Failed, "[scope_insufficient]");
    }

    [Theory]
    [InlineData("--speed 60", "Faster than time needs a past")]
    [InlineData("--speed max", "Faster than time needs a past")]
    [InlineData("--start 2999-01-01", "--start lies ahead")]
    [InlineData("--start 1999-12-31", "--start must not be before")]
    [InlineData("--start yesterday", "'yesterday' is not a time")]
    [InlineData("--devices 0", "--devices is 1 to 1000000.")]
    [InlineData("--seed -1", "--seed is a whole number")]
    [InlineData("--speed -1", "--speed is a number")]
    [InlineData("--duration 1w", "--duration is a whole number of s, m, h or d")]
    [InlineData("--interval 2d", "--interval is a whole number of s, m, h or d, such as 15m, and at most 1d.")]
    [InlineData("--send pigeon", "pigeon")]
    public async Task What_cannot_be_simulated_is_refused_before_anything_is_sent(string arguments, string reason) =>
        (await Executable.RunAsync(["simulate", .. arguments.Split(' '), "--url", "http://127.0.0.1:1"]))
            .FailedWith(CommandLine.BadArguments, reason);

    private static string Counts(Ended ended) => string.Join(
        ' ',
        new[] { "devices_reporting", "states_accepted", "states_replayed", "states_refused" }
            .Select(name => ended.Json[name]!.GetValue<int>().ToString(CultureInfo.InvariantCulture)));

    private static async Task<int> CountAsync(TestServer server, string what) =>
        (await server.Api.GetAsync($"/{what}?limit=100")).Body["data"]!.AsArray().Count;

    // Device and record, without what the server makes of them.
    private static async Task<List<string>> RecordsAsync(TestServer server)
    {
        var records = new List<string>();
        foreach (var device in (await server.Api.GetAsync("/devices?limit=100")).Body["data"]!.AsArray())
        {
            var states = await server.Api.GetAsync($"/devices/{device!["id"]}/states?limit=100");
            foreach (var state in states.Body["data"]!.AsArray())
            {
                foreach (var made in new[] { "id", "account_id", "device_id", "location_id", "time_created" })
                {
                    state!.AsObject().Remove(made);
                }
                records.Add($"{device["reference_id"]} {state!.ToJsonString()}");
            }
        }
        records.Sort(StringComparer.Ordinal);
        return records;
    }

    private static async Task<Dictionary<string, string>> EnvironmentAsync(
        TestServer server, KeyScope scope = KeyScope.Manage)
    {
        var (_, secret) = await server.CreateKeyAsync(scope);
        return new()
        {
            [CallerOptions.UrlVariable] = server.BaseAddress.ToString(),
            [CallerOptions.AccountVariable] = server.AccountId.ToString(),
            [CallerOptions.KeyVariable] = secret,
        };
    }
}
