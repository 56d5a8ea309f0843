using Plateau.Contracts;
using Plateau.Server.Telemetry;
using Plateau.Telemetry;

namespace Plateau.Server.Tests.Telemetry;

/// <summary>
/// A store in memory that fails when told to: each commit takes the next planned step, and keeps what it is given
/// once none is left.
/// </summary>
internal sealed class FaultyStateStore : IStateStore
{
    /// <summary>What the coming commits do instead of keeping their batch.</summary>
    public Queue<Func<FaultyStateStore, IReadOnlyList<PendingRecord>, Task>> Plan { get; } = new();

    /// <summary>A record that fails every commit it is part of.</summary>
    public StateRecordKey? Guilty { get; set; }

    /// <summary>What every commit fails with; null lets them through.</summary>
    public Exception? Away { get; set; }

    /// <summary>A record whose fate is left open.</summary>
    public StateRecordKey? Open { get; set; }

    /// <summary>What is kept.</summary>
    public Dictionary<StateRecordKey, StateRecord> Kept { get; } = [];

    /// <summary>Every batch that arrived, in order, and whether any of it was said to have been tried before.</summary>
    public List<(StateRecordKey[] Keys, bool MayBeKept)> Batches { get; } = [];

    public async Task<SubmissionOutcome[]> CommitAsync(
        IReadOnlyList<PendingRecord> batch, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        Batches.Add(([.. batch.Select(pending => pending.Record.Key)], batch.Any(pending => pending.MayBeKept)));
        if (Plan.TryDequeue(out var step))
        {
            await step(this, batch).WaitAsync(cancel);
        }
        if (Away is { } fault)
        {
            throw fault;
        }
        if (batch.Any(pending => pending.Record.Key == Guilty))
        {
            throw new InvalidOperationException("This record cannot be kept.");
        }
        return Keep(batch);
    }

    /// <summary>Keeps a batch as a store does, by its keys.</summary>
    public SubmissionOutcome[] Keep(IReadOnlyList<PendingRecord> batch) =>
        [.. batch.Select(pending => pending.Record.Key == Open ? SubmissionResult.StorageUnavailable
            : Kept.TryAdd(pending.Record.Key, pending.Record) ? new(SubmissionResult.Kept, pending.Record)
            : SubmissionRules.Judge(pending.Record, Kept[pending.Record.Key], pending.MayBeKept))];

    public Task<StateRecord?> FindLatestAsync(DeviceId device, CancellationToken cancel) =>
        throw new NotSupportedException("The writer only writes.");

    public Task<int> EraseSomeAsync(DeviceId device, CancellationToken cancel) =>
        throw new NotSupportedException("The writer only writes.");
}
