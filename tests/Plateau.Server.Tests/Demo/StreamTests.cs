using System.Net;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Plateau.Client;
using Plateau.Contracts;
using Plateau.Server.Demo;

namespace Plateau.Server.Tests.Demo;

/// <summary>The demo's stream on a real server, with faults on the way.</summary>
public sealed class StreamTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_record_whose_answer_is_lost_is_sent_again_and_kept_once()
    {
        await using var server = await TestServer.StartAsync(Store.Embedded);
        var device = await RegisterAsync(server, 0);
        using var network = new Network { LostAnswers = 1 };
        await using var stream = await RunAsync(server, network, device);
        var lost = await network.Submissions.ReadAsync(Cancel);
        var repeated = await network.Submissions.ReadAsync(Cancel);
        Assert.Equal(lost.Body, repeated.Body);
        Assert.True(repeated.IsReplayed);
    }

    [Fact]
    public async Task A_refused_try_does_not_end_the_stream()
    {
        await using var server = await TestServer.StartAsync(Store.Embedded);
        var device = await RegisterAsync(server, 0);
        using var network = new Network { Unavailable = 2 };
        await using var stream = await RunAsync(server, network, device);
        Assert.Equal(HttpStatusCode.OK, (await network.Submissions.ReadAsync(Cancel)).Status);
    }

    [Fact]
    public async Task A_deleted_device_ends_its_own_stream_only()
    {
        await using var server = await TestServer.StartAsync(Store.Embedded);
        var (deleted, other) = (await RegisterAsync(server, 0), await RegisterAsync(server, 1));
        await server.Api.DeleteAsync($"/devices/{deleted.Id}");
        using var network = new Network();
        await using var stream = await RunAsync(server, network, deleted, other);
        var submission = await network.Submissions.ReadAsync(Cancel);
        Assert.Contains(other.Id.ToString(), submission.Path, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, submission.Status);
    }

    [Fact]
    public async Task After_a_restart_a_device_goes_on_from_its_latest_state()
    {
        await using var server = await TestServer.StartAsync(Store.Embedded);
        var device = await RegisterAsync(server, 0);
        var time = Instant.Format(TimeProvider.System.GetUtcNow().AddSeconds(-10));
        await server.Api.PutAsync(
            $"/devices/{device.Id}/state", Some.State(device.LocationId.ToString(), "before", charge: 61.5, time));
        using var network = new Network();
        await using var stream = await RunAsync(server, network, device);
        var submission = await network.Submissions.ReadAsync(Cancel);
        var charge = JsonNode.Parse(submission.Body)!["state_of_charge_percent"]!.GetValue<double>();
        Assert.Equal(61.5, charge, 0.5);
    }

    [Fact]
    public async Task A_device_reports_again_after_the_interval()
    {
        await using var server = await TestServer.StartAsync(Store.Embedded);
        var device = await RegisterAsync(server, 0);
        var clock = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        using var network = new Network();
        await using var stream = await RunAsync(server, network, clock, device);
        var first = TimeOf(await network.Submissions.ReadAsync(Cancel));
        clock.Advance(DemoStream.Interval);
        Assert.Equal(first + DemoStream.Interval, TimeOf(await network.Submissions.ReadAsync(Cancel)));
    }

    private static DateTimeOffset TimeOf(Submission submission) =>
        JsonNode.Parse(submission.Body)!["time"]!.GetValue<DateTimeOffset>();

    private static async Task<RegisteredDevice> RegisterAsync(TestServer server, int index)
    {
        var demo = new DemoFleet(1).Devices.Where(device => device.Battery is not null).ElementAt(index);
        ObjectIdText.TryParse(await server.Api.CreateLocationAsync(), out LocationId location);
        ObjectIdText.TryParse(await server.Api.CreateDeviceAsync(), out DeviceId device);
        return new(demo, device, location);
    }

    private static Task<RunningStream> RunAsync(
        TestServer server, Network network, params RegisteredDevice[] devices) =>
        RunAsync(server, network, TimeProvider.System, devices);

    private static async Task<RunningStream> RunAsync(
        TestServer server, Network network, TimeProvider clock, params RegisteredDevice[] devices)
    {
        var (_, secret) = await server.CreateKeyAsync();
        var http = new HttpClient(network, disposeHandler: false);
        var options = new PlateauClientOptions
        {
            BaseAddress = server.BaseAddress, AccountId = server.AccountId, SecretKey = secret, MaxAttempts = 1,
        };
        var stream = new DemoStream(
            new PlateauClient(options, http), "run", clock, NullLogger<DemoStream>.Instance);
        var stop = new CancellationTokenSource();
        return new(http, stop, stream.RunAsync(devices, stop.Token));
    }

    private sealed class RunningStream(HttpClient http, CancellationTokenSource stop, Task<long> running)
        : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await stop.CancelAsync();
            await running;
            stop.Dispose();
            http.Dispose();
        }
    }

    private sealed record Submission(string Path, string Body, HttpStatusCode Status, bool IsReplayed);

    /// <summary>A way to the server that fails a number of submissions first.</summary>
    private sealed class Network() : DelegatingHandler(new SocketsHttpHandler())
    {
        private readonly Channel<Submission> _submissions = Channel.CreateUnbounded<Submission>();

        /// <summary>Submissions that arrive while their answers do not come back.</summary>
        public int LostAnswers { get; set; }

        /// <summary>Submissions answered 503 on the way.</summary>
        public int Unavailable { get; set; }

        /// <summary>The submissions that reached the server.</summary>
        public ChannelReader<Submission> Submissions => _submissions.Reader;

        protected override async Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (request.Method != HttpMethod.Put)
            {
                return await base.SendAsync(request, cancellationToken);
            }
            if (Unavailable-- > 0)
            {
                return new HttpResponseMessage(HttpStatusCode.ServiceUnavailable) { RequestMessage = request };
            }
            var body = await request.Content!.ReadAsStringAsync(cancellationToken); // a PUT has a body
            var response = await base.SendAsync(request, cancellationToken);
            _submissions.Writer.TryWrite(new(
                request.RequestUri!.AbsolutePath, body, response.StatusCode,
                response.Headers.Contains("Idempotent-Replayed")));
            return LostAnswers-- > 0 ? throw new HttpRequestException("The answer was lost.") : response;
        }
    }
}
