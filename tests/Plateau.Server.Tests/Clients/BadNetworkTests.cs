using System.Collections.Concurrent;
using Plateau.Client;
using Plateau.Contracts;

namespace Plateau.Server.Tests.Clients;

/// <summary>Submissions over a network that loses, delays, repeats and reorders what it carries.</summary>
public sealed class BadNetworkTests
{
    private const int Seed = 20_220_201;
    private const int Submissions = 10_000;
    private const int Devices = 20;
    private const int AtOnce = 64;
    private const int Patience = 20;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, EveryStore]
    public async Task Each_submission_is_kept_exactly_once(Store store)
    {
        await using var server = await TestServer.StartAsync(store);
        using var calm = new Network();
        using var setup = await calm.ConnectAsync(server);
        var (first, state) = await ClientTests.PrepareStateAsync(setup);
        List<DeviceId> devices = [first];
        while (devices.Count < Devices)
        {
            devices.Add((await setup.Devices.CreateAsync(new DeviceDraft(), cancel: Cancel)).Id);
        }
        using (var network = new BadNetwork(Seed))
        {
            using var client = await ConnectAsync(server, network);
            await SubmitAsync(client, devices, state with { RecordReferenceId = null }, Cancel);
            Assert.True(network.Lost > Submissions / 20 && network.Repeated > Submissions / 50);
        }

        foreach (var device in devices)
        {
            var kept = await setup.DeviceStates.HistoryAsync(device, cancel: Cancel).ToListAsync(Cancel);
            Assert.Equal(Submissions / Devices, kept.Count);
            Assert.Equal(kept.Count, kept.Select(one => one.RecordReferenceId).Distinct().Count());
            Assert.Equal(kept.Count, kept.Select(one => one.Time).Distinct().Count());
        }
    }

    private static Task SubmitAsync(
        PlateauClient client, List<DeviceId> devices, DeviceStateSubmission state, CancellationToken cancel) =>
        Parallel.ForAsync(
            0, Submissions, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancel },
            async (number, stop) => await client.DeviceStates.SubmitAsync(
                devices[number % Devices],
                state with { Time = state.Time.AddSeconds(number), StateOfChargePercent = number % 101 }, stop));

    // A client that does not give up.
    private static async Task<PlateauClient> ConnectAsync(TestServer server, BadNetwork network)
    {
        var (_, secret) = await server.CreateKeyAsync();
        return new PlateauClient(
            new PlateauClientOptions
            {
                BaseAddress = server.BaseAddress, AccountId = server.AccountId, SecretKey = secret,
                MaxAttempts = Patience, MaxTotalWait = TimeSpan.FromHours(1), Clock = new QuickClock(),
            },
            new HttpClient(network, disposeHandler: false));
    }

    /// <summary>A clock on which every wait is a millisecond.</summary>
    private sealed class QuickClock : TimeProvider
    {
        public override ITimer CreateTimer(
            TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            base.CreateTimer(callback, state, dueTime > TimeSpan.Zero ? TimeSpan.FromMilliseconds(1) : dueTime, period);
    }

    /// <summary>What happens to a call is told by the seed and the call's number.</summary>
    private sealed class BadNetwork(int seed) : DelegatingHandler(new SocketsHttpHandler())
    {
        private readonly ConcurrentBag<Task> _late = [];
        private int _calls;
        private int _lost;
        private int _repeated;

        /// <summary>Calls or answers that were lost.</summary>
        public int Lost => _lost;

        /// <summary>Calls that arrived twice.</summary>
        public int Repeated => _repeated;

        protected override async Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request, CancellationToken cancel)
        {
            var chance = new Random(HashCode.Combine(seed, Interlocked.Increment(ref _calls)));
            var fate = chance.Next(100);
            if (fate < 20)
            {
                // Overtaken by others.
                await Task.Delay(TimeSpan.FromMilliseconds(chance.Next(20)), TimeProvider.System, cancel);
            }
            if (fate is >= 10 and < 20)
            {
                Interlocked.Increment(ref _lost);
                throw new HttpRequestException("The call was lost.");
            }
            if (fate is >= 20 and < 25)
            {
                Interlocked.Increment(ref _repeated);
                var copy = await CopyAsync(request, cancel);
                var wait = TimeSpan.FromMilliseconds(chance.Next(50));
                _late.Add(Task.Run(
                    async () =>
                    {
                        await Task.Delay(wait, TimeProvider.System, CancellationToken.None);
                        using var answer = await base.SendAsync(copy, CancellationToken.None);
                    },
                    CancellationToken.None));
            }
            var response = await base.SendAsync(request, cancel);
            if (fate is >= 25 and < 35)
            {
                response.Dispose();
                Interlocked.Increment(ref _lost);
                throw new HttpRequestException("The answer was lost.");
            }
            return response;
        }

        protected override void Dispose(bool disposing)
        {
            Task.WhenAll(_late).GetAwaiter().GetResult();
            base.Dispose(disposing);
        }

        private static async Task<HttpRequestMessage> CopyAsync(HttpRequestMessage request, CancellationToken cancel)
        {
            var copy = new HttpRequestMessage(request.Method, request.RequestUri);
            foreach (var (name, values) in request.Headers)
            {
                copy.Headers.Add(name, values);
            }
            if (request.Content is { } content)
            {
                copy.Content = new ByteArrayContent(await content.ReadAsByteArrayAsync(cancel))
                {
                    Headers = { ContentType = content.Headers.ContentType },
                };
            }
            return copy;
        }
    }
}
