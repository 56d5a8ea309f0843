using System.Runtime.CompilerServices;
using Plateau.Contracts;
using Plateau.Telemetry;

namespace Plateau.Server.Telemetry;

/// <summary>A device's records in order, rows and chunks as one.</summary>
internal sealed class StateHistory(IStateReader reader)
{
    private const int StreamedAtOnce = 2_000;
    private const int MostChunksAtOnce = 32;
    private const long MicrosecondsPerSecond = 1_000_000;

    /// <summary>Reads the first records of a range.</summary>
    /// <param name="device">The device.</param>
    /// <param name="range">Which of its records.</param>
    /// <param name="reference">Only those with this reference; null for all.</param>
    /// <param name="newestFirst">Whether they come in descending order, else ascending.</param>
    /// <param name="limit">How many at the most.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task<List<StateRecord>> ReadAsync(
        DeviceId device, KeyRange range, string? reference, bool newestFirst, int limit, CancellationToken cancel)
    {
        if (reference is null)
        {
            return await ReadAllAsync(device, range, newestFirst, limit, cancel);
        }
        var found = new List<StateRecord>();
        await foreach (var record in StreamAsync(device, range, reference, newestFirst, cancel))
        {
            found.Add(record);
            if (found.Count == limit)
            {
                break;
            }
        }
        return found;
    }

    /// <summary>All records of a range, read piece by piece.</summary>
    /// <param name="device">The device.</param>
    /// <param name="range">Which of its records.</param>
    /// <param name="reference">Only those with this reference; null for all.</param>
    /// <param name="newestFirst">Whether they come in descending order, else ascending.</param>
    /// <param name="cancel">Gives up.</param>
    public async IAsyncEnumerable<StateRecord> StreamAsync(
        DeviceId device, KeyRange range, string? reference, bool newestFirst,
        [EnumeratorCancellation] CancellationToken cancel)
    {
        while (true)
        {
            var records = await ReadAllAsync(device, range, newestFirst, StreamedAtOnce, cancel);
            foreach (var record in records)
            {
                if (reference is null || string.Equals(record.RecordReferenceId, reference, StringComparison.Ordinal))
                {
                    yield return record;
                }
            }
            if (records.Count < StreamedAtOnce)
            {
                yield break;
            }
            var last = KeyBound.At(records[^1].Key);
            range = newestFirst ? range with { Before = last } : range with { After = last };
        }
    }

    /// <summary>
    /// Where a record stands that a cursor names. Of one that is gone only the second is known: its place is before all
    /// that is left of that second, so that nothing is skipped.
    /// </summary>
    /// <param name="device">The device.</param>
    /// <param name="id">The id of a record.</param>
    /// <param name="newestFirst">The direction in which reading goes on from it.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task<KeyBound> FindPlaceAsync(
        DeviceId device, ObjectId id, bool newestFirst, CancellationToken cancel)
    {
        var start = id.UnixSeconds * MicrosecondsPerSecond;
        var end = start + MicrosecondsPerSecond;
        await foreach (var record in StreamAsync(device, KeyRange.Of(start, end), null, newestFirst, cancel))
        {
            if (record.Key.Tail == id.Tail)
            {
                return KeyBound.At(record.Key);
            }
        }
        return newestFirst ? KeyBound.Before(end) : KeyRange.Of(start, end).After;
    }

    private async Task<List<StateRecord>> ReadAllAsync(
        DeviceId device, KeyRange range, bool newestFirst, int limit, CancellationToken cancel)
    {
        var rows = await reader.ReadRowsAsync(device, range, newestFirst, limit, cancel);
        if (rows.Count == limit)
        {
            // What lies beyond the last row cannot be among the first.
            var edge = rows[^1].Key.UnixMicroseconds;
            range = newestFirst
                ? range with { After = KeyRange.Of(edge, 0).After }
                : range with { Before = KeyBound.Before(edge + 1) };
        }
        var packed = new List<StateRecord>();
        var (firstDay, lastDay) = Days(range);
        var chunksAtOnce = 1;
        while (packed.Count < limit && firstDay <= lastDay)
        {
            var chunks = await reader.ReadChunksAsync(device, firstDay, lastDay, newestFirst, chunksAtOnce, cancel);
            foreach (var chunk in chunks)
            {
                Take(packed, StateChunk.Open(device, chunk.Data), range, newestFirst);
            }
            if (chunks.Count < chunksAtOnce)
            {
                break;
            }
            (firstDay, lastDay) = newestFirst ? (firstDay, chunks[^1].Day - 1) : (chunks[^1].Day + 1, lastDay);
            chunksAtOnce = Math.Min(chunksAtOnce * 2, MostChunksAtOnce);
        }
        return Merge(rows, packed, newestFirst, limit);
    }

    private static (int FirstDay, int LastDay) Days(KeyRange range) => (
        StoredChunk.DayOf(Math.Max(range.After.Time, 0)),
        StoredChunk.DayOf(Math.Min(range.Before.Time, StoredChunk.StartOf(int.MaxValue / 2))));

    private static void Take(List<StateRecord> packed, StateChunk chunk, KeyRange range, bool newestFirst)
    {
        var records = chunk.ReadRecords(range.After.Time, range.Before.Time == long.MaxValue
            ? long.MaxValue
            : range.Before.Time + 1);
        if (newestFirst)
        {
            Array.Reverse(records);
        }
        foreach (var record in records)
        {
            if (range.Contains(record.Key))
            {
                packed.Add(record);
            }
        }
    }

    // A record that was folded between the two looks is in both lists.
    private static List<StateRecord> Merge(
        List<StateRecord> rows, List<StateRecord> packed, bool newestFirst, int limit)
    {
        if (packed.Count == 0 || rows.Count == 0)
        {
            var only = packed.Count == 0 ? rows : packed;
            return only.Count <= limit ? only : only.GetRange(0, limit);
        }
        var merged = new List<StateRecord>(Math.Min(rows.Count + packed.Count, limit));
        var (row, pack) = (0, 0);
        while (merged.Count < limit && (row < rows.Count || pack < packed.Count))
        {
            var order = row == rows.Count ? 1
                : pack == packed.Count ? -1
                : rows[row].Key.CompareTo(packed[pack].Key) * (newestFirst ? -1 : 1);
            merged.Add(order <= 0 ? rows[row] : packed[pack]);
            row += order <= 0 ? 1 : 0;
            pack += order >= 0 ? 1 : 0;
        }
        return merged;
    }
}
