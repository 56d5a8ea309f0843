namespace Plateau.Server.Telemetry;

/// <summary>Where records are kept: one for each engine.</summary>
internal interface IStateStore
{
    /// <summary>
    /// Keeps a batch in one transaction that also checks the devices, and returns after its commit. What an earlier try
    /// kept (<see cref="PendingRecord.MayBeKept"/>) is answered as kept, whatever has happened to the device since.
    /// </summary>
    /// <param name="batch">
    /// The records. Of those with the same key, one is kept and the others are judged by it: the first, unless it is at
    /// a place that is new to its device.
    /// </param>
    /// <param name="cancel">Gives up.</param>
    /// <returns>
    /// What became of each record, in the order of the batch; <see cref="SubmissionResult.StorageUnavailable"/> or
    /// <see cref="SubmissionResult.Postponed"/> for one whose fate is open while that of others is known.
    /// </returns>
    Task<SubmissionOutcome[]> CommitAsync(IReadOnlyList<PendingRecord> batch, CancellationToken cancel);
}
