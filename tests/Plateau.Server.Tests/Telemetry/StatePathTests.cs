using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Plateau.Contracts;
using Plateau.Server.Telemetry;
using Plateau.Telemetry;

namespace Plateau.Server.Tests.Telemetry;

/// <summary>States on their way in and out, on both engines.</summary>
public sealed class StatePathTests
{
    [Theory, EveryStore]
    public async Task The_same_reference_at_another_time_is_another_record(Store store)
    {
        await using var server = await TestServer.StartAsync(store);
        var (path, location) = await PlaceAsync(server);

        var first = await server.Api.PutAsync(path, Some.State(location));
        var second = await server.Api.PutAsync(path, Some.State(location, time: "2022-02-01T10:30:00.000001Z"));

        Assert.Equal(HttpStatusCode.OK, second.Status);
        Assert.False(second.IsReplayed);
        Assert.NotEqual(first.Body["id"]!.GetValue<string>(), second.Body["id"]!.GetValue<string>());
        Assert.Equal(2, await server.CountAsync("device_states"));
    }

    [Theory, EveryStore]
    public async Task Records_equal_by_value_repeat_the_first_answer_however_they_are_written(Store store)
    {
        await using var server = await TestServer.StartAsync(store);
        var (path, location) = await PlaceAsync(server);
        string Body(string time, string charge, string power, string reference) => $$"""
            {"battery_power_kw":{{power}},"record_reference_id":"{{reference}}","state_of_charge_percent":{{charge}},
            "time":"{{time}}","target_state_of_charge_percent":80,"location_id":"{{location}}",
            "energy_remaining_kwh":null}
            """;

        var first = await server.Api.PutAsync(path, Body("2022-02-01T10:30:00Z", "64", "0", "Zähler"));
        ApiAnswer[] repeats =
        [
            await server.Api.PutAsync(path, Body("2022-02-01T10:30:00Z", "6.4e1", "-0.0", "Zähler")),
            await server.Api.PutAsync(path, Body("2022-02-01t12:30:00.000+02:00", "64.0000", "0e5", @"Z\u00e4hler")),
            await server.Api.PutAsync(path,
                Body(@"2022-02-01T12:30:00.0000000\u002B02:00", "640e-1", "0", @"\u005a\u00e4hler")),
        ];
        var composed = await server.Api.PutAsync(path, Body("2022-02-01T10:30:00Z", "64", "0", @"Za\u0308hler"));

        Assert.Equal(HttpStatusCode.OK, first.Status);
        Assert.All(repeats, repeat =>
        {
            Assert.Equal(first.Text, repeat.Text);
            Assert.True(repeat.IsReplayed);
        });
        Assert.Equal(HttpStatusCode.OK, composed.Status);
        Assert.False(composed.IsReplayed);
    }

    [Theory, EveryStore]
    public async Task An_older_record_does_not_change_the_latest(Store store)
    {
        await using var server = await TestServer.StartAsync(store);
        var (path, location) = await PlaceAsync(server);

        await server.Api.PutAsync(path, Some.State(location, "new", 50, "2022-02-01T10:30:00Z"));
        await server.Api.PutAsync(path, Some.State(location, "old", 10, "2022-02-01T10:29:59.999999Z"));
        var latest = await server.Api.GetAsync(path);

        Assert.Equal("new", latest.Body["record_reference_id"]!.GetValue<string>());
    }

    [Theory, EveryStore]
    public async Task Of_records_at_one_time_the_later_accepted_is_the_latest_and_then_the_one_of_the_greater_id(
        Store store)
    {
        await using var server = await TestServer.StartAsync(store);
        var (device, location) = await IdsAsync(server);
        var states = server.Services.GetRequiredService<IStateStore>();
        var reader = server.Services.GetRequiredService<IStateReader>();
        var now = SomeRecord.Time / 1000;
        // The greatest bit of a tail decides too: stores that compare signed numbers must not put it last.
        StateRecord Record(ulong tail, long created) =>
            SomeRecord.Unnamed(tail, device, location) with { CreatedUnixMilliseconds = created };
        StateRecord[] inOrder =
        [
            Record(ulong.MaxValue, now), Record(0, now + 1), Record(1, now + 1), Record(long.MaxValue, now + 1),
            Record(1UL << 63, now + 1), Record(ulong.MaxValue - 1, now + 1), Record(5, now + 2),
        ];

        foreach (var (record, index) in inOrder.Select((record, index) => (record, index)))
        {
            Assert.Equal(SubmissionResult.Kept, (await KeepAsync(states, server, record)).Result);
            Assert.Equal(record, (await reader.FindLatestAsync([device], TestContext.Current.CancellationToken))[0]);
            // What is taken before it does not come to the top by being written after it.
            if (index > 0)
            {
                var between = SomeRecord.Unnamed(3, device, location) with
                {
                    Key = new StateRecordKey(device, SomeRecord.Time - index, 3),
                    CreatedUnixMilliseconds = now + 100,
                };
                await KeepAsync(states, server, between);
                var latest = await reader.FindLatestAsync([device], TestContext.Current.CancellationToken);
                Assert.Equal(record, latest[0]);
            }
        }
    }

