using Plateau.Server.Access;
using Plateau.Telemetry;

namespace Plateau.Server.Telemetry;

/// <summary>A submitted record on its way into the store, and whoever waits for it.</summary>
internal sealed class PendingRecord(Caller caller, StateRecord record)
{
    private readonly TaskCompletionSource<SubmissionOutcome> _done =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Account and mode the device must belong to.</summary>
    public Caller Caller { get; } = caller;

    /// <summary>What is to be kept.</summary>
    public StateRecord Record { get; } = record;

    /// <summary>When it was queued, as a timestamp of the writer's clock.</summary>
    public long Arrived { get; set; }

    /// <summary>Whether a try whose answer was lost may have kept this very record. Default false.</summary>
    public bool MayBeKept { get; set; }

    /// <summary>Ends when the record is durable, or refused.</summary>
    public Task<SubmissionOutcome> Done => _done.Task;

    /// <summary>Tells whoever waits.</summary>
    public void Answer(SubmissionOutcome outcome) => _done.TrySetResult(outcome);

    /// <summary>The record itself cannot be stored: a fault of the server.</summary>
    public void Fail(Exception exception) => _done.TrySetException(exception);
}

/// <summary>What became of a submitted record.</summary>
internal enum SubmissionResult
{
    /// <summary>It is kept.</summary>
    Kept,

    /// <summary>The same record was kept before.</summary>
    Repeated,

    /// <summary>A record of the same device, time and reference, but of other content, was kept before.</summary>
    Conflict,

    /// <summary>The account has no such device in this mode.</summary>
    DeviceNotFound,

    /// <summary>The account has no such location in this mode.</summary>
    LocationNotFound,

    /// <summary>The device's owner has not agreed to telemetry.</summary>
    ConsentMissing,

    /// <summary>The place is new to the device, which has as many as it may have.</summary>
    LocationsFull,

    /// <summary>
    /// The store could not be reached. The record may or may not be kept; it is tried again, and answered 503 when its
    /// time is over.
    /// </summary>
    StorageUnavailable,

    /// <summary>It cannot be kept, by a fault of the server such as a damaged chunk of its day.</summary>
    Failed,

    /// <summary>The store did not come to decide; the record is not kept by this try, and is tried again.</summary>
    Postponed,
}

/// <summary>What became of a submitted record.</summary>
/// <param name="Result">What became of it.</param>
/// <param name="Stored">The record that is kept, for <see cref="SubmissionResult.Kept"/>, repeats and
/// conflicts.</param>
internal readonly record struct SubmissionOutcome(SubmissionResult Result, StateRecord? Stored)
{
    /// <summary>The record was refused, or its fate is unknown.</summary>
    public static implicit operator SubmissionOutcome(SubmissionResult result) => new(result, null);
}
