using Plateau.Contracts;
using Plateau.Server.Http;

namespace Plateau.Server.Telemetry;

/// <summary>The time of the records that are asked for.</summary>
/// <param name="Start">The first time; null from the first record.</param>
/// <param name="End">The end, exclusive; null to the last record.</param>
internal readonly record struct TimeRange(DateTimeOffset? Start, DateTimeOffset? End)
{
    /// <summary>The parameter of <see cref="Start"/>.</summary>
    public static readonly QueryParameter StartTime =
        QueryParameter.Time("start_time", "Records from this time on. RFC 3339; a plus is sent as `%2B`.");

    /// <summary>The parameter of <see cref="End"/>.</summary>
    public static readonly QueryParameter EndTime =
        QueryParameter.Time("end_time", "Records before this time. RFC 3339; a plus is sent as `%2B`.");

    /// <summary>Reads both parameters; the end must be after the start.</summary>
    public static TimeRange Read(QueryReader query)
    {
        var range = new TimeRange(query.Time(StartTime.Name), query.Time(EndTime.Name));
        if (range.End <= range.Start)
        {
            query.Refuse(EndTime.Name, "end_time_invalid", "end_time must be after start_time.");
        }
        return range;
    }

    /// <summary>The records of this time.</summary>
    public KeyRange ToKeys() => KeyRange.Of(
        Start is { } start ? Instant.ToUnixMicroseconds(start) : 0,
        End is { } end ? Instant.ToUnixMicroseconds(end) : long.MaxValue);
}
