using System.Net;
using System.Net.Http.Json;
using Microsoft.Extensions.Time.Testing;
using Plateau.Client;
using Plateau.Contracts;

namespace Plateau.Server.Tests.Clients;

/// <summary>The .NET client against the real server.</summary>
public sealed class ClientTests
{
    private const int Callers = 40;
    private static readonly LocationDraft London = new()
    {
        Timezone = "Europe/London", PostalAddress = new PostalAddress { City = "London", CountryCode = "GB" },
    };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, EveryStore]
    public async Task Many_callers_share_one_sign_in_and_one_renewal_before_the_token_ends(Store store)
    {
        await using var server = await TestServer.StartAsync(store);
        using var network = new Network();
        var clock = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        using var client = await network.ConnectAsync(server, options => options with { Clock = clock });

        await CallAtOnceAsync(client);
        Assert.Equal(1, network.CountOf("GET /login"));

        clock.Advance(TimeSpan.FromMinutes(54));
        await CallAtOnceAsync(client);
        Assert.Equal(1, network.CountOf("GET /login"));

        clock.Advance(TimeSpan.FromMinutes(2));
        await CallAtOnceAsync(client);
        Assert.Equal(2, network.CountOf("GET /login"));
        Assert.Equal(3 * Callers, network.CountOf("GET /account"));
    }

    [Fact]
    public async Task A_token_that_the_server_no_longer_takes_is_replaced_and_the_call_sent_again()
    {
        var serverClock = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var server = await TestServer.StartAsync(Store.Embedded, serverClock);
        using var network = new Network();
        var stoppedClock = new FakeTimeProvider(serverClock.GetUtcNow());
        using var client = await network.ConnectAsync(server, options => options with { Clock = stoppedClock });
        await client.Account.GetAsync(Cancel);

        serverClock.Advance(TimeSpan.FromHours(2));
        var account = await client.Account.GetAsync(Cancel);

        Assert.Equal(server.AccountId, account.Id);
        Assert.Equal(
            ["GET /login", "GET /account", "GET /account", "GET /login", "GET /account"], network.Calls);
    }

    [Fact]
    public async Task One_caller_that_gives_up_does_not_end_the_sign_in_of_the_others()
    {
        var reached = new TaskCompletionSource();
        var goOn = new ManualResetEventSlim();
        await using var server = await TestServer.StartAsync(Store.Embedded);
        using var network = new Network((request, _) =>
        {
            if (request.RequestUri is { AbsolutePath: "/login" })
            {
                reached.TrySetResult();
                goOn.Wait(Cancel);
            }
            return null;
        });
        using var client = await network.ConnectAsync(server);
        using var impatience = new CancellationTokenSource();
        var impatient = client.Account.GetAsync(impatience.Token);
        var patient = client.Account.GetAsync(Cancel);
        await reached.Task.WaitAsync(Cancel);

        await impatience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => impatient);
        goOn.Set();

        Assert.Equal(server.AccountId, (await patient).Id);
        Assert.Equal(1, network.CountOf("GET /login"));
    }

    [Theory, EveryStore]
    public async Task A_walk_reads_every_page_and_each_object_once_newest_first(Store store)
    {
        await using var server = await TestServer.StartAsync(store);
        using var network = new Network();
        using var client = await network.ConnectAsync(server);
        var made = new List<CustomerId>();
        for (var count = 0; count < 205; count++)
        {
            var draft = new CustomerDraft { ReferenceId = $"c {count % 5}&" };
            made.Add((await client.Customers.CreateAsync(draft, cancel: Cancel)).Id);
        }
        made.Reverse();

        var walked = await client.Customers.ListAsync(cancel: Cancel).Select(one => one.Id).ToListAsync(Cancel);
        Assert.Equal(made, walked);
        Assert.Equal(3, network.CountOf("GET /customers"));

        var some = await client.Customers
            .ListAsync(new CustomerFilter { ReferenceId = "c 2&" }, Cancel).ToListAsync(Cancel);
        Assert.Equal(41, some.Count);
        Assert.All(some, one => Assert.Equal("c 2&", one.ReferenceId));

        var after = await client.Customers.ListPageAsync(
            page: new PageRequest<CustomerId> { Limit = 2, StartingAfter = made[10] }, cancel: Cancel);
        var before = await client.Customers.ListPageAsync(
            page: new PageRequest<CustomerId> { Limit = 2, EndingBefore = made[10] }, cancel: Cancel);
        Assert.Equal(made[11..13], after.Data.Select(one => one.Id));
        Assert.Equal(made[8..10], before.Data.Select(one => one.Id));
        Assert.True(before.HasMore);
    }

    [Theory, EveryStore]
    public async Task Every_part_of_the_registry_is_made_read_listed_and_deleted(Store store)
    {
        await using var server = await TestServer.StartAsync(store);
        using var network = new Network();
        using var client = await network.ConnectAsync(server);
        var customer = await client.Customers.CreateAsync(new CustomerDraft { ReferenceId = "C" }, cancel: Cancel);
        var location = await client.Locations.CreateAsync(London with { CustomerId = customer.Id }, cancel: Cancel);
        var draft = new DeviceDraft
        {
            ReferenceId = "D",
            Locations = [location.Id],
            Properties = new DeviceProperties { Battery = new BatteryProperties { CapacityKwh = 14.2 } },
        };
        var device = await client.Devices.CreateAsync(draft, "the-key", Cancel);
        var again = await client.Devices.CreateAsync(draft, "the-key", Cancel);

        Assert.Equal(device.Id, again.Id);
        Assert.Equal(14.2, device.Properties.Battery?.CapacityKwh);
        Assert.Equal("Europe/London", device.Timezone);
        Assert.Equal(customer, await client.Customers.GetAsync(customer.Id, Cancel));
        Assert.Equal(location, await client.Locations.GetAsync(location.Id, Cancel));
        Assert.Equal(device.TimeCreated, (await client.Devices.GetAsync(device.Id, Cancel)).TimeCreated);
        Assert.Equal([location], await client.Locations
            .ListAsync(new LocationFilter { CustomerId = customer.Id }, Cancel).ToListAsync(Cancel));
        Assert.Equal([device.Id], await client.Devices
            .ListAsync(new DeviceFilter { LocationId = location.Id, ReferenceId = "D" }, Cancel)
            .Select(one => one.Id).ToListAsync(Cancel));

        await client.Devices.DeleteAsync(device.Id, Cancel);
        await client.Locations.DeleteAsync(location.Id, Cancel);
        await client.Customers.DeleteAsync(customer.Id, Cancel);
        await ShouldFailAsync(
            HttpStatusCode.NotFound, ErrorCodes.CustomerNotFound, () => client.Customers.GetAsync(customer.Id, Cancel));
    }

    [Theory, EveryStore]
    public async Task A_state_is_kept_once_and_read_back_as_it_was_sent(Store store)
    {
        await using var server = await TestServer.StartAsync(store);
        using var network = new Network();
        using var client = await network.ConnectAsync(server);
        var (device, state) = await PrepareStateAsync(client);
        Assert.Null(await client.DeviceStates.LatestAsync(device, Cancel));

        var first = await client.DeviceStates.SubmitAsync(device, state, Cancel);
        var second = await client.DeviceStates.SubmitAsync(device, state, Cancel);
        var latest = await client.DeviceStates.LatestAsync(device, Cancel);

        Assert.False(first.Replayed);
        Assert.True(second.Replayed);
        Assert.Equal(first.Receipt, second.Receipt);
        Assert.NotNull(latest);
        Assert.Equal(first.Receipt.Id, latest.Id);
        Assert.Equal(state.Time, latest.Time);
        Assert.Equal(34.2, latest.StateOfChargePercent);
        Assert.Equal(-3.4, latest.BatteryPowerKw);
        Assert.Null(latest.EnergyRemainingKwh);
    }

    [Theory, EveryStore]
    public async Task Keys_are_made_listed_and_revoked(Store store)
    {
        await using var server = await TestServer.StartAsync(store);
        using var network = new Network();
        using var client = await network.ConnectAsync(server);

        var key = await client.Account.CreateKeyAsync(
            new AccountKeyDraft { Scope = KeyScope.Submit, Name = "Gateway" }, cancel: Cancel);
        Assert.StartsWith("sk_test_", key.SecretKey, StringComparison.Ordinal);
        Assert.Contains(await client.Account.ListKeysAsync(Cancel).ToListAsync(Cancel), one => one.Id == key.Id);

        await client.Account.RevokeKeyAsync(key.Id, Cancel);
        Assert.DoesNotContain(await client.Account.ListKeysAsync(Cancel).ToListAsync(Cancel), one => one.Id == key.Id);
    }

    [Theory, EveryStore]
    public async Task A_refusal_carries_status_code_every_fault_and_the_name_of_the_request(Store store)
    {
        await using var server = await TestServer.StartAsync(store);
        using var network = new Network();
        using var client = await network.ConnectAsync(server);
        var (device, state) = await PrepareStateAsync(client);

        var wrong = await ShouldFailAsync(
            HttpStatusCode.BadRequest, "state_of_charge_percent_invalid",
            () => client.DeviceStates.SubmitAsync(
                device, state with { StateOfChargePercent = 134.2, TargetStateOfChargePercent = -1 }, Cancel));
        Assert.Equal(2, wrong.Error?.Errors?.Count);
        Assert.False(string.IsNullOrEmpty(wrong.RequestId));
        Assert.Equal(wrong.Error?.Message, wrong.Message);

        await client.DeviceStates.SubmitAsync(device, state, Cancel);
        await ShouldFailAsync(
            HttpStatusCode.Conflict, ErrorCodes.RecordReferenceIdConflict,
            () => client.DeviceStates.SubmitAsync(device, state with { StateOfChargePercent = 35 }, Cancel));

        using var stranger = await network.ConnectAsync(server, options => options with { SecretKey = "sk_test_0" });
        await ShouldFailAsync(
            HttpStatusCode.Unauthorized, ErrorCodes.CredentialsInvalid, () => stranger.Account.GetAsync(Cancel));
    }

    [Theory, EveryStore]
    public async Task A_token_that_was_given_is_sent_as_it_is_and_its_refusal_is_final(Store store)
    {
        await using var server = await TestServer.StartAsync(store);
        using var network = new Network();
        var (key, secret) = await server.CreateKeyAsync(KeyScope.Read);
        var token = await SignInAsync(server, secret);
        PlateauClient With(string given) => new(
            new() { BaseAddress = server.BaseAddress, BearerToken = given },
            new HttpClient(network, disposeHandler: false));
        using var client = With(token);
        using var stranger = With(token + "0");

        Assert.Equal(key, (await client.Account.GetAsync(Cancel)).KeyId);
        await ShouldFailAsync(
            HttpStatusCode.Unauthorized, ErrorCodes.TokenInvalid, () => stranger.Account.GetAsync(Cancel));

        Assert.Equal(["GET /account", "GET /account"], network.Calls);
    }

    [Fact]
    public void Options_that_cannot_work_are_refused_at_once_and_the_secret_is_not_printed()
    {
        var options = new PlateauClientOptions
        {
            BaseAddress = new Uri("http://127.0.0.1:1"), AccountId = default, SecretKey = "sk_test_secret",
        };
        Assert.DoesNotContain("secret", options.ToString(), StringComparison.Ordinal);
        Assert.ThrowsAny<ArgumentException>(() => new PlateauClient(options with { SecretKey = "" }));
        Assert.ThrowsAny<ArgumentException>(() => new PlateauClient(options with { AccountId = null }));
        Assert.ThrowsAny<ArgumentException>(() => new PlateauClient(options with { BearerToken = "t" }));
        var token = new PlateauClientOptions { BaseAddress = options.BaseAddress, BearerToken = "t0ken" };
        Assert.DoesNotContain("t0ken", token.ToString(), StringComparison.Ordinal);
        Assert.ThrowsAny<ArgumentException>(() => new PlateauClient(token with { BearerToken = "" }));
        Assert.ThrowsAny<ArgumentException>(() => new PlateauClient(token with { BearerToken = null }));
        Assert.ThrowsAny<ArgumentException>(() => new PlateauClient(options with { MaxAttempts = 0 }));
        Assert.ThrowsAny<ArgumentException>(
            () => new PlateauClient(options with { BaseAddress = new Uri("file:///tmp") }));
    }

    /// <summary>Makes a location and a device, and a state to submit for it.</summary>
    internal static async Task<(DeviceId Device, DeviceStateSubmission State)> PrepareStateAsync(PlateauClient client)
    {
        var location = await client.Locations.CreateAsync(London, cancel: Cancel);
        var device = await client.Devices.CreateAsync(new DeviceDraft(), cancel: Cancel);
        return (device.Id, new DeviceStateSubmission
        {
            LocationId = location.Id,
            Time = new DateTimeOffset(2022, 2, 1, 10, 30, 0, TimeSpan.Zero),
            StateOfChargePercent = 34.2,
            TargetStateOfChargePercent = 80,
            BatteryPowerKw = -3.4,
            RecordReferenceId = "A1",
        });
    }

    private static async Task<string> SignInAsync(TestServer server, string secret)
    {
        using var http = new HttpClient { BaseAddress = server.BaseAddress };
        http.DefaultRequestHeaders.Authorization = ApiClient.Basic(server.AccountId.ToString(), secret);
        var token = await http.GetFromJsonAsync("/login", ContractsJsonContext.Default.AccessToken, Cancel);
        return token!.BearerToken; // the answer is never null
    }

    internal static async Task<PlateauException> ShouldFailAsync(
        HttpStatusCode? status, string? code, Func<Task> call)
    {
        var fault = await Assert.ThrowsAsync<PlateauException>(call);
        Assert.Equal((status, code), (fault.Status, fault.Code));
        return fault;
    }

    private static Task CallAtOnceAsync(PlateauClient client) =>
        Task.WhenAll(Enumerable.Range(0, Callers).Select(_ => Task.Run(() => client.Account.GetAsync(Cancel))));
}
