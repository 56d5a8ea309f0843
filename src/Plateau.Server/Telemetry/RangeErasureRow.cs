using Plateau.Contracts;

namespace Plateau.Server.Telemetry;

/// <summary>A range of a device's records that is still to be erased, as it is stored.</summary>
internal sealed class RangeErasureRow
{
    public required DeviceId DeviceId { get; init; }

    /// <summary>When it was asked for: records accepted later stay.</summary>
    public required DateTimeOffset TimeCreated { get; init; }

    /// <summary>The first time of its records.</summary>
    public required DateTimeOffset StartTime { get; init; }

    /// <summary>The end of their times, exclusive.</summary>
    public required DateTimeOffset EndTime { get; init; }

    /// <summary>Whether a record falls under it.</summary>
    public bool Covers(long unixMicroseconds, long createdUnixMilliseconds) =>
        unixMicroseconds >= Instant.ToUnixMicroseconds(StartTime)
        && unixMicroseconds < Instant.ToUnixMicroseconds(EndTime)
        && createdUnixMilliseconds <= TimeCreated.ToUnixTimeMilliseconds();
}
