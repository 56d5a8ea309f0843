using System.Threading.Channels;
using Microsoft.Extensions.Options;
using Plateau.Server.Storage;

namespace Plateau.Server.Telemetry;

/// <summary>
/// Group commit: one bounded queue, and one writer that takes what is queued. While it waits for the disk the next
/// batch gathers, so batches grow with the load and nobody waits for a timer.
/// </summary>
internal sealed partial class StateWriter : BackgroundService
{
    // A commit of so many rows takes some milliseconds.
    private const int BulkBesideSingles = 200;

    // While nobody else waits: the larger a commit, the less often each page of the store is written.
    private const int BulkBatches = 4;

    private static readonly TimeSpan Recent = TimeSpan.FromMilliseconds(100);

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(500);

    private static readonly TaskCompletionSource Never = new();

    private readonly IStateStore _store;
    private readonly TimeProvider _clock;
    private readonly TelemetryOptions _options;
    private readonly TelemetryMetrics _metrics;
    private readonly ILogger<StateWriter> _logger;

    // At the limit a submission is answered 503: a device can wait, and memory must not grow with the fleet.
    private readonly Channel<PendingRecord> _queue;

    // Records of batches and imports. Whoever brings them waits for room.
    private readonly Channel<PendingRecord> _bulk;
    private long _lastSingle;
    private int _singlesAtOnce;
    private Task? _singleReady;
    private Task? _bulkReady;
    private readonly CancellationTokenSource _stopNow = new();

    // Records whose fate is open: they are part of the next batch.
    private readonly List<PendingRecord> _again = [];

