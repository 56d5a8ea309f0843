using Plateau.Contracts;

namespace Plateau.Server.Telemetry;

/// <summary>Packs records into chunks, and erases them: one for each engine.</summary>
/// <remarks>
/// Whoever changes a device's chunks holds the device's row, and first sees to it that no submission is under way that
/// has not seen the device's mark: records at or before the mark are looked up in chunks too.
/// </remarks>
internal interface IChunkStore
{
    /// <summary>
    /// Keeps past records in chunks at once, in one transaction that also checks the devices.
    /// </summary>
    /// <param name="records">The records, of any devices and days.</param>
    /// <param name="cancel">Gives up.</param>
    /// <returns>
    /// What became of each, in their order; <see cref="SubmissionResult.Postponed"/> for one that has to go the way of
    /// fresh records, because its place is new to the device or its day is full.
    /// </returns>
    Task<SubmissionOutcome[]> KeepPastAsync(IReadOnlyList<PendingRecord> records, CancellationToken cancel);

    /// <summary>What there may be to do for some devices, in the order of their ids.</summary>
    /// <param name="after">The devices after this one.</param>
    /// <param name="limit">How many at the most.</param>
    /// <param name="cancel">Gives up.</param>
    Task<IReadOnlyList<SurveyedDevice>> SurveyAsync(DeviceId after, int limit, CancellationToken cancel);

    /// <summary>Moves the marks of devices on, never back; those being changed elsewhere may be passed over.</summary>
    /// <param name="devices">The devices.</param>
    /// <param name="until">Microseconds since 1970-01-01T00:00:00Z: records up to then may be folded.</param>
    /// <param name="cancel">Gives up.</param>
    /// <returns>Those whose mark is there, or beyond, so that every submission under way has seen it.</returns>
    Task<IReadOnlyCollection<DeviceId>> MoveMarksAsync(
        IReadOnlyCollection<DeviceId> devices, long until, CancellationToken cancel);

    /// <summary>
    /// Folds the oldest rows of a device into chunks, in one transaction. The newest row of all stays, so that a
    /// device's latest state is at hand.
    /// </summary>
    /// <param name="device">The device.</param>
    /// <param name="until">Rows up to then, as <see cref="MoveMarksAsync"/> has settled it for the device.</param>
    /// <param name="cancel">Gives up.</param>
    /// <returns>How many were folded; fewer than <see cref="FoldAtOnce"/> when no more are left.</returns>
    Task<int> FoldAsync(DeviceId device, long until, CancellationToken cancel);

    /// <summary>Erases a bounded number of the records of a deleted device.</summary>
    /// <returns>How many rows and chunks those were; 0 when none is left.</returns>
    Task<int> EraseDeviceAsync(DeviceId device, CancellationToken cancel);

    /// <summary>Erases the records of a device before a day, a bounded number at once.</summary>
    /// <param name="device">The device.</param>
    /// <param name="day">The first day that stays, days since 1970-01-01.</param>
    /// <param name="cancel">Gives up.</param>
    /// <returns>How many rows and chunks were erased; 0 when none is left.</returns>
    Task<int> EraseBeforeAsync(DeviceId device, int day, CancellationToken cancel);

    /// <summary>Erases a range of a device's records, a bounded number at once.</summary>
    /// <param name="range">Which records.</param>
    /// <param name="cancel">Gives up.</param>
    /// <returns>
    /// How many rows and chunks were changed; 0 when none of its records is left; null when another transaction holds
    /// the device.
    /// </returns>
    Task<int?> EraseRangeAsync(RangeErasureRow range, CancellationToken cancel);

    /// <summary>Gives disk that erasure has freed back to the file system, a bounded piece at once.</summary>
    /// <returns>Whether there may be more.</returns>
    Task<bool> ReleaseSpaceAsync(CancellationToken cancel);

    /// <summary>Rows folded in one transaction at the most.</summary>
    const int FoldAtOnce = 2_000;
}

/// <summary>What a device has.</summary>
/// <param name="DeviceId">The device.</param>
/// <param name="OldestRow">
/// Time of its oldest row, microseconds since 1970-01-01T00:00:00Z; null when it has none.
/// </param>
/// <param name="NewestRow">Time of its newest row.</param>
/// <param name="RetentionDays">Days for which its account keeps records; null for ever.</param>
/// <param name="OldestChunk">
/// Day of its oldest chunk, days since 1970-01-01; null when it has none, or its account keeps records for ever.
/// </param>
internal sealed record SurveyedDevice(
    DeviceId DeviceId, long? OldestRow, long? NewestRow, int? RetentionDays, int? OldestChunk)
{
    /// <summary>Whether it has records before a day.</summary>
    public bool HasBefore(int day) => OldestRow < StoredChunk.StartOf(day) || OldestChunk < day;
}
