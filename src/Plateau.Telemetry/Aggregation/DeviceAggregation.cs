namespace Plateau.Telemetry;

/// <summary>
/// Sums up the records of one device in buckets. A record's power holds until the next record, but no longer than the
/// gap limit: beyond it nothing is known.
/// </summary>
/// <param name="edges">Edges of the buckets, microseconds since 1970-01-01T00:00:00Z, ascending, two or more.</param>
/// <param name="gapLimitMicroseconds">How long a power holds at the most, µs.</param>
public sealed class DeviceAggregation(long[] edges, long gapLimitMicroseconds)
{
    private readonly BucketSums[] _sums = new BucketSums[edges.Length - 1];

    // The bucket that the next record is looked for from; records only move on.
    private int _bucket;
    private long _heldSince;
    private double _heldPowerKw = double.NaN;

    /// <summary>
    /// Takes the next record. Those before the first edge count for the power they leave; at least the last one of them
    /// within the gap limit should come, and the first one after the last edge.
    /// </summary>
    /// <param name="unixMicroseconds">Its time, not before the last one's.</param>
    /// <param name="stateOfChargePercent">State of charge, %, 0–100.</param>
    /// <param name="batteryPowerKw">Battery power, kW, positive charges; null when it was not measured.</param>
    public void Add(long unixMicroseconds, double stateOfChargePercent, double? batteryPowerKw) =>
        Add([unixMicroseconds], [stateOfChargePercent], [batteryPowerKw ?? double.NaN]);

    /// <summary>Takes the next records, as <see cref="Add(long, double, double?)"/> takes one.</summary>
    /// <param name="unixMicroseconds">Their times, ascending, none before the last one's.</param>
    /// <param name="stateOfChargePercent">States of charge, %, 0–100, as many.</param>
    /// <param name="batteryPowerKw">Battery powers, kW, positive charges, as many; NaN where none was measured.</param>
    public void Add(
        ReadOnlySpan<long> unixMicroseconds, ReadOnlySpan<double> stateOfChargePercent,
        ReadOnlySpan<double> batteryPowerKw)
    {
        for (var start = 0; start < unixMicroseconds.Length;)
        {
            Hold(unixMicroseconds[start]);
            var end = start + 1;
            if (unixMicroseconds[start] >= edges[0] && unixMicroseconds[start] < edges[^1])
            {
                while (unixMicroseconds[start] >= edges[_bucket + 1])
                {
                    _bucket++;
                }
                while (end < unixMicroseconds.Length && unixMicroseconds[end] < edges[_bucket + 1])
                {
                    end++;
                }
                _sums[_bucket].Take(
                    unixMicroseconds[start..end], stateOfChargePercent[start..end], batteryPowerKw[start..end],
                    gapLimitMicroseconds);
            }
            _heldSince = unixMicroseconds[end - 1];
            _heldPowerKw = batteryPowerKw[end - 1];
            start = end;
        }
    }

    /// <summary>The buckets, in order, one between each two edges.</summary>
    /// <param name="nowUnixMicroseconds">The last record's power holds no longer than this.</param>
    public StateBucket[] Finish(long nowUnixMicroseconds)
    {
        Hold(nowUnixMicroseconds);
        _heldPowerKw = double.NaN;
        return Array.ConvertAll(_sums, sums => sums.ToBucket());
    }

    // Gives each bucket its part of what the held power moved until a time.
    private void Hold(long until)
    {
        if (double.IsNaN(_heldPowerKw))
        {
            return;
        }
        var from = Math.Max(_heldSince, edges[0]);
        var to = Math.Min(Math.Min(until, _heldSince + gapLimitMicroseconds), edges[^1]);
        for (var bucket = _bucket; from < to; bucket++)
        {
            var end = Math.Min(to, edges[bucket + 1]);
            if (end > from)
            {
                _sums[bucket].Move(_heldPowerKw, end - from);
                from = end;
            }
        }
    }
}
