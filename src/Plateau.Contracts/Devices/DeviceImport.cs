namespace Plateau.Contracts;

/// <summary>What became of one line of an import of devices.</summary>
public sealed record DeviceImportLine
{
    /// <summary>The line's place in the body, from 1; empty lines count, and have no answer.</summary>
    public required long Line { get; init; }

    /// <summary>The device it created, durably; null when it created none.</summary>
    public DeviceId? Id { get; init; }

    /// <summary>Why it created none; null when it created one.</summary>
    public LineError? Error { get; init; }
}

/// <summary>Why a line of many is refused.</summary>
public sealed record LineError
{
    /// <summary>A code of the error object.</summary>
    public required string Code { get; init; }

    /// <summary>What is wrong, for people.</summary>
    public required string Message { get; init; }

    /// <summary>Every fault of the line, with paths within it; null where its members were not at fault.</summary>
    public IReadOnlyList<FieldError>? Errors { get; init; }
}

/// <summary>The last line of the answer to an import of devices.</summary>
public sealed record DeviceImportSummary
{
    /// <summary>Always <c>device_import</c>.</summary>
    public string Object { get; init; } = "device_import";

    /// <summary><c>completed</c>, or <c>failed</c> when the import ended before its body did.</summary>
    public required string Status { get; init; }

    /// <summary>Lines that were answered.</summary>
    public required long LinesRead { get; init; }

    /// <summary>Devices that were created.</summary>
    public required long DevicesCreated { get; init; }

    /// <summary>Lines that created none.</summary>
    public required long LinesFailed { get; init; }

    /// <summary>Why the import ended before its end; null otherwise.</summary>
    public ErrorObject? Error { get; init; }
}
