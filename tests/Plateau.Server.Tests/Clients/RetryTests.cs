using System.Net;
using Microsoft.Extensions.Time.Testing;
using Plateau.Client;
using Plateau.Contracts;

namespace Plateau.Server.Tests.Clients;

/// <summary>What the client does when the way to the server, or the server, fails for a while.</summary>
public sealed class RetryTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_busy_server_is_asked_again_after_the_time_it_names()
    {
        await using var server = await TestServer.StartAsync(Store.Embedded);
        using var network = new Network((request, before) => (request.RequestUri?.AbsolutePath, before) switch
        {
            ("/account", 0) => Fault.Status(HttpStatusCode.ServiceUnavailable, retryAfterSeconds: 7),
            ("/account", 1) => Fault.Status(HttpStatusCode.TooManyRequests, retryAfterSeconds: 2),
            _ => null,
        });
        var clock = new SkippingClock();
        using var client = await network.ConnectAsync(server, options => options with { Clock = clock });

        Assert.Equal(server.AccountId, (await client.Account.GetAsync(Cancel)).Id);
        Assert.Equal([TimeSpan.FromSeconds(7), TimeSpan.FromSeconds(2)], clock.Waits);
    }

    [Theory]
    [InlineData(HttpStatusCode.RequestTimeout)]
    [InlineData(HttpStatusCode.BadGateway)]
    [InlineData(HttpStatusCode.GatewayTimeout)]
    public async Task What_something_before_the_server_answered_is_asked_again(HttpStatusCode status)
    {
        await using var server = await TestServer.StartAsync(Store.Embedded);
        using var network = new Network((request, before) =>
            request.RequestUri is { AbsolutePath: "/account" } && before == 0 ? Fault.Status(status) : null);
        var clock = new SkippingClock();
        using var client = await network.ConnectAsync(server, options => options with { Clock = clock });

        Assert.Equal(server.AccountId, (await client.Account.GetAsync(Cancel)).Id);
        Assert.Equal(2, network.CountOf("GET /account"));
    }

    [Fact]
    public async Task Waits_grow_and_tries_end_where_the_server_names_no_time()
    {
        await using var server = await TestServer.StartAsync(Store.Embedded);
        using var network = new Network((request, _) => request.RequestUri is { AbsolutePath: "/account" }
            ? Fault.Status(HttpStatusCode.ServiceUnavailable)
            : null);
        var clock = new SkippingClock();
        using var client = await network.ConnectAsync(
            server, options => options with { Clock = clock, MaxAttempts = 4 });

        await ClientTests.ShouldFailAsync(
            HttpStatusCode.ServiceUnavailable, null, () => client.Account.GetAsync(Cancel));
        Assert.Equal(4, network.CountOf("GET /account"));
        Assert.Equal(3, clock.Waits.Count);
        Assert.All(clock.Waits, wait => Assert.InRange(wait, TimeSpan.Zero, TimeSpan.FromSeconds(8)));
        Assert.True(clock.Waits.Distinct().Count() > 1);
    }

    [Fact]
    public async Task A_wait_that_does_not_fit_into_the_total_ends_the_call()
    {
        await using var server = await TestServer.StartAsync(Store.Embedded);
        using var network = new Network((request, _) => request.RequestUri is { AbsolutePath: "/account" }
            ? Fault.Status(HttpStatusCode.ServiceUnavailable, retryAfterSeconds: 20)
            : null);
        var clock = new SkippingClock();
        using var client = await network.ConnectAsync(
            server, options => options with { Clock = clock, MaxTotalWait = TimeSpan.FromSeconds(30) });

        await ClientTests.ShouldFailAsync(
            HttpStatusCode.ServiceUnavailable, null, () => client.Account.GetAsync(Cancel));
        Assert.Equal([TimeSpan.FromSeconds(20)], clock.Waits);
    }

    [Fact]
    public async Task A_caller_can_give_up_while_the_client_waits()
    {
        await using var server = await TestServer.StartAsync(Store.Embedded);
        var answered = new TaskCompletionSource();
        using var network = new Network((request, _) =>
        {
            if (request.RequestUri is not { AbsolutePath: "/account" })
            {
                return null;
            }
            answered.TrySetResult();
            return Fault.Status(HttpStatusCode.ServiceUnavailable, retryAfterSeconds: 10);
        });
        var stoppedClock = new FakeTimeProvider();
        using var client = await network.ConnectAsync(server, options => options with { Clock = stoppedClock });
        using var impatience = new CancellationTokenSource();

        var call = client.Account.GetAsync(impatience.Token);
        await answered.Task.WaitAsync(Cancel);
        await impatience.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        Assert.Equal(1, network.CountOf("GET /account"));
    }

    [Theory, EveryStore]
    public async Task A_lost_answer_to_a_creation_makes_no_second_object(Store store)
    {
        await using var server = await TestServer.StartAsync(store);
        using var network = new Network((request, before) =>
            request.Method == HttpMethod.Post && before == 0 ? Fault.LostAnswer : null);
        using var client = await network.ConnectAsync(server, options => options with { Clock = new SkippingClock() });

        var device = await client.Devices.CreateAsync(new DeviceDraft { ReferenceId = "D" }, cancel: Cancel);

        Assert.Equal(2, network.CountOf("POST /devices"));
        Assert.Equal([device.Id], await client.Devices.ListAsync(cancel: Cancel)
            .Select(one => one.Id).ToListAsync(Cancel));
    }

    [Theory, EveryStore]
    public async Task A_lost_answer_to_a_state_with_a_reference_is_asked_for_again(Store store)
    {
        await using var server = await TestServer.StartAsync(store);
        using var network = new Network(LoseFirst(HttpMethod.Put));
        using var client = await network.ConnectAsync(server, options => options with { Clock = new SkippingClock() });
        var (device, state) = await ClientTests.PrepareStateAsync(client);

        var answer = await client.DeviceStates.SubmitAsync(device, state, Cancel);

        Assert.True(answer.Replayed);
        Assert.Equal(answer.Receipt.Id, (await client.DeviceStates.LatestAsync(device, Cancel))?.Id);
    }

    [Fact]
    public async Task A_state_without_a_reference_is_given_one_so_that_it_can_be_sent_again()
    {
        await using var server = await TestServer.StartAsync(Store.Embedded);
        using var network = new Network(LoseFirst(HttpMethod.Put));
        using var client = await network.ConnectAsync(server, options => options with { Clock = new SkippingClock() });
        var (device, state) = await ClientTests.PrepareStateAsync(client);
        var unnamed = state with { RecordReferenceId = null };

        var first = await client.DeviceStates.SubmitAsync(device, unnamed, Cancel);
        var second = await client.DeviceStates.SubmitAsync(device, unnamed, Cancel);

        Assert.True(first.Replayed);
        Assert.NotEqual(first.RecordReferenceId, second.RecordReferenceId);
        Assert.Equal(
            [second.RecordReferenceId, first.RecordReferenceId],
            await client.DeviceStates.HistoryAsync(device, cancel: Cancel)
                .OrderByDescending(one => one.TimeCreated).ThenByDescending(one => one.RecordReferenceId)
                .Select(one => one.RecordReferenceId).ToListAsync(Cancel));
    }

    [Fact]
    public async Task A_deletion_is_sent_once_even_when_its_answer_is_lost()
    {
        await using var server = await TestServer.StartAsync(Store.Embedded);
        using var network = new Network(LoseFirst(HttpMethod.Delete));
        using var client = await network.ConnectAsync(server, options => options with { Clock = new SkippingClock() });
        var device = await client.Devices.CreateAsync(new DeviceDraft(), cancel: Cancel);

        await ClientTests.ShouldFailAsync(null, null, () => client.Devices.DeleteAsync(device.Id, Cancel));
        Assert.Equal(1, network.CountOf($"DELETE /devices/{device.Id}"));
    }

    [Theory]
    [InlineData(HttpStatusCode.OK)]
    [InlineData(HttpStatusCode.Found)]
    public async Task An_answer_that_is_not_of_a_Plateau_is_an_exception_and_not_asked_for_again(HttpStatusCode status)
    {
        await using var server = await TestServer.StartAsync(Store.Embedded);
        using var network = new Network((request, _) =>
            request.RequestUri is { AbsolutePath: "/account" } ? Fault.Status(status) : null);
        using var client = await network.ConnectAsync(server);

        await ClientTests.ShouldFailAsync(status, null, () => client.Account.GetAsync(Cancel));
        Assert.Equal(1, network.CountOf("GET /account"));
    }

    [Theory]
    [InlineData("[1]")]
    [InlineData("3")]
    [InlineData("null")]
    [InlineData("{")]
    [InlineData("")]
    public async Task An_answer_to_an_import_of_devices_that_is_no_objects_broke_off(string answer)
    {
        await using var server = await TestServer.StartAsync(Store.Embedded);
        using var network = new Network((request, _) => request.RequestUri?.AbsolutePath == "/devices/import"
            ? new Fault(new HttpResponseMessage { Content = new StringContent(answer) })
            : null);
        using var client = await network.ConnectAsync(server);
        var fault = await Assert.ThrowsAsync<PlateauException>(
            async () => await client.Devices.ImportAsync([new DeviceDraft()], Cancel).ToListAsync(Cancel));
        Assert.Equal("The answer to an import of devices broke off.", fault.Message);
    }

    [Fact]
    public async Task A_sign_in_that_failed_is_tried_again_by_the_next_call()
    {
        await using var server = await TestServer.StartAsync(Store.Embedded);
        using var network = new Network((request, before) =>
            request.RequestUri is { AbsolutePath: "/login" } && before == 0
                ? Fault.Status(HttpStatusCode.ServiceUnavailable)
                : null);
        using var client = await network.ConnectAsync(server, options => options with { MaxAttempts = 1 });

        await ClientTests.ShouldFailAsync(
            HttpStatusCode.ServiceUnavailable, null, () => client.Account.GetAsync(Cancel));
        Assert.Equal(server.AccountId, (await client.Account.GetAsync(Cancel)).Id);
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_one_exception_with_the_address()
    {
        using var client = new PlateauClient(new PlateauClientOptions
        {
            // Port 1 is reserved and nothing listens on it.
            BaseAddress = new Uri("http://127.0.0.1:1/below"),
            AccountId = ObjectIdText.Parse<AccountId>("acc_65f0c2a4b1d2e3f405060708"), SecretKey = "sk_test_0",
            Clock = new SkippingClock(), MaxAttempts = 3,
        });

        var fault = await ClientTests.ShouldFailAsync(null, null, () => client.Account.GetAsync(Cancel));
        Assert.Contains("http://127.0.0.1:1/below/", fault.Message, StringComparison.Ordinal);
    }

    private static Func<HttpRequestMessage, int, Fault?> LoseFirst(HttpMethod method) =>
        (request, before) => request.Method == method && before == 0 ? Fault.LostAnswer : null;
}
