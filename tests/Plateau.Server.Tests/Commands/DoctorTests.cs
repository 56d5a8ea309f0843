using System.Text.Json.Nodes;
using Npgsql;
using Plateau.Server.Commands;

namespace Plateau.Server.Tests.Commands;

/// <summary><c>plateau doctor</c>, on stores good and broken.</summary>
public sealed class DoctorTests
{
    private static readonly string[] Checks = ["settings", "store", "schema", "clock", "disk", "timezones", "cultures"];
    private static readonly DateTimeOffset Now = new(2026, 5, 1, 12, 0, 0, TimeSpan.Zero);

    [Theory, EveryStore]
    public async Task A_good_store_beside_a_server_passes_every_check(Store kind)
    {
        await using var server = await TestServer.StartAsync(kind);

        var text = await Executable.RunAsync(server.Store, "doctor");
        var json = (await Executable.RunAsync(server.Store, "doctor", "--json")).Json;

        Assert.Equal(Checks.Length, text.Text.Split('\n').Length);
        Assert.Equal(Checks, json["findings"]!.AsArray().Select(one => one!["check"]!.GetValue<string>()));
        Assert.DoesNotContain("fail", json["findings"]!.AsArray().Select(VerdictOf));
        Assert.True(json["ok"]!.GetValue<bool>());
    }

    [Fact]
    public async Task A_missing_store_fails_and_is_not_made()
    {
        await using var store = await TestStore.CreateAsync(Store.Embedded);
        var missing = Path.Combine(store.DataDirectory, "missing");

        var ended = await Executable.RunAsync(["doctor", "--json", "--data-dir", missing]);

        Assert.Equal(1, ended.ExitCode);
        Assert.Equal("fail", VerdictOf(ended.Json, "store"));
        Assert.False(Directory.Exists(missing));
    }

    [Fact]
    public async Task An_empty_database_fails_and_is_not_migrated()
    {
        await using var store = await TestStore.CreateAsync(Store.Postgres);

        var first = await Executable.RunAsync(store, "doctor", "--json");
        var second = await Executable.RunAsync(store, "doctor", "--json");

        Assert.Equal((1, 1), (first.ExitCode, second.ExitCode));
        // The database of the tests may run without fsync, which is told.
        Assert.Contains(VerdictOf(second.Json, "store"), (string[])["ok", "warn"]);
        Assert.Equal("fail", VerdictOf(second.Json, "schema"));
    }

    [Fact]
    public async Task A_database_that_commits_before_it_is_durable_is_told()
    {
        await using var store = await TestStore.CreateAsync(Store.Postgres);
        var connection = new NpgsqlConnectionStringBuilder(store.Postgres) { Options = "-c synchronous_commit=off" };

        var ended = await Executable.RunAsync(["doctor", "--json", "--postgres", connection.ToString()]);

        Assert.Equal("warn", VerdictOf(ended.Json, "store"));
        Assert.Contains("synchronous_commit=off", ended.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_damaged_file_a_lost_database_and_a_wrong_setting_fail()
    {
        await using var store = await TestStore.CreateAsync(Store.Embedded);
        await File.WriteAllTextAsync(
            Path.Combine(store.DataDirectory, "plateau.db"), new string('x', 10_000),
            TestContext.Current.CancellationToken);

        var damaged = await Executable.RunAsync(store, "doctor", "--json");
        var lost = await Executable.RunAsync(
            ["doctor", "--json", "--postgres", "Host=127.0.0.1;Port=1;Username=plateau"]);
        var wrong = await Executable.RunAsync(store, "doctor", "--json", "--set", "Storage:MaxConnections=1");

        Assert.Equal((1, "fail"), (damaged.ExitCode, VerdictOf(damaged.Json, "store")));
        Assert.Equal((1, "fail"), (lost.ExitCode, VerdictOf(lost.Json, "store")));
        Assert.Equal((1, "fail"), (wrong.ExitCode, VerdictOf(wrong.Json, "settings")));
    }

    [Fact]
    public async Task A_machine_without_time_zones_or_ICU_fails()
    {
        await using var server = await TestServer.StartAsync(Store.Embedded);
        var environment = new Dictionary<string, string>
        {
            ["TZDIR"] = Path.Combine(server.Store.DataDirectory, "nowhere"),
            ["DOTNET_SYSTEM_GLOBALIZATION_INVARIANT"] = "1",
        };

        var ended = await Executable.RunAsync(["doctor", "--json", .. server.Store.Arguments], environment);

        Assert.Equal(1, ended.ExitCode);
        Assert.Equal(("fail", "fail"), (VerdictOf(ended.Json, "timezones"), VerdictOf(ended.Json, "cultures")));
        Assert.Equal("ok", VerdictOf(ended.Json, "store"));
    }

    [Theory]
    [InlineData("2026-05-01T12:00:00Z", null, null, "Ok")]
    [InlineData("2025-12-31T23:59:59Z", null, null, "Fail")]
    [InlineData("2026-05-01T12:00:00Z", 60, null, "Ok")]
    [InlineData("2026-05-01T12:00:00Z", 61, null, "Fail")]
    [InlineData("2026-05-01T12:00:00Z", -1_000_000, null, "Ok")]
    [InlineData("2026-05-01T12:00:00Z", null, -60, "Ok")]
    [InlineData("2026-05-01T12:00:00Z", null, -61, "Warn")]
    [InlineData("2026-05-01T12:00:00Z", null, 61, "Warn")]
    public void The_clock_is_held_against_the_year_the_store_and_the_database(
        string now, int? newestAheadSeconds, int? databaseAheadSeconds, string verdict) =>
        Assert.Equal(verdict, DoctorRules.JudgeClock(
            DateTimeOffset.Parse(now, null), Ahead(newestAheadSeconds),
            Ahead(databaseAheadSeconds)).Verdict.ToString());

    [Theory]
    [InlineData(0, "Fail")]
    [InlineData(100L << 20, "Fail")]
    [InlineData(1L << 30, "Warn")]
    [InlineData(100L << 30, "Ok")]
    public void A_disk_that_fills_is_told(long freeBytes, string verdict) =>
        Assert.Equal(verdict, DoctorRules.JudgeDisk("/data", freeBytes).Verdict.ToString());

    private static DateTimeOffset? Ahead(int? seconds) => seconds is { } ahead ? Now.AddSeconds(ahead) : null;

    private static string VerdictOf(JsonNode? finding) => finding!["verdict"]!.GetValue<string>();

    private static string VerdictOf(JsonObject report, string check) =>
        VerdictOf(report["findings"]!.AsArray().Single(one => one!["check"]!.GetValue<string>() == check));
}
