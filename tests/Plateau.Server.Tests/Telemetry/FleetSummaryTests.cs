using System.Net;
using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using Npgsql;
using Plateau.Contracts;

namespace Plateau.Server.Tests.Telemetry;

/// <summary><c>GET /devices/summary</c>.</summary>
public sealed class FleetSummaryTests
{
    private const string Solar = """{"reference_id":"solar","properties":{"pv":{},"battery":{}}}""";

    [Theory, EveryStore]
    public async Task The_summary_tells_kinds_activity_power_charge_and_who_is_quiet(Store store)
    {
        var clock = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var server = await TestServer.StartAsync(store, clock);
        var home = await server.Api.CreateLocationAsync();
        var quiet = await server.Api.CreateDeviceAsync(Solar);
        var charging = await server.Api.CreateDeviceAsync();
        var discharging = await server.Api.CreateDeviceAsync("""{"properties":{"ev_charger":{},"heat_pump":{}}}""");
        await server.Api.CreateDeviceAsync("""{"properties":{"inverter":{}},"consents":{"information":false}}""");
        var hidden = await server.Api.CreateDeviceAsync();
        await SubmitAsync(server, quiet, home, clock, 5, 9);
        await SubmitAsync(server, hidden, home, clock, 55, 9);
        await server.Api.PatchAsync($"/devices/{hidden}", """{"consents":{"telemetry":false}}""");
        clock.Advance(TimeSpan.FromMinutes(16));
        await SubmitAsync(server, charging, home, clock, 34.2, 2.5);
        await SubmitAsync(server, charging, home, clock, 100, 3.5, ahead: 1);
        await SubmitAsync(server, discharging, home, clock, 90, -3.4);

        var summary = await ReadAsync(server.Api);

        Assert.Equal((5, 900, false), (summary.Devices, summary.FreshSeconds, summary.LiveMode));
        Assert.Equal(server.AccountId, summary.AccountId);
        Assert.Equal(
            new FleetKinds { Battery = 3, Pv = 1, Inverter = 0, EvCharger = 1, HeatPump = 1, Unknown = 1 },
            summary.Kinds);
        Assert.Equal(new FleetActivity { Fresh = 2, Silent = 1, NeverSeen = 1 }, summary.Activity);
        Assert.Equal((3.5, -3.4), (summary.ChargingPowerKw, summary.DischargingPowerKw));
        Assert.Equal([1, 0, 0, 0, 0, 0, 0, 0, 0, 2], summary.StateOfCharge.Select(bucket => bucket.Devices));
        Assert.Equal(quiet, summary.Quietest[0].DeviceId.ToString());
        Assert.Equal("solar", summary.Quietest[0].ReferenceId);
        Assert.Equal(3, summary.Quietest.Count);
    }

    [Theory, EveryStore]
    public async Task Packed_states_and_imported_days_count_as_the_latest_where_they_are(Store store)
    {
        var clock = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var server = await TestServer.StartAsync(store, clock);
        var home = await server.Api.CreateLocationAsync();
        var packed = await server.Api.CreateDeviceAsync();
        var imported = await server.Api.CreateDeviceAsync();
        for (var minute = 0; minute < 20; minute++)
        {
            await SubmitAsync(server, packed, home, clock, minute == 19 ? 95 : 15, 1);
            clock.Advance(TimeSpan.FromMinutes(1));
        }
        clock.Advance(TimeSpan.FromHours(5));
        // The clock has woken the packing of the server itself, which may be about it already.
        await Until.TrueAsync("all but the newest are packed", async () =>
        {
            await server.PackAsync();
            return await server.CountAsync("device_states") == 1;
        });
        // Tokens have ended meanwhile.
        var api = await server.SignInAsync();
        await ImportAsync(api, imported, home, clock.GetUtcNow().AddDays(-1), 45);

        var summary = await ReadAsync(api);
        Assert.Equal([0, 0, 0, 0, 1, 0, 0, 0, 0, 1], summary.StateOfCharge.Select(bucket => bucket.Devices));
        Assert.Equal(new FleetActivity { Fresh = 1, Silent = 1, NeverSeen = 0 }, summary.Activity);

        // Later than the newest row, and packed at once.
        await ImportAsync(api, packed, home, clock.GetUtcNow().AddHours(-3), 25);
        clock.Advance(TimeSpan.FromSeconds(5));

        summary = await ReadAsync(api);
        Assert.Equal([0, 0, 1, 0, 1, 0, 0, 0, 0, 0], summary.StateOfCharge.Select(bucket => bucket.Devices));
    }

    [Theory, EveryStore]
    public async Task Of_states_of_the_same_time_the_one_accepted_last_counts(Store store)
    {
        var clock = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var server = await TestServer.StartAsync(store, clock);
        var home = await server.Api.CreateLocationAsync();
        var time = clock.GetUtcNow();
        var devices = new List<string>();
        for (var number = 0; number < 8; number++)
        {
            devices.Add(await server.Api.CreateDeviceAsync());
            for (var turn = 0; turn < 4; turn++)
            {
                clock.Advance(TimeSpan.FromMilliseconds(5));
                var state = Record(devices[number], home, time, turn == 3 ? 95 : 5);
                await server.Api.PostAsync("/device-states", $$"""{"data":[{{state}}]}""");
            }
        }

        var summary = await ReadAsync(server.Api);

        Assert.Equal([0, 0, 0, 0, 0, 0, 0, 0, 0, 8], summary.StateOfCharge.Select(bucket => bucket.Devices));
    }

