using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;
using Plateau.Contracts;
using Plateau.Server.Storage;
using Plateau.Server.Telemetry;
using Plateau.Telemetry;

namespace Plateau.Server.Tests.Telemetry;

/// <summary>What happens when the store is slow, or refuses.</summary>
public sealed class StoreFaultTests
{
    [Theory, EveryStore]
    public async Task A_full_queue_answers_503_at_once_and_takes_records_again_later(Store store)
    {
        var settings = new Dictionary<string, string?>
        {
            ["Plateau:Telemetry:QueueCapacity"] = "1",
            ["Plateau:Telemetry:MaxBatch"] = "1",
        };
        await using var server = await TestServer.StartAsync(store, settings: settings);
        var location = await server.Api.CreateLocationAsync();
        var device = await server.Api.CreateDeviceAsync($$"""{"locations":["{{location}}"]}""");
        Task<ApiAnswer> Submit(int number) =>
            server.Api.PutAsync($"/devices/{device}/state", Some.State(location, $"number {number}"));

        // One record is with the writer and one is queued; of ten, at least eight find no room.
        List<Task<ApiAnswer>> waiting;
        await using (await StoreHold.TakeAsync(server))
        {
            waiting = [.. Enumerable.Range(0, 10).Select(Submit)];
            for (var refused = 0; refused < 8; refused++)
            {
                var answered = await Task.WhenAny(waiting);
                waiting.Remove(answered);
                var answer = await answered;
                answer.ShouldFail(HttpStatusCode.ServiceUnavailable, "storage_unavailable");
                Assert.NotNull(answer.Headers.RetryAfter?.Delta);
            }
        }
        var kept = 0;
        foreach (var answer in await Task.WhenAll(waiting))
        {
            kept += answer.Status == HttpStatusCode.OK ? 1 : 0;
        }
        Assert.InRange(kept, 1, 2);
        Assert.Equal(kept, await server.CountAsync("device_states"));
        Assert.Equal(HttpStatusCode.OK, (await Submit(10)).Status);
    }

    [Theory, EveryStore]
    public async Task Of_a_batch_only_the_record_that_cannot_be_kept_fails(Store store)
    {
        await using var server = await TestServer.StartAsync(store);
        var location = ObjectIdText.Parse<LocationId>(await server.Api.CreateLocationAsync());
        var device = ObjectIdText.Parse<DeviceId>(
            await server.Api.CreateDeviceAsync($$"""{"locations":["{{location}}"]}"""));
        var writer = server.Services.GetRequiredService<StateWriter>();
        using var log = new RecordedLog();
        server.Services.GetRequiredService<ILoggerFactory>().AddProvider(log);
        // No body can say this: SQLite refuses the missing charge, PostgreSQL the control character.
        var guilty = SomeRecord.Named("a\0b", device, location, charge: double.NaN);
        Task<SubmissionOutcome> Submit(StateRecord record) => writer.SubmitAsync(
            SomeRecord.Pending(record, SomeRecord.CallerOf(server)), TestContext.Current.CancellationToken);

        Task<SubmissionOutcome>[] good;
        Task<SubmissionOutcome> bad;
        await using (await StoreHold.TakeAsync(server))
        {
            good = [.. Enumerable.Range(0, 10).Select(one => Submit(SomeRecord.Named($"{one}", device, location)))];
            bad = Submit(guilty);
            good = [.. good,
                .. Enumerable.Range(10, 10).Select(one => Submit(SomeRecord.Named($"{one}", device, location)))];
        }

        await Assert.ThrowsAnyAsync<Exception>(() => bad);
        Assert.All(await Task.WhenAll(good), outcome => Assert.Equal(SubmissionResult.Kept, outcome.Result));
        Assert.Equal(20, await server.CountAsync("device_states"));
        Assert.Single(log.Lines, line => line.Contains("is split", StringComparison.Ordinal));
        foreach (var reading in new[] { "34.2", "a\0b", "a\\0b", device.ToString(), location.ToString() })
        {
            Assert.DoesNotContain(log.Lines, line => line.Contains(reading, StringComparison.Ordinal));
        }
    }

