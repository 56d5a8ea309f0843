using System.Threading.Channels;
using Microsoft.Extensions.Options;
using Plateau.Server.Storage;
using Plateau.Telemetry;

namespace Plateau.Server.Telemetry;

/// <summary>
/// Group commit: one bounded queue, and one writer that takes what is queued. While it waits for the disk the next
/// batch gathers, so batches grow with the load and nobody waits for a timer.
/// </summary>
internal sealed partial class StateWriter : IHostedService
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(500);

    private readonly IStateStore _store;
    private readonly TimeProvider _clock;
    private readonly TelemetryOptions _options;
    private readonly TelemetryMetrics _metrics;
    private readonly ILogger<StateWriter> _logger;

    // At the limit a submission is answered 503: a device can wait, and memory must not grow with the fleet.
    private readonly Channel<PendingRecord> _queue;
    private readonly CancellationTokenSource _stopNow = new();
    private Task _writing = Task.CompletedTask;

    public StateWriter(
        IStateStore store, TimeProvider clock, IOptions<TelemetryOptions> options, TelemetryMetrics metrics,
        ILogger<StateWriter> logger)
    {
        _store = store;
        _clock = clock;
        _options = options.Value;
        _metrics = metrics;
        _logger = logger;
        _queue = Channel.CreateBounded<PendingRecord>(
            new BoundedChannelOptions(_options.QueueCapacity) { SingleReader = true });
        metrics.ObserveQueue(() => _queue.Reader.Count);
    }

    /// <summary>Queues a record and waits until it is durable, or refused.</summary>
    /// <exception cref="OperationCanceledException">The wait was given up; the record may still be kept.</exception>
    public Task<SubmissionOutcome> SubmitAsync(PendingRecord pending, CancellationToken cancel) =>
        _queue.Writer.TryWrite(pending)
            ? pending.Done.WaitAsync(cancel)
            : Task.FromResult<SubmissionOutcome>(SubmissionResult.StorageUnavailable);

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _writing = Task.Run(WriteAllAsync, CancellationToken.None);
        return Task.CompletedTask;
    }

    /// <summary>Takes nothing more, and returns when what was queued is durable or its time is over.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        _queue.Writer.TryComplete();
        try
        {
            await _writing.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            await _stopNow.CancelAsync();
            await _writing;
        }
        _stopNow.Dispose();
    }

    private async Task WriteAllAsync()
    {
        var batch = new List<PendingRecord>(_options.MaxBatch);
        var keys = new HashSet<StateRecordKey>();
        PendingRecord? heldBack = null;
        while (heldBack is not null || await _queue.Reader.WaitToReadAsync(CancellationToken.None))
        {
            batch.Clear();
            keys.Clear();
            // A copy of a record in the batch waits for the next one, where it meets the record in the store.
            while (batch.Count < _options.MaxBatch && (heldBack ?? TryTake()) is { } next)
            {
                heldBack = keys.Add(next.Record.Key) ? null : next;
                if (heldBack is not null)
                {
                    break;
                }
                batch.Add(next);
            }
            await CommitAsync(batch, writtenBefore: false);
        }
    }

    private PendingRecord? TryTake() => _queue.Reader.TryRead(out var next) ? next : null;

    private async Task CommitAsync(IReadOnlyList<PendingRecord> batch, bool writtenBefore)
    {
        var started = _clock.GetTimestamp();
        var pause = FirstPause;
        for (; ; writtenBefore = true)
        {
            try
            {
                var outcomes = await _store.CommitAsync(batch, writtenBefore, _stopNow.Token);
                for (var index = 0; index < batch.Count; index++)
                {
                    batch[index].Answer(outcomes[index]);
                }
                _metrics.Committed(outcomes, _clock.GetElapsedTime(started));
                return;
            }
            catch (Exception exception) when (StorageFaults.IsUnavailable(exception))
            {
                if (_clock.GetElapsedTime(started) >= TimeSpan.FromSeconds(_options.RepeatForSeconds))
                {
                    GiveUp(batch, exception);
                    return;
                }
            }
            catch (OperationCanceledException exception)
            {
                GiveUp(batch, exception);
                return;
            }
            catch (Exception exception)
            {
                await SplitAsync(batch, exception);
                return;
            }
            // The same records, with the same ids, are repeated: whether the first try was committed cannot be known.
            await PauseAsync(pause);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
    }

    // One record must not fail the others: the batch is halved until only the guilty one is left. A store may have
    // committed some of the batch before it failed, so the halves are told that they may meet themselves.
    private async Task SplitAsync(IReadOnlyList<PendingRecord> batch, Exception exception)
    {
        if (batch.Count == 1)
        {
            batch[0].Fail(exception);
            return;
        }
        LogSplit(_logger, exception, batch.Count);
        var half = batch.Count / 2;
        await CommitAsync([.. batch.Take(half)], writtenBefore: true);
        await CommitAsync([.. batch.Skip(half)], writtenBefore: true);
    }

    private void GiveUp(IReadOnlyList<PendingRecord> batch, Exception exception)
    {
        LogGivenUp(_logger, batch.Count, exception.GetType().Name);
        foreach (var pending in batch)
        {
            pending.Answer(SubmissionResult.StorageUnavailable);
        }
        _metrics.GaveUp(batch.Count);
    }

    private async Task PauseAsync(TimeSpan pause)
    {
        try
        {
            await Task.Delay(pause, _clock, _stopNow.Token);
        }
        catch (OperationCanceledException)
        {
            // The next try ends at once, and its records are answered.
        }
    }

    [LoggerMessage(2001, LogLevel.Warning, "A batch of {Count} records failed and is split to find the guilty one")]
    private static partial void LogSplit(ILogger logger, Exception exception, int count);

    [LoggerMessage(2002, LogLevel.Warning, "{Count} records were answered 503: the store is unavailable ({Fault})")]
    private static partial void LogGivenUp(ILogger logger, int count, string fault);
}
