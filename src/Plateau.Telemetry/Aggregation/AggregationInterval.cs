namespace Plateau.Telemetry;

/// <summary>How long buckets are, on the clock and calendar of a time zone.</summary>
public enum AggregationInterval
{
    /// <summary>Five minutes of the local clock.</summary>
    FiveMinutes,

    /// <summary>Fifteen minutes of the local clock.</summary>
    FifteenMinutes,

    /// <summary>Thirty minutes of the local clock.</summary>
    ThirtyMinutes,

    /// <summary>An hour of the local clock.</summary>
    Hour,

    /// <summary>A local day, of 23 to 25 hours.</summary>
    Day,

    /// <summary>A local month.</summary>
    Month,
}
