using Plateau.Telemetry;

namespace Plateau.Server.Telemetry;

/// <summary>Which of a device's records is the latest: by time, then by acceptance, then by id.</summary>
internal static class LatestState
{
    /// <summary>The later of a record, if there is one, and those of a chunk.</summary>
    public static StateRecord Of(StateRecord? record, StateChunk chunk)
    {
        var last = chunk.ReadTimes()[^1];
        var latest = record;
        foreach (var other in chunk.ReadRecords(last, last + 1))
        {
            latest = latest is null || IsLater(other, latest) ? other : latest;
        }
        return latest ?? throw new InvalidOperationException("A chunk has no record of its last time.");
    }

    private static bool IsLater(StateRecord one, StateRecord other) =>
        (one.Key.UnixMicroseconds, one.CreatedUnixMilliseconds, one.Key.Tail).CompareTo(
            (other.Key.UnixMicroseconds, other.CreatedUnixMilliseconds, other.Key.Tail)) > 0;
}