    [Theory, EveryStore]
    public async Task Records_of_every_fate_in_one_batch_are_each_told_their_own(Store store)
    {
        await using var server = await TestServer.StartAsync(store);
        var places = new List<LocationId>();
        for (var number = 0; number < 3; number++)
        {
            places.Add(ObjectIdText.Parse<LocationId>(await server.Api.CreateLocationAsync()));
        }
        var device = ObjectIdText.Parse<DeviceId>(
            await server.Api.CreateDeviceAsync($$"""{"locations":["{{places[0]}}"]}"""));
        var silent = ObjectIdText.Parse<DeviceId>(
            await server.Api.CreateDeviceAsync(
                $$$"""{"locations":["{{{places[0]}}}"],"consents":{"telemetry":false}}"""));
        await server.Api.PutAsync($"/devices/{device}/state", Some.State(places[0].ToString(), "kept before"));
        var stored = (await server.Services.GetRequiredService<IStateReader>()
            .FindLatestAsync([device], TestContext.Current.CancellationToken))[0];
        (StateRecord Record, SubmissionResult Expected)[] cases =
        [
            (SomeRecord.Named("new", device, places[0]), SubmissionResult.Kept),
            (stored! with { CreatedUnixMilliseconds = 1 }, SubmissionResult.Repeated),
            (SomeRecord.Named("kept before", device, places[0], time: SomeRecord.Time + 1), SubmissionResult.Kept),
            (SomeRecord.Named("nowhere", device, SomeRecord.Location), SubmissionResult.LocationNotFound),
            (SomeRecord.Named("nobody", SomeRecord.Device, places[0]), SubmissionResult.DeviceNotFound),
            (SomeRecord.Named("silent", silent, places[0]), SubmissionResult.ConsentMissing),
            (SomeRecord.Named("silent and nowhere", silent, SomeRecord.Location), SubmissionResult.LocationNotFound),
            (SomeRecord.Named("second place", device, places[1]), SubmissionResult.Kept),
            (SomeRecord.Named("third place", device, places[2]), SubmissionResult.Kept),
            (SomeRecord.Named("second place again", device, places[1]), SubmissionResult.Kept),
            (SomeRecord.Unnamed(1, device, places[0]), SubmissionResult.Kept),
            (SomeRecord.Named("new", device, places[0]), SubmissionResult.Repeated),
            (SomeRecord.Named("new", device, places[0], charge: 1), SubmissionResult.Conflict),
            (SomeRecord.Named("new", device, SomeRecord.Location), SubmissionResult.LocationNotFound),
            (SomeRecord.Named("second place", device, places[1]), SubmissionResult.Repeated),
            (SomeRecord.Named("silent", silent, places[0]), SubmissionResult.ConsentMissing),
            (SomeRecord.Named("nowhere", device, places[0]), SubmissionResult.Kept),
        ];

        var results = new SubmissionResult[cases.Length];
        int[] open = [.. Enumerable.Range(0, cases.Length)];
        // What a batch leaves open is part of the next; a batch adds one place to a device, and here are two new ones.
        for (var batch = 0; batch < 3; batch++)
        {
            var outcomes = await server.Services.GetRequiredService<IStateStore>().CommitAsync(
                [.. open.Select(index => SomeRecord.Pending(cases[index].Record, SomeRecord.CallerOf(server)))],
                TestContext.Current.CancellationToken);
            foreach (var (index, outcome) in open.Zip(outcomes))
            {
                results[index] = outcome.Result;
            }
            open = [.. open.Where(index => results[index] == SubmissionResult.Postponed)];
        }

        Assert.Equal(cases.Select(one => one.Expected), results);
        Assert.Equal(8, await server.CountAsync("device_states"));
        Assert.Equal(
            places.Select(place => place.ToString()),
            (await server.Api.GetAsync($"/devices/{device}")).Body["locations"]!.AsArray()
                .Select(one => one!.GetValue<string>()));
    }

    [Theory, EveryStore]
    public async Task What_was_kept_and_not_heard_of_is_answered_as_kept_whatever_happened_to_the_device(Store store)
    {
        await using var server = await TestServer.StartAsync(store, services: LosingStateStore.Wrap);
        var losing = (LosingStateStore)server.Services.GetRequiredService<IStateStore>();
        var location = await server.Api.CreateLocationAsync();
        var silenced = await server.Api.CreateDeviceAsync();
        var deleted = await server.Api.CreateDeviceAsync();

        losing.OnNextCommit = () =>
            server.Api.PatchAsync($"/devices/{silenced}", """{"consents":{"telemetry":false}}""");
        var first = await server.Api.PutAsync($"/devices/{silenced}/state", Some.State(location));
        var second = await server.Api.PutAsync($"/devices/{silenced}/state", Some.State(location, "later"));
        losing.OnNextCommit = () => server.Api.DeleteAsync($"/devices/{deleted}");
        var third = await server.Api.PutAsync($"/devices/{deleted}/state", Some.State(location, reference: null));

        Assert.True(first.Status == HttpStatusCode.OK, first.Text);
        Assert.False(first.IsReplayed);
        second.ShouldFail(HttpStatusCode.Forbidden, "telemetry_consent_missing");
        Assert.True(third.Status == HttpStatusCode.OK, third.Text);
    }

