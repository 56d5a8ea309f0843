using System.Collections.Concurrent;
using System.Net;
using Plateau.Client;
using Plateau.Contracts;
using Plateau.Server.Simulation;

namespace Plateau.Server.Demo;

/// <summary>
/// Submits a state of every battery and car again and again, through the API. Whatever happens to the server, it goes
/// on: a record that was not answered is sent again under the same reference, so it is kept once.
/// </summary>
/// <param name="client">Sends one try at a time; the stream itself repeats.</param>
/// <param name="runId">Begins the references of this start's records.</param>
/// <param name="clock">The time of the records and the pauses.</param>
/// <param name="logger">Hears when the stream is interrupted and when it goes on.</param>
internal sealed partial class DemoStream(
    PlateauClient client, string runId, TimeProvider clock, ILogger<DemoStream> logger)
{
    /// <summary>How often a device reports.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan RepeatPause = TimeSpan.FromSeconds(2);

    // What is on its way when the stream stops gets this long to be answered.
    private static readonly TimeSpan LastAnswers = TimeSpan.FromSeconds(5);

    // Devices whose last state was refused; each is told of once.
    private readonly ConcurrentDictionary<DeviceId, bool> _refused = new();
    private long _answered;
    private int _interrupted;

    /// <summary>Streams until it is stopped; returns how many records were answered as kept.</summary>
    public async Task<long> RunAsync(IReadOnlyList<RegisteredDevice> devices, CancellationToken stop)
    {
        using var giveUp = new CancellationTokenSource(Timeout.InfiniteTimeSpan, clock);
        await using var _ = stop.Register(() => giveUp.CancelAfter(LastAnswers));
        var reporting = devices.Where(device => device.Device.Battery is not null).ToList();
        await Task.WhenAll(reporting.Select((device, index) =>
            RunDeviceAsync(device, Interval * index / reporting.Count, stop, giveUp.Token)));
        return Interlocked.Read(ref _answered);
    }

    private async Task RunDeviceAsync(
        RegisteredDevice device, TimeSpan offset, CancellationToken stop, CancellationToken giveUp)
    {
        try
        {
            await Task.Delay(offset, clock, stop);
            var battery = device.Device.Battery!; // only devices with one are streamed
            var known = await DeliverAsync(
                device, () => client.DeviceStates.LatestAsync(device.Id, giveUp), stop);
            var charge = known.Answer is { } latest
                ? new BatteryCharge(latest.Time, latest.StateOfChargePercent)
                : battery.Begin(Now());
            var isHeard = !known.IsGone;
            using var timer = new PeriodicTimer(Interval, clock);
            for (var count = 1; isHeard; count++)
            {
                charge = battery.Advance(charge, Now()).After;
                var submission = battery.ToSubmission(
                    device.Id, device.LocationId, charge, battery.Advance(charge, charge.Time + Interval).PowerKw,
                    $"{runId}-{count}");
                var sent = await DeliverAsync(
                    device, () => client.DeviceStates.SubmitAsync(device.Id, submission, giveUp), stop);
                if (sent.Answer is not null)
                {
                    Interlocked.Increment(ref _answered);
                }
                isHeard = !sent.IsGone && await timer.WaitForNextTickAsync(stop);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // That is how the stream ends.
        }
    }

    // Repeats a call until the server answers it; an answer may be that it refuses.
    private async Task<Delivery<T>> DeliverAsync<T>(
        RegisteredDevice device, Func<Task<T>> call, CancellationToken stop)
    {
        while (true)
        {
            try
            {
                var answer = await call();
                NoteAnswer();
                _refused.TryRemove(device.Id, out _);
                return new(answer, IsGone: false);
            }
            catch (PlateauException fault) when (IsRefusal(fault.Status))
            {
                NoteAnswer();
                var isGone = fault.Status == HttpStatusCode.NotFound;
                if (_refused.TryAdd(device.Id, true))
                {
                    LogRefused(logger, device.Device.ReferenceId, fault.Code, isGone ? "ends" : "goes on");
                }
                return new(default, isGone);
            }
            catch (PlateauException fault)
            {
                NoteInterruption(fault, stop);
            }
            await Task.Delay(RepeatPause, clock, stop);
        }
    }

    // A key that is refused may be a server that was restarted on another store; the stream waits for its own.
    private static bool IsRefusal(HttpStatusCode? status) => status is { } answered && (int)answered < 500
        && answered is not (HttpStatusCode.TooManyRequests or HttpStatusCode.Unauthorized);

    private void NoteInterruption(PlateauException fault, CancellationToken stop)
    {
        if (!stop.IsCancellationRequested && Interlocked.Exchange(ref _interrupted, 1) == 0)
        {
            LogInterrupted(logger, fault.Message);
        }
    }

    private void NoteAnswer()
    {
        if (Interlocked.Exchange(ref _interrupted, 0) == 1)
        {
            LogResumed(logger);
        }
    }

    // Meters tell milliseconds.
    private DateTimeOffset Now() => DateTimeOffset.FromUnixTimeMilliseconds(clock.GetUtcNow().ToUnixTimeMilliseconds());

    private readonly record struct Delivery<T>(T? Answer, bool IsGone);

    [LoggerMessage(9001, LogLevel.Warning, "The demo's stream is interrupted and tries again: {Fault}")]
    private static partial void LogInterrupted(ILogger logger, string fault);

    [LoggerMessage(9002, LogLevel.Information, "The demo's stream goes on")]
    private static partial void LogResumed(ILogger logger);

    [LoggerMessage(9003, LogLevel.Information, "A state of {Reference} was refused ({Code}); its stream {Outcome}")]
    private static partial void LogRefused(ILogger logger, string reference, string? code, string outcome);
}