    [Theory, EveryStore]
    public async Task Of_packed_states_of_the_same_time_the_one_counts_that_the_latest_state_answers(Store store)
    {
        var clock = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var server = await TestServer.StartAsync(store, clock);
        var home = await server.Api.CreateLocationAsync();
        var twice = await server.Api.CreateDeviceAsync();
        var beside = await server.Api.CreateDeviceAsync();
        var time = clock.GetUtcNow().AddDays(-1);
        await ImportAsync(server.Api, twice, home, time, 15);
        clock.Advance(TimeSpan.FromSeconds(1));
        await SendAsync(server.Api, [Record(twice, home, time.AddMinutes(39), 95)]);
        await ImportAsync(server.Api, beside, home, time, 25);
        clock.Advance(TimeSpan.FromSeconds(1));
        await SendAsync(server.Api, [Record(beside, home, time.AddMinutes(39).AddMicroseconds(-1), 75)]);

        var summary = await ReadAsync(server.Api);

        Assert.Equal([0, 0, 1, 0, 0, 0, 0, 0, 0, 1], summary.StateOfCharge.Select(bucket => bucket.Devices));
    }

    [Theory, EveryStore]
    public async Task A_summary_serves_for_five_seconds_and_never_another_account_or_mode(Store store)
    {
        var clock = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var server = await TestServer.StartAsync(store, clock);
        await server.Api.CreateDeviceAsync();
        Assert.Equal(1, (await ReadAsync(server.Api)).Devices);
        await server.Api.CreateDeviceAsync();

        clock.Advance(TimeSpan.FromSeconds(4));
        Assert.Equal(1, (await ReadAsync(server.Api)).Devices);
        Assert.Equal(0, (await ReadAsync(await server.SignInAsync(liveMode: true))).Devices);
        var other = await server.CreateAccountAsync();
        Assert.Equal(0, (await ReadAsync(await server.SignInAsync(account: other))).Devices);
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(2, (await ReadAsync(server.Api)).Devices);

        var submitter = await server.SignInAsync(KeyScope.Submit);
        (await submitter.GetAsync("/devices/summary"))
            .ShouldFail(HttpStatusCode.Forbidden, ErrorCodes.ScopeInsufficient);
    }

    [Fact]
    public async Task Who_asks_while_counting_takes_long_is_told_the_last_summary()
    {
        var clock = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var server = await TestServer.StartAsync(Store.Postgres, clock);
        await server.Api.CreateDeviceAsync();
        var last = await ReadAsync(server.Api);
        await server.Api.CreateDeviceAsync();
        clock.Advance(TimeSpan.FromSeconds(6));
        await using var connection = new NpgsqlConnection(server.Store.Postgres);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using (var holding = await connection.BeginTransactionAsync(TestContext.Current.CancellationToken))
        {
            await using var hold = new NpgsqlCommand("lock table devices in access exclusive mode", connection);
            await hold.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);

            var asked = ReadAsync(server.Api);
            await Until.TrueAsync("it is told the last one", () =>
            {
                clock.Advance(TimeSpan.FromMilliseconds(50));
                return Task.FromResult(asked.IsCompleted);
            });

            Assert.Equal((1, last.TimeCreated), ((await asked).Devices, (await asked).TimeCreated));
        }
        await Until.TrueAsync("the next is told", async () => (await ReadAsync(server.Api)).Devices == 2);
    }

    [Theory, EveryStore]
    public async Task A_fleet_of_more_than_one_piece_is_counted_whole(Store store)
    {
        const int devices = 5_001;
        await using var server = await TestServer.StartAsync(store);
        var lines = string.Join('\n', Enumerable.Repeat(Some.Device, devices));
        using var body = new StringContent(lines);
        body.Headers.ContentType = new("application/x-ndjson");
        var request = new HttpRequestMessage(HttpMethod.Post, "/devices/import") { Content = body };
        await server.Api.SendAsync(request);

        var summary = await ReadAsync(server.Api);

        Assert.Equal((devices, devices), (summary.Devices, summary.Kinds.Battery));
        Assert.Equal(devices, summary.Activity.NeverSeen);
    }

    private static Task ImportAsync(
        ApiClient api, string device, string location, DateTimeOffset start, double lastCharge) =>
        SendAsync(
            api,
            [
                .. Enumerable.Range(0, 40).Select(minute => Record(
                    device, location, start.AddMinutes(minute), minute == 39 ? lastCharge : 5)),
            ]);

    private static async Task SendAsync(ApiClient api, string[] records)
    {
        var batch = await api.PostAsync("/device-states", $$"""{"data":[{{string.Join(',', records)}}]}""");
        Assert.Equal(records.Length, batch.Body["records_accepted"]!.GetValue<int>());
    }

    private static async Task<FleetSummary> ReadAsync(ApiClient api)
    {
        var answer = await api.GetAsync("/devices/summary");
        Assert.Equal(HttpStatusCode.OK, answer.Status);
        return JsonSerializer.Deserialize(answer.Text, ContractsJsonContext.Default.FleetSummary)!;
    }

    private static async Task SubmitAsync(
        TestServer server, string device, string location, TimeProvider clock, double charge, double power,
        int ahead = 0)
    {
        var state = Record(device, location, clock.GetUtcNow().AddSeconds(ahead), charge, power);
        var answer = await server.Api.PutAsync(
            $"/devices/{device}/state", state.Replace($"\"device_id\":\"{device}\",", "", StringComparison.Ordinal));
        Assert.True(answer.Status == HttpStatusCode.OK, answer.Text);
    }

    private static string Record(
        string device, string location, DateTimeOffset time, double charge, double power = 1) =>
        FormattableString.Invariant($$"""
            {"device_id":"{{device}}","location_id":"{{location}}","time":"{{time:O}}",
            "state_of_charge_percent":{{charge}},"target_state_of_charge_percent":80,"battery_power_kw":{{power}}}
            """);
}
