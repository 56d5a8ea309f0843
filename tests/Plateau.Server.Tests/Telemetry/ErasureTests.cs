using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Plateau.Contracts;
using Plateau.Server.Devices;
using Plateau.Server.Storage;

namespace Plateau.Server.Tests.Telemetry;

/// <summary>What becomes of the records of deleted devices.</summary>
public sealed class ErasureTests
{
    private static readonly TimeSpan StatementTimeout = TimeSpan.FromSeconds(30);

    [Theory, EveryStore]
    public async Task Records_of_a_deleted_device_go_and_do_not_come_back(Store store)
    {
        var clock = new FakeTimeProvider(Instant.FromUnixMicroseconds(SomeRecord.Time));
        await using var server = await TestServer.StartAsync(store, clock);
        var location = await server.Api.CreateLocationAsync();
        var device = await server.Api.CreateDeviceAsync();
        var other = await server.Api.CreateDeviceAsync();
        for (var number = 0; number < 3; number++)
        {
            await server.Api.PutAsync($"/devices/{device}/state", Some.State(location, $"number {number}"));
        }
        await server.Api.PutAsync($"/devices/{other}/state", Some.State(location));

        Assert.Equal(HttpStatusCode.Accepted, (await server.Api.DeleteAsync($"/devices/{device}")).Status);
        var late = await server.Api.PutAsync($"/devices/{device}/state", Some.State(location, "late"));
        await UntilRowsAsync(server, clock, 1);
        // A record that had been checked just before the deletion and is committed just after the erasure.
        await StraggleAsync(server, ObjectIdText.Parse<DeviceId>(device));
        await UntilRowsAsync(server, clock, 1);

        late.ShouldFail(HttpStatusCode.NotFound, "device_not_found");
        Assert.Equal(1, await server.CountAsync("erasures"));
        clock.Advance(StatementTimeout * 5);
        await Until.TrueAsync("the erasure had ended", async () =>
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            return await server.CountAsync("erasures") == 0;
        });
        Assert.Equal(1, await server.CountAsync("device_states"));
    }

    [Theory, EveryStore]
    public async Task Many_deletions_at_once_do_not_wait_for_each_other(Store store)
    {
        var clock = new FakeTimeProvider(Instant.FromUnixMicroseconds(SomeRecord.Time));
        await using var server = await TestServer.StartAsync(store, clock);
        await using (var scope = server.Services.CreateAsyncScope())
        {
            var db = scope.ServiceProvider.GetRequiredService<PlateauDb>();
            await using var write = await db.BeginWriteAsync(TestContext.Current.CancellationToken);
            db.Erasures.AddRange(Enumerable.Range(1, 250).Select(number => new ErasureRow
            {
                DeviceId = NumberedDevice(number),
                TimeCreated = clock.GetUtcNow(),
            }));
            await write.CommitAsync(TestContext.Current.CancellationToken);
        }
        foreach (var number in (int[])[1, 100, 101, 200, 201, 250])
        {
            await StraggleAsync(server, NumberedDevice(number));
        }

        await UntilRowsAsync(server, clock, 0);

        Assert.Equal(250, await server.CountAsync("erasures"));
    }

    [Fact]
    public async Task An_erasure_does_not_end_while_another_process_erases_what_this_one_was_about_to()
    {
        var clock = new FakeTimeProvider(Instant.FromUnixMicroseconds(SomeRecord.Time));
        await using var server = await TestServer.StartAsync(Store.Postgres, clock);
        var cancel = TestContext.Current.CancellationToken;
        var device = NumberedDevice(1);
        await FillAsync(server, device, 5_500);
        await using (var connection = await server.Services.GetRequiredService<Engine>().OpenAsync(cancel))
        await using (var transaction = await connection.BeginTransactionAsync(cancel))
        {
            await using var erase = connection.CreateCommand();
            erase.CommandText = "delete from device_states where tail <= 5000";
            Assert.Equal(5_000, await erase.ExecuteNonQueryAsync(cancel));
            await server.ExecuteAsync($"insert into erasures values ({Literal(server, device)}, 1)");
            await Until.TrueAsync("the worker waits for the rows", async () =>
            {
                clock.Advance(TimeSpan.FromSeconds(1));
                return await server.ReadNumberAsync(
                    "select count(*) from pg_locks where not granted and locktype = 'transactionid'") > 0;
            });
            await transaction.CommitAsync(cancel);
        }

        await Until.TrueAsync("the erasure had ended", async () =>
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            return await server.CountAsync("erasures") == 0;
        });

        Assert.Equal(0, await server.CountAsync("device_states"));
    }

    [Fact]
    public async Task Erased_records_give_the_disk_back()
    {
        var clock = new FakeTimeProvider(Instant.FromUnixMicroseconds(SomeRecord.Time));
        await using var server = await TestServer.StartAsync(Store.Embedded, clock);
        var device = NumberedDevice(1);
        var pagesBefore = await server.ReadNumberAsync("select page_count from pragma_page_count");
        await FillAsync(server, device, 5_000);
        await server.ExecuteAsync($"insert into erasures values ({Literal(server, device)}, 1)");

        await UntilRowsAsync(server, clock, 0);

        await Until.TrueAsync("the pages were given back", async () =>
            await server.ReadNumberAsync("select page_count from pragma_page_count") <= pagesBefore + 8);
    }

    private static DeviceId NumberedDevice(int number) => new(ObjectId.From(1_500_000_000, (ulong)number));

    // The clock moves less than it takes until an erasure may end.
    private static async Task UntilRowsAsync(TestServer server, FakeTimeProvider clock, long rows)
    {
        var moved = TimeSpan.Zero;
        await Until.TrueAsync($"{rows} records were left", async () =>
        {
            if (moved < StatementTimeout * 2)
            {
                clock.Advance(TimeSpan.FromSeconds(1));
                moved += TimeSpan.FromSeconds(1);
            }
            return await server.CountAsync("device_states") == rows;
        });
    }

    private static Task FillAsync(TestServer server, DeviceId device, int records) => server.ExecuteAsync($"""
        with recursive numbers(n) as (select 1 union all select n + 1 from numbers where n < {records})
        insert into device_states (device_id, time, tail, time_created, location_id, state_of_charge_percent,
            target_state_of_charge_percent)
        select {Literal(server, device)}, {SomeRecord.Time}, n, 1, {Literal(server, device)}, 1, 1 from numbers
        """);

    private static string Literal(TestServer server, DeviceId device) =>
        server.Store.Kind == Store.Postgres ? $@"'\x{device.Value}'::bytea" : $"x'{device.Value}'";

    private static async Task StraggleAsync(TestServer server, DeviceId device)
    {
        var id = Literal(server, device);
        await server.ReadNumberAsync($"""
            insert into device_states (device_id, time, tail, time_created, location_id, state_of_charge_percent,
                target_state_of_charge_percent)
            values ({id}, {SomeRecord.Time}, 7, 1, {id}, 1, 1)
            returning 1
            """);
    }
}
