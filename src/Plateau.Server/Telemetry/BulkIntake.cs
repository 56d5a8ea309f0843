using System.Threading.Channels;
using Microsoft.Extensions.Options;
using Plateau.Contracts;
using Plateau.Server.Storage;

namespace Plateau.Server.Telemetry;

/// <summary>
/// Keeps many records at once. Past records of which there are many of one device and day are packed at once; all
/// others go the way of single submissions, behind those.
/// </summary>
internal sealed partial class BulkIntake(
    IChunkStore chunks, StateWriter writer, TelemetryMetrics metrics, TimeProvider clock,
    IOptions<TelemetryOptions> options, ILogger<BulkIntake> logger) : IDisposable
{
    /// <summary>Records that are best brought at once; more than fit one transaction are brought in parts.</summary>
    public const int RecordsAtOnce = 20_000;

    // Fewer of a day cost more packed, since the day is packed anew, than as rows.
    private const int WorthPacking = 16;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    // Single submissions a commit from which on the processors are taken to be theirs.
    private const int ManySingles = 16;
    private const int RestBesideMany = 8;
    private const int RecordsAtOnceBesideMany = 5_000;
    private static readonly TimeSpan LongestRest = TimeSpan.FromSeconds(2);

    // One piece at a time: two would only wait for each other's rows and the disk.
    private readonly SemaphoreSlim _turn = new(1, 1);

    /// <summary>Keeps records, and returns when the fate of each is known.</summary>
    /// <param name="records">The records, of any devices and times.</param>
    /// <param name="cancel">Gives up; some may still be kept.</param>
    /// <returns>What became of each, in their order.</returns>
    public async Task<SubmissionOutcome[]> KeepAsync(IReadOnlyList<PendingRecord> records, CancellationToken cancel)
    {
        var outcomes = new SubmissionOutcome[records.Count];
        Array.Fill(outcomes, SubmissionResult.Postponed);
        var past = FindPast(records);
        var next = 0;
        while (next < past.Count)
        {
            var most = writer.SinglesAtOnce < ManySingles ? RecordsAtOnce : RecordsAtOnceBesideMany;
            var part = past.GetRange(next, Math.Min(most, past.Count - next));
            await PackAsync(records, part, outcomes, cancel);
            next += part.Count;
        }
        await QueueAsync(records, outcomes, cancel);
        return outcomes;
    }

    public void Dispose() => _turn.Dispose();

    // The numbers of the records that are packed at once.
    private List<int> FindPast(IReadOnlyList<PendingRecord> records)
    {
        var until = Instant.ToUnixMicroseconds(
            clock.GetUtcNow() - TimeSpan.FromMinutes(options.Value.PackAfterMinutes));
        var days = new Dictionary<PastRecords.DeviceDay, int>();
        foreach (var pending in records)
        {
            if (pending.Record.Key.UnixMicroseconds < until)
            {
                var place = PastRecords.DeviceDay.Of(pending.Record.Key);
                days[place] = days.GetValueOrDefault(place) + 1;
            }
        }
        var past = new List<int>();
        for (var index = 0; index < records.Count; index++)
        {
            var key = records[index].Record.Key;
            if (key.UnixMicroseconds < until && days[PastRecords.DeviceDay.Of(key)] >= WorthPacking)
            {
                past.Add(index);
            }
        }
        return past;
    }

    private async Task PackAsync(
        IReadOnlyList<PendingRecord> records, List<int> numbers, SubmissionOutcome[] outcomes, CancellationToken cancel)
    {
        PendingRecord[] part = [.. numbers.Select(number => records[number])];
        await _turn.WaitAsync(cancel);
        try
        {
            var started = clock.GetTimestamp();
            var kept = await TryPackAsync(part, cancel);
            for (var index = 0; index < kept.Length; index++)
            {
                outcomes[numbers[index]] = kept[index];
            }
            metrics.Packed(kept);
            TellFailed(part, kept);
            if (writer.SinglesAtOnce is > 0 and var singles)
            {
                // Half of the time is theirs, and most of it when they are many: disk and processors, not only the
                // store's turn.
                var rest = clock.GetElapsedTime(started) * (singles < ManySingles ? 1 : RestBesideMany);
                await Task.Delay(rest < LongestRest ? rest : LongestRest, clock, cancel);
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    // Tried again with the same records: whether a try that failed was committed cannot be known.
    private async Task<SubmissionOutcome[]> TryPackAsync(PendingRecord[] part, CancellationToken cancel)
    {
        var started = clock.GetTimestamp();
        while (true)
        {
            try
            {
                return await chunks.KeepPastAsync(part, cancel);
            }
            catch (Exception exception) when (StorageFaults.IsUnavailable(exception) && !cancel.IsCancellationRequested)
            {
                if (clock.GetElapsedTime(started) >= TimeSpan.FromSeconds(options.Value.RepeatForSeconds))
                {
                    return [.. part.Select(_ => (SubmissionOutcome)SubmissionResult.StorageUnavailable)];
                }
                Array.ForEach(part, pending => pending.MayBeKept = true);
                await Task.Delay(Pause, clock, cancel);
            }
        }
    }

    private async Task QueueAsync(
        IReadOnlyList<PendingRecord> records, SubmissionOutcome[] outcomes, CancellationToken cancel)
    {
        var queued = new List<int>();
        for (var index = 0; index < records.Count; index++)
        {
            if (outcomes[index].Result != SubmissionResult.Postponed)
            {
                continue;
            }
            try
            {
                await writer.QueueBulkAsync(records[index], cancel);
                queued.Add(index);
            }
            catch (ChannelClosedException)
            {
                outcomes[index] = SubmissionResult.StorageUnavailable;
            }
        }
        foreach (var index in queued)
        {
            try
            {
                outcomes[index] = await records[index].Done.WaitAsync(cancel);
            }
            catch (Exception exception) when (!cancel.IsCancellationRequested)
            {
                // This one alone: the writer has found the guilty one.
                LogFailed(logger, exception, records[index].Record.Key.DeviceId);
                outcomes[index] = SubmissionResult.Failed;
            }
        }
    }

    private void TellFailed(PendingRecord[] part, SubmissionOutcome[] kept)
    {
        var days = part.Zip(kept).Where(one => one.Second.Result == SubmissionResult.Failed)
            .CountBy(one => PastRecords.DeviceDay.Of(one.First.Record.Key));
        foreach (var (place, count) in days)
        {
            LogDamaged(logger, count, place.DeviceId, Instant.FromUnixMicroseconds(StoredChunk.StartOf(place.Day)));
        }
    }

    [LoggerMessage(2401, LogLevel.Error, "A record of {DeviceId} that came in bulk cannot be kept")]
    private static partial void LogFailed(ILogger logger, Exception exception, DeviceId deviceId);

    [LoggerMessage(
        2402, LogLevel.Error, "{Count} records of {DeviceId} cannot be kept: its chunk of {Day:yyyy-MM-dd} is damaged")]
    private static partial void LogDamaged(ILogger logger, int count, DeviceId deviceId, DateTimeOffset day);
}
