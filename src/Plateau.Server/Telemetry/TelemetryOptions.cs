using System.ComponentModel.DataAnnotations;

namespace Plateau.Server.Telemetry;

/// <summary>Taking states in.</summary>
internal sealed class TelemetryOptions
{
    /// <summary>Records held in memory before submissions are refused with 503. Default 10 000.</summary>
    [Range(1, 1_000_000)]
    public int QueueCapacity { get; set; } = 10_000;

    /// <summary>
    /// Records a commit at the most; four times as many of batches while no single submissions come. Default 1 000.
    /// </summary>
    [Range(1, 10_000)]
    public int MaxBatch { get; set; } = 1_000;

    /// <summary>
    /// Seconds after its arrival for which a record is tried again while the store is out of reach, before 503.
    /// Default 3.
    /// </summary>
    [Range(0, 60)]
    public int RepeatForSeconds { get; set; } = 3;

    /// <summary>Seconds a record's time may be ahead of the server's. Default 300.</summary>
    [Range(0, 86_400)]
    public int MaxAheadSeconds { get; set; } = 300;

    /// <summary>
    /// Batches read at once; one more is answered 503. Each takes up to 16 MiB and its records. Default 16.
    /// </summary>
    [Range(1, 1_000)]
    public int MaxBatches { get; set; } = 16;

    /// <summary>Imports of states or devices under way at once; one more is answered 503. Default 8.</summary>
    [Range(1, 1_000)]
    public int MaxImports { get; set; } = 8;

    /// <summary>
    /// Exports of customers and histories as CSV under way at once; one more is answered 503. Default 16.
    /// </summary>
    [Range(1, 1_000)]
    public int MaxExports { get; set; } = 16;

    /// <summary>Event streams open at once; one more is answered 503. Default 200.</summary>
    [Range(1, 10_000)]
    public int MaxStreams { get; set; } = 200;

    /// <summary>
    /// Minutes for which a record's power holds in sums of energy when no other record follows. Default 15.
    /// </summary>
    [Range(1, 1_440)]
    public int GapLimitMinutes { get; set; } = 15;

    /// <summary>
    /// Minutes for which records stay rows before they may be packed; a device is packed when its oldest row is twice
    /// as old. Older records that come in bulk are packed at once. Default 120.
    /// </summary>
    [Range(0, 10_080)]
    public int PackAfterMinutes { get; set; } = 120;

    /// <summary>Seconds between two looks for what is to be packed, or past its retention. Default 60.</summary>
    [Range(1, 86_400)]
    public int PackEverySeconds { get; set; } = 60;
}
