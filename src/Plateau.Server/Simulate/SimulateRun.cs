using System.Net;
using Plateau.Client;
using Plateau.Contracts;
using Plateau.Server.Simulation;

namespace Plateau.Server.Simulate;

/// <summary>
/// Sends the records of a fleet in their time: simulated time runs at its speed until it is now, and then with the
/// clock. A server that is away is waited for; what was not answered is sent again under the same references.
/// </summary>
/// <param name="client">The server.</param>
/// <param name="arguments">What is asked for.</param>
/// <param name="records">The records.</param>
/// <param name="totals">Counts what became of them.</param>
/// <param name="clock">The time, and the pauses.</param>
/// <param name="tell">Hears when the server is away, and when it is back.</param>
internal sealed class SimulateRun(
    PlateauClient client, SimulateArguments arguments, FleetRecords records, SimulateTotals totals,
    TimeProvider clock, Action<string> tell)
{
    // A batch this large is far on the flat part of the cost of a record.
    private const int BatchSize = 5_000;
    private const int BatchesAtOnce = 3;
    private const int SubmissionsAtOnce = 32;

    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan RepeatPause = TimeSpan.FromSeconds(2);

    // What is on its way when it is stopped gets this long to be answered.
    private static readonly TimeSpan LastAnswers = TimeSpan.FromSeconds(5);

    private int _isAway;

    /// <summary>Runs to the end of the simulated time, or until it is stopped.</summary>
    /// <exception cref="PlateauException">The server refuses to be used.</exception>
    public async Task RunAsync(CancellationToken stop)
    {
        using var giveUp = new CancellationTokenSource(Timeout.InfiniteTimeSpan, clock);
        await using var _ = stop.Register(() => giveUp.CancelAfter(LastAnswers));
        var began = clock.GetTimestamp();
        var time = arguments.Start;
        while (!stop.IsCancellationRequested && time < (arguments.End ?? DateTimeOffset.MaxValue))
        {
            var due = DueTime(clock.GetElapsedTime(began));
            if (due <= time)
            {
                await PauseAsync(stop);
                continue;
            }
            // A day at a time: the server packs what is past by device and day, and memory is that of some batches.
            time = Earlier(due, new DateTimeOffset(time.UtcDateTime.Date.AddDays(1), TimeSpan.Zero));
            if (await SendAsync(records.Before(time), stop, giveUp.Token))
            {
                totals.Until = time;
            }
        }
    }

    private DateTimeOffset DueTime(TimeSpan elapsed)
    {
        var now = clock.GetUtcNow();
        var reached = elapsed.TotalDays * arguments.Speed < (now - arguments.Start).TotalDays
            ? arguments.Start + (elapsed * arguments.Speed)
            : now;
        var whole = new DateTimeOffset(reached.UtcTicks / Tick.Ticks * Tick.Ticks, TimeSpan.Zero);
        return arguments.End is { } end ? Earlier(whole, end) : whole;
    }

    // Whether all of them were sent.
    private async Task<bool> SendAsync(
        IEnumerable<DeviceStateBatchItem> states, CancellationToken stop, CancellationToken giveUp)
    {
        var (size, atOnce) = arguments.OneByOne ? (1, SubmissionsAtOnce) : (BatchSize, BatchesAtOnce);
        using var broken = CancellationTokenSource.CreateLinkedTokenSource(stop);
        await Parallel.ForEachAsync(
            states.Chunk(size).TakeWhile(_ => !broken.IsCancellationRequested),
            new ParallelOptions { MaxDegreeOfParallelism = atOnce, CancellationToken = CancellationToken.None },
            async (some, _) =>
            {
                try
                {
                    await DeliverAsync(some, stop, giveUp);
                }
                catch (PlateauException)
                {
                    await broken.CancelAsync();
                    throw;
                }
            });
        return !stop.IsCancellationRequested;
    }

    // Repeats until the server answers; an answer may be that it refuses some.
    private async Task DeliverAsync(DeviceStateBatchItem[] some, CancellationToken stop, CancellationToken giveUp)
    {
        while (true)
        {
            try
            {
                await (arguments.OneByOne ? SubmitAsync(some[0], giveUp) : SubmitAsync(some, giveUp));
                if (Interlocked.Exchange(ref _isAway, 0) == 1)
                {
                    tell("The server is back.");
                }
                return;
            }
            catch (OperationCanceledException) when (giveUp.IsCancellationRequested)
            {
                totals.CountUnanswered(some.Length);
                return;
            }
            catch (PlateauException fault) when (IsPassing(fault.Status))
            {
                if (stop.IsCancellationRequested)
                {
                    totals.CountUnanswered(some.Length);
                    return;
                }
                if (Interlocked.Exchange(ref _isAway, 1) == 0)
                {
                    tell($"The server is away and is tried again until it is back: {fault.Message}");
                }
            }
            await PauseAsync(RepeatPause, stop);
        }
    }

    private async Task SubmitAsync(DeviceStateBatchItem[] some, CancellationToken cancel)
    {
        var batch = await client.DeviceStates.SubmitBatchAsync(some, cancel);
        totals.Count(batch.RecordsAccepted, batch.RecordsReplayed);
        foreach (var failed in batch.FailedRecords)
        {
            totals.CountRefused(failed.Code, failed.Message);
        }
    }

    private async Task SubmitAsync(DeviceStateBatchItem one, CancellationToken cancel)
    {
        try
        {
            var answer = await client.DeviceStates.SubmitAsync(one.DeviceId, one, cancel);
            totals.Count(answer.Replayed ? 0 : 1, answer.Replayed ? 1 : 0);
        }
        catch (PlateauException refusal) when (refusal is { Code: { } code } && IsOfTheRecord(refusal.Status, code))
        {
            totals.CountRefused(code, refusal.Message);
        }
    }

    // What is refused to the caller meets every further record too.
    private static bool IsOfTheRecord(HttpStatusCode? status, string code) =>
        status is HttpStatusCode.BadRequest or HttpStatusCode.NotFound or HttpStatusCode.Conflict
            or HttpStatusCode.UnprocessableEntity
        || code == ErrorCodes.TelemetryConsentMissing;

    private static bool IsPassing(HttpStatusCode? status) =>
        status is null or HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError;

    private Task PauseAsync(CancellationToken stop) => PauseAsync(Tick, stop);

    private async Task PauseAsync(TimeSpan pause, CancellationToken stop)
    {
        try
        {
            await Task.Delay(pause, clock, stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The caller looks.
        }
    }

    private static DateTimeOffset Earlier(DateTimeOffset one, DateTimeOffset other) => one < other ? one : other;
}