    // What kept the store away in the batch at hand.
    private Exception? _fault;

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
        _bulk = Channel.CreateBounded<PendingRecord>(
            new BoundedChannelOptions(_options.QueueCapacity) { SingleReader = true });
        metrics.ObserveQueue(() => Waiting + _bulk.Reader.Count);
    }

    /// <summary>How many single submissions wait for a commit.</summary>
    public int Waiting => _queue.Reader.Count;

    /// <summary>
    /// How many single submissions the newest commit that had some brought; 0 when none have come just now. What can
    /// wait gives way to them.
    /// </summary>
    public int SinglesAtOnce =>
        Waiting == 0 && _clock.GetElapsedTime(Volatile.Read(ref _lastSingle)) >= Recent
            ? 0
            : Math.Max(1, Volatile.Read(ref _singlesAtOnce));

    /// <summary>Queues a record and waits until it is durable, or refused.</summary>
    /// <exception cref="OperationCanceledException">The wait was given up; the record may still be kept.</exception>
    public Task<SubmissionOutcome> SubmitAsync(PendingRecord pending, CancellationToken cancel)
    {
        pending.Arrived = _clock.GetTimestamp();
        if (_queue.Writer.TryWrite(pending))
        {
            return pending.Done.WaitAsync(cancel);
        }
        _metrics.GaveUp(1);
        return Task.FromResult<SubmissionOutcome>(SubmissionResult.StorageUnavailable);
    }

    /// <summary>
    /// Queues a record of many, once there is room, behind single submissions; it is done as the record says.
    /// </summary>
    /// <exception cref="ChannelClosedException">The server is stopping and takes nothing more.</exception>
    public ValueTask QueueBulkAsync(PendingRecord pending, CancellationToken cancel)
    {
        pending.Arrived = _clock.GetTimestamp();
        return _bulk.Writer.WriteAsync(pending, cancel);
    }

    /// <summary>Takes nothing more, and returns when what was queued is durable or its time is over.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        _queue.Writer.TryComplete();
        _bulk.Writer.TryComplete();
        var writing = ExecuteTask ?? Task.CompletedTask;
        try
        {
            await writing.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            await _stopNow.CancelAsync();
            await writing;
        }
    }

    public override void Dispose()
    {
        _stopNow.Dispose();
        base.Dispose();
    }

    // It ends with the queue, not with the host's word to stop: what was taken is still written.
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var batch = new List<PendingRecord>(_options.MaxBatch);
        var pause = FirstPause;
        while (_again.Count > 0 || await WaitForRecordsAsync())
        {
            batch.Clear();
            batch.AddRange(_again);
            _again.Clear();
            _fault = null;
            Take(batch);
            var isAnyDecided = await CommitAsync(batch, isPart: false);
            // A store that rolled back is there: nobody is given up for it before a second try.
            if (_again.Count > 0 && (pause > FirstPause || !StorageFaults.IsRolledBack(_fault)))
            {
                GiveUpLate();
            }
            if (isAnyDecided || _again.Count == 0)
            {
                pause = FirstPause;
                continue;
            }
            await PauseAsync(pause);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
    }

    // Single submissions first; beside them few of many, so that nobody waits long for a commit.
    private void Take(List<PendingRecord> batch)
    {
        // Beside what is tried again, of which there may be more than a batch.
        var singles = 0;
        while (singles < _options.MaxBatch && _queue.Reader.TryRead(out var next))
        {
            singles++;
            batch.Add(next);
        }
        if (singles > 0)
        {
            Volatile.Write(ref _singlesAtOnce, singles);
            Volatile.Write(ref _lastSingle, _clock.GetTimestamp());
        }
        var most = SinglesAtOnce > 0
            ? Math.Min(_options.MaxBatch, batch.Count + BulkBesideSingles)
            : _options.MaxBatch * BulkBatches;
        while (batch.Count < most && _bulk.Reader.TryRead(out var next))
        {
            batch.Add(next);
        }
    }

    // False when both queues are closed and empty. A wait that has not ended is waited for again, not begun anew.
    private async Task<bool> WaitForRecordsAsync()
    {
        while (!_queue.Reader.TryPeek(out _) && !_bulk.Reader.TryPeek(out _))
        {
            if (_queue.Reader.Completion.IsCompleted && _bulk.Reader.Completion.IsCompleted)
            {
                return false;
            }
            _singleReady = Wait(_singleReady, _queue.Reader);
            _bulkReady = Wait(_bulkReady, _bulk.Reader);
            await Task.WhenAny(_singleReady, _bulkReady);
        }
        return true;
    }

    // A queue that is closed and empty is never ready.
    private static Task Wait(Task? ready, ChannelReader<PendingRecord> queue) =>
        queue.Completion.IsCompleted ? Never.Task
        : ready is { IsCompleted: false } ? ready
        : queue.WaitToReadAsync(CancellationToken.None).AsTask();

    // Answers whether the fate of any record was learned. Those that stay open are tried again: the same records, with
    // the same ids, because whether this try was committed cannot be known.
    private async Task<bool> CommitAsync(IReadOnlyList<PendingRecord> batch, bool isPart)
    {
        if (_fault is not null)
        {
            _again.AddRange(batch);
            return false;
        }
        var started = _clock.GetTimestamp();
        try
        {
            var outcomes = await _store.CommitAsync(batch, _stopNow.Token);
            var open = _again.Count;
            for (var index = 0; index < batch.Count; index++)
            {
                Answer(batch[index], outcomes[index]);
            }
            _metrics.Committed(outcomes, _clock.GetElapsedTime(started));
            return _again.Count - open < batch.Count;
        }
        catch (Exception exception) when (StorageFaults.IsUnavailable(exception) || _stopNow.IsCancellationRequested)
        {
            _fault = exception;
            foreach (var pending in batch)
            {
                Answer(pending, SubmissionResult.StorageUnavailable);
            }
            return false;
        }
        catch (Exception exception)
        {
            return await SplitAsync(batch, exception, isPart);
        }
    }

    private void Answer(PendingRecord pending, SubmissionOutcome outcome)
    {
        if (outcome.Result is not (SubmissionResult.StorageUnavailable or SubmissionResult.Postponed))
        {
            pending.Answer(outcome);
            return;
        }
        pending.MayBeKept |= outcome.Result == SubmissionResult.StorageUnavailable;
        _again.Add(pending);
    }

    // One record must not fail the others: the batch is halved until only the guilty one is left. A store may have
    // committed some of the batch before it failed.
    private async Task<bool> SplitAsync(IReadOnlyList<PendingRecord> batch, Exception exception, bool isPart)
    {
        if (batch.Count == 1)
        {
            batch[0].Fail(exception);
            _metrics.Failed();
            return true;
        }
        if (!isPart)
        {
            LogSplit(_logger, exception, batch.Count);
        }
        foreach (var pending in batch)
        {
            pending.MayBeKept = true;
        }
        var half = batch.Count / 2;
        var first = await CommitAsync([.. batch.Take(half)], isPart: true);
        var second = await CommitAsync([.. batch.Skip(half)], isPart: true);
        return first || second;
    }

    // While the store is away, what waits in the queue is as late as what was tried.
    private void GiveUpLate()
    {
        var late = new List<PendingRecord>();
        _again.RemoveAll(pending =>
        {
            var isLate = IsLate(pending);
            if (isLate)
            {
                late.Add(pending);
            }
            return isLate;
        });
        foreach (var queue in new[] { _queue.Reader, _bulk.Reader })
        {
            while (_fault is not null && queue.TryPeek(out var next) && IsLate(next))
            {
                queue.TryRead(out _);
                late.Add(next);
            }
        }
        if (late.Count == 0)
        {
            return;
        }
        LogGivenUp(_logger, late.Count, _fault?.GetType().Name ?? "it could not decide");
        late.ForEach(pending => pending.Answer(SubmissionResult.StorageUnavailable));
        _metrics.GaveUp(late.Count);
    }

    private bool IsLate(PendingRecord pending) =>
        _stopNow.IsCancellationRequested
        || _clock.GetElapsedTime(pending.Arrived) >= TimeSpan.FromSeconds(_options.RepeatForSeconds);

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
