using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using Plateau.Contracts;

namespace Plateau.EndToEnd.Tests;

/// <summary>
/// Devices that submit records without a pause, each record once, and note every answer. It ends when told to, or when
/// the server is gone.
/// </summary>
internal sealed class SubmissionLoad
{
    private const int Workers = 16;
    private static readonly DateTimeOffset FirstTime = new(2022, 2, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly ConcurrentBag<Submitted> _kept = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly string _location;
    private readonly string[] _devices;
    private readonly string _name;
    private Task _running = Task.CompletedTask;
    private int _sent;
    private int _refused;

    private SubmissionLoad(string name, string location, string[] devices)
    {
        _name = name;
        _location = location;
        _devices = devices;
    }

    /// <summary>Records that were answered 200.</summary>
    public int Kept => _kept.Count;

    /// <summary>Records that were answered 503.</summary>
    public int Refused => _refused;

    /// <summary>Records that were sent, whatever became of them.</summary>
    public int Sent => _sent;

    /// <summary>Registers a few devices and lets them submit.</summary>
    /// <param name="client">A signed-in client.</param>
    /// <param name="name">What references begin with; another for every load on a store.</param>
    public static async Task<SubmissionLoad> StartAsync(ApiClient client, string name)
    {
        var location = await client.CreateLocationAsync();
        var devices = new List<string>();
        for (var number = 0; number < 5; number++)
        {
            devices.Add(await client.CreateDeviceAsync());
        }
        var load = new SubmissionLoad(name, location, [.. devices]);
        load._running = Task.WhenAll(Enumerable.Range(0, Workers).Select(_ => load.SubmitAllAsync(client)));
        return load;
    }

    /// <summary>Waits until that many more records were answered 200.</summary>
    public Task UntilKeptAsync(int more)
    {
        var goal = Kept + more;
        return Until.TrueAsync($"{goal} records were kept", () => StillRuns(Kept >= goal));
    }

    /// <summary>Waits until that many more records were answered 503.</summary>
    public Task UntilRefusedAsync(int more)
    {
        var goal = Refused + more;
        return Until.TrueAsync($"{goal} records were refused", () => StillRuns(Refused >= goal));
    }

    /// <summary>Waits until every worker has its last answer, or has found the server gone.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _running;
    }

    /// <summary>Repeats every record that was answered 200, and checks that each gets its first answer again.</summary>
    public async Task ShouldBeKeptAsync(ApiClient client)
    {
        Assert.NotEmpty(_kept);
        var cancel = TestContext.Current.CancellationToken;
        await Parallel.ForEachAsync(
            _kept, new ParallelOptions { MaxDegreeOfParallelism = 32, CancellationToken = cancel }, async (record, _) =>
            {
                var again = await client.PutAsync(record.Path, record.Body);
                Assert.True(again.Status == HttpStatusCode.OK, again.Text);
                Assert.Equal(record.Answer, again.Text);
                Assert.True(again.IsReplayed, $"{record.Body} was answered and is not in the store.");
            });
    }

    // A worker that fails ends the wait with its fault.
    private async Task<bool> StillRuns(bool isReached)
    {
        if (_running.IsFaulted)
        {
            await _running;
        }
        return isReached;
    }

    private async Task SubmitAllAsync(ApiClient client)
    {
        while (!_stop.IsCancellationRequested)
        {
            var number = Interlocked.Increment(ref _sent);
            var path = $"/devices/{_devices[number % _devices.Length]}/state";
            var body = Some.State(
                _location, string.Create(CultureInfo.InvariantCulture, $"{_name} {number}"), number % 100,
                Instant.Format(FirstTime.AddSeconds(number)));
            ApiAnswer answer;
            try
            {
                answer = await client.PutAsync(path, body);
            }
            catch (Exception exception) when (exception is HttpRequestException or IOException)
            {
                return; // The server is gone; whether the record was kept is not known.
            }
            if (answer.Status == HttpStatusCode.OK)
            {
                Assert.False(answer.IsReplayed, $"{body} was sent once and called repeated.");
                _kept.Add(new(path, body, answer.Text));
            }
            else
            {
                answer.ShouldFail(HttpStatusCode.ServiceUnavailable, "storage_unavailable");
                Assert.True(answer.Headers.RetryAfter?.Delta > TimeSpan.Zero, "503 came without Retry-After.");
                Interlocked.Increment(ref _refused);
            }
        }
    }

    private sealed record Submitted(string Path, string Body, string Answer);
}
