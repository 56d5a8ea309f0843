namespace Plateau.Contracts;

/// <summary>One state among many that are submitted together.</summary>
public sealed record DeviceStateBatchItem : DeviceStateSubmission
{
    /// <summary>The device.</summary>
    public required DeviceId DeviceId { get; init; }
}

/// <summary>The body that submits many states.</summary>
public sealed record DeviceStateBatchDraft
{
    /// <summary>The states, 1–10 000, in any order.</summary>
    public required IReadOnlyList<DeviceStateBatchItem> Data { get; init; }
}

/// <summary>The answer to a batch: what is accepted is durable, what is not is named.</summary>
public sealed record DeviceStateBatch
{
    /// <summary>Id of this answer; nothing is kept under it.</summary>
    public required BatchId Id { get; init; }

    /// <summary>Always <c>device_state_batch</c>.</summary>
    public string Object { get; init; } = "device_state_batch";

    /// <summary>Records sent.</summary>
    public required int RecordsSubmitted { get; init; }

    /// <summary>Records kept by this batch.</summary>
    public required int RecordsAccepted { get; init; }

    /// <summary>Records that were kept before, with equal content.</summary>
    public required int RecordsReplayed { get; init; }

    /// <summary>The records that are not kept, in their order; empty when there are none.</summary>
    public required IReadOnlyList<FailedRecord> FailedRecords { get; init; }

    /// <summary>When the batch was answered, UTC.</summary>
    public required DateTimeOffset TimeCreated { get; init; }
}

/// <summary>A record of many that is not kept.</summary>
public sealed record FailedRecord
{
    /// <summary>Its place among the records sent, from 0.</summary>
    public required long RecordNum { get; init; }

    /// <summary>Its reference, if it has one that can be read.</summary>
    public string? RecordReferenceId { get; init; }

    /// <summary>Its device as it was sent, if that can be read.</summary>
    public string? DeviceId { get; init; }

    /// <summary>A code of the error object.</summary>
    public required string Code { get; init; }

    /// <summary>What is wrong, for people.</summary>
    public required string Message { get; init; }
}

/// <summary>A line of the answer to an import.</summary>
public sealed record DeviceStateImportProgress
{
    /// <summary>Always <c>device_state_import</c>.</summary>
    public string Object { get; init; } = "device_state_import";

    /// <summary><c>progress</c>, or <c>completed</c> or <c>failed</c> in the last line.</summary>
    public required string Status { get; init; }

    /// <summary>Lines read so far; empty ones are not counted.</summary>
    public required long RecordsRead { get; init; }

    /// <summary>Records so far that are durable: those accepted and those replayed.</summary>
    public required long RecordsDurable { get; init; }

    /// <summary>Records so far that this import has kept.</summary>
    public required long RecordsAccepted { get; init; }

    /// <summary>Records so far that were kept before, with equal content.</summary>
    public required long RecordsReplayed { get; init; }

    /// <summary>Records so far that are not kept.</summary>
    public required long RecordsFailed { get; init; }

    /// <summary>The first of those that failed since the line before, at most 100, by 0-based number.</summary>
    public required IReadOnlyList<FailedRecord> FailedRecords { get; init; }

    /// <summary>Why the import ended before its end; null otherwise.</summary>
    public ErrorObject? Error { get; init; }
}
