using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Plateau.Client;
using Plateau.Contracts;

namespace Plateau.Server.Tests.Clients;

/// <summary>The parts of the .NET client that change, send many, read back and follow.</summary>
public sealed class StatesClientTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, EveryStore]
    public async Task What_a_change_does_not_name_stays_and_what_a_patch_nulls_goes(Store store)
    {
        await using var server = await TestServer.StartAsync(store);
        using var network = new Network();
        using var client = await network.ConnectAsync(server);
        var (device, state) = await ClientTests.PrepareStateAsync(client);
        var customer = await client.Customers.CreateAsync(new CustomerDraft(), cancel: Cancel);

        var named = await client.Devices.UpdateAsync(device, new DeviceDraft { ReferenceId = "D" }, Cancel);
        var silent = await client.Devices.UpdateAsync(
            device, new DeviceDraft { Consents = new ConsentsDraft { Telemetry = false } }, Cancel);
        var nameless = await client.Devices.PatchAsync(device, new JsonObject { ["reference_id"] = null }, Cancel);
        var moved = await client.Locations.UpdateAsync(
            state.LocationId, new LocationChange { CustomerId = customer.Id, CurrencyCode = "GBP" }, Cancel);
        var renamed = await client.Customers.UpdateAsync(customer.Id, new CustomerDraft { ReferenceId = "C" }, Cancel);

        Assert.Equal(("D", true), (named.ReferenceId, named.Consents.Telemetry));
        Assert.Equal(("D", false), (silent.ReferenceId, silent.Consents.Telemetry));
        Assert.Null(nameless.ReferenceId);
        Assert.Equal((customer.Id, "London"), (moved.CustomerId, moved.PostalAddress.City));
        Assert.Equal("C", renamed.ReferenceId);
        Assert.Equal([false, true], await client.Devices.ListConsentChangesAsync(device, Cancel)
            .Select(change => change.To.Telemetry).ToListAsync(Cancel));
        Assert.Contains(
            await client.Account.ListAuditAsync(Cancel).ToListAsync(Cancel),
            entry => entry.ObjectId == customer.Id.ToString());
    }

    [Theory, EveryStore]
    public async Task A_batch_names_what_is_wrong_and_gives_references_to_the_rest(Store store)
    {
        await using var server = await TestServer.StartAsync(store);
        using var network = new Network(
            (request, before) => request.Method == HttpMethod.Post && before == 0
                && request.RequestUri is { AbsolutePath: "/device-states" } ? Fault.LostAnswer : null);
        using var client = await network.ConnectAsync(server, options => options with { Clock = new SkippingClock() });
        var (device, state) = await ClientTests.PrepareStateAsync(client);

        var answer = await client.DeviceStates.SubmitBatchAsync(
            [Item(device, state, 0), Item(device, state, 1) with { StateOfChargePercent = 134 }], Cancel);

        Assert.Equal((2, 0, 1), (answer.RecordsSubmitted, answer.RecordsAccepted, answer.RecordsReplayed));
        Assert.Equal(1, Assert.Single(answer.FailedRecords).RecordNum);
        Assert.NotNull(Assert.Single(await client.DeviceStates.HistoryAsync(device, cancel: Cancel)
            .ToListAsync(Cancel)).RecordReferenceId);
    }

    [Theory, EveryStore]
    public async Task An_import_tells_its_progress_and_numbers_failures_from_its_beginning(Store store)
    {
        const int Count = 12_000;
        const int Wrong = 7_003;
        await using var server = await TestServer.StartAsync(store);
        using var network = new Network();
        using var client = await network.ConnectAsync(server);
        var (device, state) = await ClientTests.PrepareStateAsync(client);
        var items = Enumerable.Range(0, Count).Select(number => Item(device, state, number) with
        {
            RecordReferenceId = $"R{number}", StateOfChargePercent = number == Wrong ? -1 : 50,
        });

        var told = await client.DeviceStates.ImportAsync(items.ToAsyncEnumerable(), Cancel).ToListAsync(Cancel);
        var again = await client.DeviceStates.ImportAsync(items.ToAsyncEnumerable(), Cancel).LastAsync(Cancel);

        Assert.Equal([5_000, 10_000, Count, Count], told.Select(one => one.RecordsRead));
        Assert.Equal(["progress", "progress", "progress", "completed"], told.Select(one => one.Status));
        Assert.Equal([Wrong], told.SelectMany(one => one.FailedRecords).Select(one => one.RecordNum));
        Assert.Equal((Count - 1, 1), (told[^1].RecordsAccepted, told[^1].RecordsFailed));
        Assert.Equal((0, Count - 1), (again.RecordsAccepted, again.RecordsReplayed));
    }

    [Theory, EveryStore]
    public async Task States_are_read_back_by_time_in_pages_in_buckets_and_for_the_fleet(Store store)
    {
        await using var server = await TestServer.StartAsync(store);
        using var network = new Network();
        using var client = await network.ConnectAsync(server);
        var (device, state) = await ClientTests.PrepareStateAsync(client);
        var items = Enumerable.Range(0, 250).Select(number => Item(device, state, number)).ToList();
        await client.DeviceStates.SubmitBatchAsync(items, Cancel);
        var start = state.Time;

        var some = await client.DeviceStates.HistoryAsync(
            device, new HistoryFilter { StartTime = start.AddMinutes(10), EndTime = start.AddMinutes(220) }, Cancel)
            .Select(one => one.Time).ToListAsync(Cancel);
        var page = await client.DeviceStates.HistoryPageAsync(
            device, page: new PageRequest<DeviceStateId> { Limit = 7 }, cancel: Cancel);
        var range = new AggregateRange(start, start.AddHours(1), "PT30M");
        var buckets = await client.DeviceStates.AggregatesAsync(device, range, Cancel);
        var fleet = await client.DeviceStates.FleetAggregatesAsync(
            range, new DeviceFilter { LocationId = state.LocationId }, "Europe/London", Cancel);
        var latest = await client.DeviceStates.ListLatestAsync(cancel: Cancel).ToListAsync(Cancel);

        Assert.Equal(Enumerable.Range(10, 210).Reverse().Select(minute => start.AddMinutes(minute)), some);
        Assert.Equal((7, true), (page.Data.Count, page.HasMore));
        Assert.Equal([30, 30], buckets.Data.Select(bucket => bucket.Count));
        Assert.Equal("Europe/London", fleet.Timezone);
        Assert.Equal([1, 1], fleet.Data.Select(bucket => bucket.Devices));
        Assert.Equal([start.AddMinutes(249)], latest.Select(one => one.Time));

        await client.DeviceStates.EraseAsync(device, start, start.AddDays(1), Cancel);
        await Until.TrueAsync(
            "the states are gone", async () => await client.DeviceStates.LatestAsync(device, Cancel) is null);
    }

    [Theory, EveryStore]
    public async Task A_stream_that_breaks_goes_on_where_it_was(Store store)
    {
        await using var server = await TestServer.StartAsync(store);
        using var network = new Network();
        using var client = await network.ConnectAsync(server);
        var (device, state) = await ClientTests.PrepareStateAsync(client);
        using var breaking = new BreakingNetwork();
        using var follower = await breaking.ConnectAsync(server);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        await using var events = follower.DeviceStates.StreamAsync(cancel: ending.Token)
            .GetAsyncEnumerator(ending.Token);
        var next = events.MoveNextAsync();
        await Until.TrueAsync("the stream is open", () => Task.FromResult(breaking.Opened == 1));

        await client.DeviceStates.SubmitAsync(device, state with { RecordReferenceId = "1" }, Cancel);
        Assert.True(await next);
        Assert.Equal("1", events.Current.State?.RecordReferenceId);
        breaking.Break();
        await client.DeviceStates.SubmitAsync(device, state with { RecordReferenceId = "2" }, Cancel);
        Assert.True(await events.MoveNextAsync());
        Assert.Equal("2", events.Current.State?.RecordReferenceId);
        Assert.Equal(2, breaking.Opened);

        var last = events.MoveNextAsync();
        await ending.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await last);
    }

    [Fact]
    public async Task An_application_gets_one_client_from_its_services()
    {
        await using var server = await TestServer.StartAsync(Store.Embedded);
        var (_, secret) = await server.CreateKeyAsync();
        var services = new ServiceCollection();
        services.AddPlateauClient(new PlateauClientOptions
        {
            BaseAddress = server.BaseAddress, AccountId = server.AccountId, SecretKey = secret,
        });
        await using var provider = services.BuildServiceProvider();

        var client = provider.GetRequiredService<PlateauClient>();

        Assert.Same(client, provider.GetRequiredService<PlateauClient>());
        Assert.Equal(server.AccountId, (await client.Account.GetAsync(Cancel)).Id);
    }

    private static DeviceStateBatchItem Item(DeviceId device, DeviceStateSubmission state, int minute) => new()
    {
        DeviceId = device,
        LocationId = state.LocationId,
        Time = state.Time.AddMinutes(minute),
        StateOfChargePercent = 50,
        TargetStateOfChargePercent = 80,
        BatteryPowerKw = 1.5,
    };

    /// <summary>A network whose streams can be cut.</summary>
    private sealed class BreakingNetwork : DelegatingHandler
    {
        private Stream? _current;

        public BreakingNetwork()
            : base(new SocketsHttpHandler())
        {
        }

        /// <summary>How many streams were opened.</summary>
        public int Opened { get; private set; }

        /// <summary>Cuts the stream that is open.</summary>
        public void Break() => _current?.Dispose();

        public async Task<PlateauClient> ConnectAsync(TestServer server)
        {
            var (_, secret) = await server.CreateKeyAsync();
            return new PlateauClient(
                new PlateauClientOptions
                {
                    BaseAddress = server.BaseAddress, AccountId = server.AccountId, SecretKey = secret,
                },
                new HttpClient(this, disposeHandler: false));
        }

        protected override async Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request, CancellationToken cancel)
        {
            var response = await base.SendAsync(request, cancel);
            if (request.RequestUri is { AbsolutePath: "/device-states/stream" })
            {
                _current = await response.Content.ReadAsStreamAsync(cancel);
                Opened++;
            }
            return response;
        }
    }
}
