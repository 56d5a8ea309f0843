using Plateau.Contracts;
using Plateau.Telemetry;

namespace Plateau.Server.Telemetry;

/// <summary>Where records are kept: one for each engine.</summary>
internal interface IStateStore
{
    /// <summary>
    /// Keeps a batch in one transaction that also checks the devices, and returns after its commit.
    /// </summary>
    /// <param name="batch">The records, no two with the same key.</param>
    /// <param name="writtenBefore">Whether an earlier try with this batch may have been committed.</param>
    /// <param name="cancel">Gives up.</param>
    /// <returns>What became of each record, in the order of the batch.</returns>
    Task<SubmissionOutcome[]> CommitAsync(
        IReadOnlyList<PendingRecord> batch, bool writtenBefore, CancellationToken cancel);

    /// <summary>
    /// The latest record of a device: by time, then by acceptance, then by id; null when there is none.
    /// </summary>
    Task<StateRecord?> FindLatestAsync(DeviceId device, CancellationToken cancel);

    /// <summary>Erases a bounded number of a device's records and returns how many those were.</summary>
    Task<int> EraseSomeAsync(DeviceId device, CancellationToken cancel);
}
