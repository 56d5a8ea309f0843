using System.ComponentModel.DataAnnotations;

namespace Plateau.Server.Telemetry;

/// <summary>Taking states in.</summary>
internal sealed class TelemetryOptions
{
    /// <summary>Records held in memory before submissions are refused with 503. Default 10 000.</summary>
    [Range(1, 1_000_000)]
    public int QueueCapacity { get; set; } = 10_000;

    /// <summary>Records a commit at the most. Default 1 000.</summary>
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
}
