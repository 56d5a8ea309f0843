using Plateau.Contracts;
using Plateau.Server.Devices;
using Plateau.Telemetry;

namespace Plateau.Server.Telemetry;

/// <summary>
/// Merges records with what is kept of their devices and days. Pure: stores read before and write after.
/// </summary>
internal static class PastRecords
{
    /// <summary>A day of a device.</summary>
    internal readonly record struct DeviceDay(DeviceId DeviceId, int Day)
    {
        /// <summary>The day of a record.</summary>
        public static DeviceDay Of(StateRecordKey key) => new(key.DeviceId, StoredChunk.DayOf(key.UnixMicroseconds));
    }

    /// <summary>What is kept of the devices and days of some records.</summary>
    /// <param name="Devices">The devices that are there.</param>
    /// <param name="Packed">The bytes of the chunks that are there.</param>
    /// <param name="Rows">The records of the days that are rows.</param>
    internal sealed record Kept(
        IReadOnlyDictionary<DeviceId, HeldDevice> Devices, IReadOnlyDictionary<DeviceDay, byte[]> Packed,
        IReadOnlyDictionary<StateRecordKey, StateRecord> Rows)
    {
        /// <summary>Whether records are decided alike by another look at the same devices and days.</summary>
        public bool IsSameAs(Kept other) =>
            Devices.Count == other.Devices.Count && Packed.Count == other.Packed.Count && Rows.Count == other.Rows.Count
            && Devices.All(one => other.Devices.GetValueOrDefault(one.Key) is { } device && device.IsSameAs(one.Value))
            && Packed.All(one => one.Value.AsSpan().SequenceEqual(other.Packed.GetValueOrDefault(one.Key)))
            && Rows.All(one => one.Value == other.Rows.GetValueOrDefault(one.Key));
    }

    /// <summary>What becomes of some records.</summary>
    /// <param name="Outcomes">Of each of them; null of those that are left to the way of fresh records.</param>
    /// <param name="Chunks">The chunks that are new or other than before.</param>
    internal sealed record Decision(
        SubmissionOutcome?[] Outcomes, IReadOnlyList<(DeviceId Device, StoredChunk Chunk)> Chunks);

    /// <summary>The devices and days of some records, each once.</summary>
    public static HashSet<DeviceDay> PlacesOf(IReadOnlyList<PendingRecord> records) =>
        [.. records.Select(pending => DeviceDay.Of(pending.Record.Key))];

    /// <summary>Decides what becomes of records, and packs those that are new.</summary>
    /// <param name="records">The records.</param>
    /// <param name="kept">What is kept of their devices and days.</param>
    public static Decision Decide(IReadOnlyList<PendingRecord> records, Kept kept)
    {
        var outcomes = new SubmissionOutcome?[records.Count];
        for (var index = 0; index < records.Count; index++)
        {
            // What an earlier try may have kept is looked for first, whatever has happened to its device since.
            var device = kept.Devices.GetValueOrDefault(records[index].Record.Key.DeviceId);
            outcomes[index] = records[index].MayBeKept ? null : SubmissionRules.CheckHeld(records[index], device);
        }
        var chunks = new List<(DeviceId, StoredChunk)>();
        foreach (var (place, numbers) in Group(records, outcomes))
        {
            try
            {
                if (Merge(place, numbers, records, kept, outcomes) is { } chunk)
                {
                    chunks.Add((place.DeviceId, chunk));
                }
            }
            catch (DamagedChunkException)
            {
                // Of this day nothing can be told; the others are not kept out by it.
                numbers.ForEach(number => outcomes[number] = SubmissionResult.Failed);
            }
        }
        return new Decision(outcomes, chunks);
    }

    // Which records are still to be decided, by device and day, in the order of their keys.
    private static Dictionary<DeviceDay, List<int>> Group(
        IReadOnlyList<PendingRecord> records, SubmissionOutcome?[] outcomes)
    {
        var groups = new Dictionary<DeviceDay, List<int>>();
        for (var index = 0; index < records.Count; index++)
        {
            if (outcomes[index] is not null)
            {
                continue;
            }
            var place = DeviceDay.Of(records[index].Record.Key);
            if (!groups.TryGetValue(place, out var group))
            {
                groups.Add(place, group = []);
            }
            group.Add(index);
        }
        foreach (var group in groups.Values)
        {
            // Copies stay in the order they came in: the first is kept.
            group.Sort((one, other) =>
                records[one].Record.Key.CompareTo(records[other].Record.Key) is not 0 and var order
                    ? order
                    : one.CompareTo(other));
        }
        return groups;
    }