    [Theory, EveryStore]
    public async Task A_time_out_of_range_is_told_together_with_every_other_fault(Store store)
    {
        await using var server = await TestServer.StartAsync(store);
        var (path, location) = await PlaceAsync(server);

        foreach (var time in new[] { "1999-12-31T23:59:59Z", "2199-01-01T00:00:00Z" })
        {
            var alone = await server.Api.PutAsync(path, Some.State(location, time: time));
            var beside = await server.Api.PutAsync(path, Some.State("here", reference: "", charge: 134.2, time: time));

            Assert.Equal(
                [("$.time", "time_invalid")],
                alone.ShouldFail(HttpStatusCode.BadRequest, "time_invalid").Errors!
                    .Select(one => (one.Path, one.Code)));
            Assert.Equal(
                ["$.location_id", "$.record_reference_id", "$.state_of_charge_percent", "$.time"],
                beside.ShouldFail(HttpStatusCode.BadRequest, "location_id_invalid").Errors!
                    .Select(one => one.Path).Order(StringComparer.Ordinal));
        }
        Assert.Equal(0, await server.CountAsync("device_states"));
    }

    [Theory, EveryStore]
    public async Task What_was_not_sent_is_not_read_back(Store store)
    {
        await using var server = await TestServer.StartAsync(store);
        var (path, location) = await PlaceAsync(server);

        await server.Api.PutAsync(path, $$"""
            {"location_id":"{{location}}","time":"2022-02-01T10:30:00Z","state_of_charge_percent":0,
            "target_state_of_charge_percent":100,"battery_power_kw":null}
            """);
        var latest = await server.Api.GetAsync(path);

        Assert.Equal(
            ["id", "object", "account_id", "device_id", "location_id", "time", "state_of_charge_percent",
                "target_state_of_charge_percent", "time_created"],
            latest.Body.AsObject().Select(member => member.Key));
    }

    [Theory, EveryStore]
    public async Task Last_seen_is_true_to_within_a_minute_also_of_a_first_record_at_a_new_place(Store store)
    {
        var clock = new FakeTimeProvider(Instant.FromUnixMicroseconds(SomeRecord.Time));
        await using var server = await TestServer.StartAsync(store, clock);
        var location = await server.Api.CreateLocationAsync();
        var device = await server.Api.CreateDeviceAsync();
        Assert.Null((await server.Api.GetAsync($"/devices/{device}")).Body["last_seen"]);

        foreach (var (seconds, number) in ((int[])[0, 1, 28, 2, 59, 61, 29, 29, 29, 1]).Select((one, at) => (one, at)))
        {
            clock.Advance(TimeSpan.FromSeconds(seconds));
            var answer = await server.Api.PutAsync(
                $"/devices/{device}/state",
                Some.State(location, $"number {number}", time: Instant.Format(clock.GetUtcNow())));
            Assert.Equal(HttpStatusCode.OK, answer.Status);
            var shown = (await server.Api.GetAsync($"/devices/{device}")).Body["last_seen"]!.GetValue<string>();
            Assert.True(Instant.TryParse(shown, out var seen));
            Assert.InRange(clock.GetUtcNow() - seen, TimeSpan.Zero, TimeSpan.FromMinutes(1));
        }
    }

    [Theory, EveryStore]
    public async Task A_refused_record_does_not_count_as_seen(Store store)
    {
        await using var server = await TestServer.StartAsync(store);
        var location = await server.Api.CreateLocationAsync();
        var device = await server.Api.CreateDeviceAsync(
            $$$"""{"locations":["{{{location}}}"],"consents":{"telemetry":false}}""");

        var answer = await server.Api.PutAsync($"/devices/{device}/state", Some.State(location));

        answer.ShouldFail(HttpStatusCode.Forbidden, "telemetry_consent_missing");
        Assert.Null((await server.Api.GetAsync($"/devices/{device}")).Body["last_seen"]);
    }

    private static async Task<(string Path, string Location)> PlaceAsync(TestServer server)
    {
        var location = await server.Api.CreateLocationAsync();
        return ($"/devices/{await server.Api.CreateDeviceAsync()}/state", location);
    }

    private static async Task<(DeviceId Device, LocationId Location)> IdsAsync(TestServer server) => (
        ObjectIdText.Parse<DeviceId>(await server.Api.CreateDeviceAsync()),
        ObjectIdText.Parse<LocationId>(await server.Api.CreateLocationAsync()));

    private static async Task<SubmissionOutcome> KeepAsync(IStateStore states, TestServer server, StateRecord record) =>
        Assert.Single(await states.CommitAsync(
            [SomeRecord.Pending(record, SomeRecord.CallerOf(server))],
            TestContext.Current.CancellationToken));
}
