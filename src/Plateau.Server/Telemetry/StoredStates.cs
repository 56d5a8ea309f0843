using Plateau.Telemetry;

namespace Plateau.Server.Telemetry;

/// <summary>A place in the order of a device's records, at or between two of them.</summary>
/// <param name="Time">Microseconds since 1970-01-01T00:00:00Z.</param>
/// <param name="SortableTail">The tail as stores keep it.</param>
internal readonly record struct KeyBound(long Time, long SortableTail) : IComparable<KeyBound>
{
    /// <summary>The place of a record.</summary>
    public static KeyBound At(StateRecordKey key) => new(key.UnixMicroseconds, key.SortableTail);

    /// <summary>The place before every record of a time and after every earlier one.</summary>
    public static KeyBound Before(long time) => new(time, long.MinValue);

    /// <summary>The order of a device's records.</summary>
    public int CompareTo(KeyBound other) =>
        Time != other.Time ? Time.CompareTo(other.Time) : SortableTail.CompareTo(other.SortableTail);
}

/// <summary>A part of a device's records: those after one place and before another.</summary>
/// <param name="After">Where it begins; a record just there does not belong to it.</param>
/// <param name="Before">Where it ends; a record just there does not belong to it.</param>
internal readonly record struct KeyRange(KeyBound After, KeyBound Before)
{
    /// <summary>The records of a time.</summary>
    /// <param name="start">The first time, microseconds since 1970-01-01T00:00:00Z.</param>
    /// <param name="end">Its end, exclusive.</param>
    public static KeyRange Of(long start, long end) => new(new(start - 1, long.MaxValue), KeyBound.Before(end));

    /// <summary>The part of it before a place.</summary>
    public KeyRange Until(KeyBound place) => place.CompareTo(Before) < 0 ? this with { Before = place } : this;

    /// <summary>The part of it after a place.</summary>
    public KeyRange From(KeyBound place) => place.CompareTo(After) > 0 ? this with { After = place } : this;

    /// <summary>Whether a record belongs to it.</summary>
    public bool Contains(StateRecordKey key) =>
        KeyBound.At(key).CompareTo(After) > 0 && KeyBound.At(key).CompareTo(Before) < 0;
}

/// <summary>A chunk as it is stored.</summary>
/// <param name="Day">The UTC day of its records, days since 1970-01-01.</param>
/// <param name="FirstTime">Time of its first record, microseconds since 1970-01-01T00:00:00Z.</param>
/// <param name="LastTime">Time of its last record.</param>
/// <param name="Records">How many records it has.</param>
/// <param name="Latest">A chunk of the records of its last time alone, for whoever wants no others.</param>
/// <param name="Data">Its bytes.</param>
internal sealed record StoredChunk(int Day, long FirstTime, long LastTime, int Records, byte[] Latest, byte[] Data)
{
    private const long DayMicroseconds = 86_400_000_000;

    /// <summary>The day of a time, days since 1970-01-01.</summary>
    /// <param name="microseconds">Microseconds since 1970-01-01T00:00:00Z, 0 or more.</param>
    public static int DayOf(long microseconds) => (int)(microseconds / DayMicroseconds);

    /// <summary>When a day begins, microseconds since 1970-01-01T00:00:00Z.</summary>
    public static long StartOf(int day) => day * DayMicroseconds;

    /// <summary>Packs the records of a day, ascending.</summary>
    public static StoredChunk Of(int day, IReadOnlyList<StateRecord> records) =>
        new(
            day, records[0].Key.UnixMicroseconds, records[^1].Key.UnixMicroseconds, records.Count,
            StateChunk.Encode(OfLastTime(records)), StateChunk.Encode(records));

    private static List<StateRecord> OfLastTime(IReadOnlyList<StateRecord> records)
    {
        var last = records[^1].Key.UnixMicroseconds;
        var first = records.Count - 1;
        while (first > 0 && records[first - 1].Key.UnixMicroseconds == last)
        {
            first--;
        }
        return [.. records.Skip(first)];
    }
}