    // Decides the records of a device's day and packs what is new with what was packed; null when nothing was added.
    // Records that are rows stay rows.
    private static StoredChunk? Merge(
        DeviceDay place, List<int> numbers, IReadOnlyList<PendingRecord> records, Kept kept,
        SubmissionOutcome?[] outcomes)
    {
        var packed = kept.Packed.GetValueOrDefault(place);
        var before = packed is null ? [] : StateChunk.Open(place.DeviceId, packed).ReadRecords();
        var merged = new List<StateRecord>(before.Length + numbers.Count);
        var next = 0;
        foreach (var number in numbers)
        {
            var pending = records[number];
            while (next < before.Length && before[next].Key.CompareTo(pending.Record.Key) <= 0)
            {
                merged.Add(before[next++]);
            }
            var known = merged.Count > 0 && merged[^1].Key == pending.Record.Key
                ? merged[^1]
                : kept.Rows.GetValueOrDefault(pending.Record.Key);
            if (pending.MayBeKept && known != pending.Record
                && SubmissionRules.CheckHeld(pending, kept.Devices.GetValueOrDefault(place.DeviceId)) is { } refusal)
            {
                outcomes[number] = refusal;
            }
            else if (known is not null)
            {
                outcomes[number] = SubmissionRules.Judge(pending.Record, known, pending.MayBeKept);
            }
            else if (merged.Count + before.Length - next >= StateChunk.MaxRecords)
            {
                outcomes[number] = SubmissionResult.Postponed;
            }
            else
            {
                merged.Add(pending.Record);
                outcomes[number] = new(SubmissionResult.Kept, pending.Record);
            }
        }
        merged.AddRange(before.AsSpan(next));
        return merged.Count == before.Length ? null : StoredChunk.Of(place.Day, merged);
    }

    /// <summary>Packs rows with the chunks of their days.</summary>
    /// <param name="device">The device.</param>
    /// <param name="rows">Its rows, ascending.</param>
    /// <param name="findChunk">Finds the bytes of a day's chunk; null when there is none.</param>
    /// <returns>The new chunks, and how many of the rows are in them: the first ones.</returns>
    /// <exception cref="InvalidOperationException">A record is both a row and packed.</exception>
    public static (List<StoredChunk> Chunks, int Folded) Fold(
        DeviceId device, IReadOnlyList<StateRecord> rows, Func<int, byte[]?> findChunk)
    {
        var chunks = new List<StoredChunk>();
        var folded = 0;
        while (folded < rows.Count)
        {
            var day = StoredChunk.DayOf(rows[folded].Key.UnixMicroseconds);
            var end = folded;
            while (end < rows.Count && StoredChunk.DayOf(rows[end].Key.UnixMicroseconds) == day)
            {
                end++;
            }
            var data = findChunk(day);
            var before = data is null ? [] : StateChunk.Open(device, data).ReadRecords();
            if (before.Length + end - folded > StateChunk.MaxRecords)
            {
                break;
            }
            chunks.Add(StoredChunk.Of(day, Merge(before, rows, folded..end)));
            folded = end;
        }
        return (chunks, folded);
    }

    /// <summary>A chunk without the records of a range.</summary>
    /// <param name="device">The device.</param>
    /// <param name="chunk">The chunk.</param>
    /// <param name="range">Which records go.</param>
    /// <param name="rest">The chunk of what is left; null when nothing is.</param>
    /// <returns>Whether any record goes.</returns>
    public static bool Erase(DeviceId device, StoredChunk chunk, RangeErasureRow range, out StoredChunk? rest)
    {
        var records = StateChunk.Open(device, chunk.Data).ReadRecords();
        var left = Array.FindAll(
            records, record => !range.Covers(record.Key.UnixMicroseconds, record.CreatedUnixMilliseconds));
        rest = left.Length == 0 ? null : StoredChunk.Of(chunk.Day, left);
        return left.Length < records.Length;
    }

    private static List<StateRecord> Merge(StateRecord[] before, IReadOnlyList<StateRecord> rows, Range range)
    {
        var (start, count) = range.GetOffsetAndLength(rows.Count);
        var merged = new List<StateRecord>(before.Length + count);
        var next = 0;
        for (var index = start; index < start + count; index++)
        {
            while (next < before.Length && before[next].Key.CompareTo(rows[index].Key) < 0)
            {
                merged.Add(before[next++]);
            }
            if (next < before.Length && before[next].Key == rows[index].Key)
            {
                throw new InvalidOperationException("A record is both a row and packed.");
            }
            merged.Add(rows[index]);
        }
        merged.AddRange(before.AsSpan(next));
        return merged;
    }
}