    [Theory, EveryStore]
    public async Task Two_processes_with_the_same_records_in_opposite_order_never_stop_each_other(Store store)
    {
        await using var server = await TestServer.StartAsync(store);
        await using var beside = await server.StartBesideAsync();
        var location = ObjectIdText.Parse<LocationId>(await server.Api.CreateLocationAsync());
        var devices = new List<DeviceId>();
        for (var number = 0; number < 20; number++)
        {
            devices.Add(ObjectIdText.Parse<DeviceId>(
                await server.Api.CreateDeviceAsync($$"""{"locations":["{{location}}"]}""")));
        }
        var caller = SomeRecord.CallerOf(server);
        Task<SubmissionOutcome[]> CommitAsync(TestServer one, IEnumerable<StateRecord> records) => Task.Run(
            () => one.Services.GetRequiredService<IStateStore>().CommitAsync(
                [.. records.Select(record => SomeRecord.Pending(record, caller))],
                TestContext.Current.CancellationToken),
            TestContext.Current.CancellationToken);

        for (var round = 0; round < 30; round++)
        {
            var records = Enumerable.Range(0, 400)
                .Select(number => SomeRecord.Named($"{round} {number}", devices[number % 20], location)).ToList();

            var outcomes = await Task.WhenAll(
                CommitAsync(server, records), CommitAsync(beside, Enumerable.Reverse(records)));

            Assert.Equal(400, outcomes.Sum(some => some.Count(one => one.Result == SubmissionResult.Kept)));
            Assert.Equal(400, outcomes.Sum(some => some.Count(one => one.Result == SubmissionResult.Repeated)));
        }
    }

    [Fact]
    public async Task After_a_record_that_cannot_be_read_the_embedded_store_starts_clean()
    {
        await using var server = await TestServer.StartAsync(Store.Embedded);
        var location = await server.Api.CreateLocationAsync();
        var device = await server.Api.CreateDeviceAsync();
        Task<ApiAnswer> SubmitAsync(string reference) =>
            server.Api.PutAsync($"/devices/{device}/state", Some.State(location, reference));
        await SubmitAsync("good");
        await SubmitAsync("broken");
        await ExecuteAsync(
            server, "update device_states set location_id = x'00' where record_reference_id = 'broken'");

        for (var round = 0; round < 3; round++)
        {
            (await SubmitAsync("broken")).ShouldFail(HttpStatusCode.InternalServerError, "internal_error");
            Assert.True((await SubmitAsync("good")).IsReplayed);
            Assert.Equal(HttpStatusCode.OK, (await SubmitAsync($"new {round}")).Status);
        }
    }

    [Fact]
    public async Task An_embedded_store_that_cannot_be_prepared_keeps_no_connection_open()
    {
        await using var server = await TestServer.StartAsync(Store.Embedded);
        var location = await server.Api.CreateLocationAsync();
        var device = await server.Api.CreateDeviceAsync();
        var file = server.Services.GetRequiredService<Engine>().File;
        await ExecuteAsync(server, "alter table device_states rename to elsewhere");
        int OpenFiles() => new DirectoryInfo("/proc/self/fd").EnumerateFiles().Count(link => link.LinkTarget == file);
        Task<ApiAnswer> SubmitAsync(int number) =>
            server.Api.PutAsync($"/devices/{device}/state", Some.State(location, $"number {number}"));

        await SubmitAsync(0);
        var before = OpenFiles();
        for (var number = 1; number < 20; number++)
        {
            (await SubmitAsync(number)).ShouldFail(HttpStatusCode.InternalServerError, "internal_error");
        }

        // A few more may be open for what goes on in the background.
        Assert.InRange(OpenFiles(), 0, before + 5);
        await ExecuteAsync(server, "alter table elsewhere rename to device_states");
        Assert.Equal(HttpStatusCode.OK, (await SubmitAsync(20)).Status);
    }

    private static async Task ExecuteAsync(TestServer server, string sql)
    {
        await using var connection = await server.Services.GetRequiredService<Engine>()
            .OpenAsync(TestContext.Current.CancellationToken);
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_connection_cut_in_the_middle_of_a_batch_is_repeated_unnoticed()
    {
        await using var server = await TestServer.StartAsync(Store.Postgres);
        var location = await server.Api.CreateLocationAsync();
        var device = await server.Api.CreateDeviceAsync($$"""{"locations":["{{location}}"]}""");
        Task<ApiAnswer>[] waiting;
        await using (await StoreHold.TakeAsync(server))
        {
            waiting = [.. Enumerable.Range(0, 20).Select(number =>
                server.Api.PutAsync($"/devices/{device}/state", Some.State(location, $"number {number}")))];
            await using var connection = await server.Services.GetRequiredService<Engine>()
                .Postgres.OpenConnectionAsync(TestContext.Current.CancellationToken);
            await Until.TrueAsync("the batch waited for the lock and was cut", async () =>
            {
                await using var cut = new NpgsqlCommand("""
                    select count(pg_terminate_backend(l.pid)) from pg_locks l
                    where l.relation = 'device_states'::regclass and not l.granted
                    """, connection);
                return (long)(await cut.ExecuteScalarAsync(TestContext.Current.CancellationToken))! > 0;
            });
        }

        Assert.All(await Task.WhenAll(waiting), answer =>
        {
            Assert.Equal(HttpStatusCode.OK, answer.Status);
            Assert.False(answer.IsReplayed);
        });
        Assert.Equal(20, await server.CountAsync("device_states"));
    }
}
