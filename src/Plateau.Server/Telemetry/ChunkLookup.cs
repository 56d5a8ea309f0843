using Plateau.Contracts;
using Plateau.Telemetry;

namespace Plateau.Server.Telemetry;

/// <summary>
/// Looks records up in the chunks of some device days. Most late records are at times that no chunk has, so the times
/// are unpacked first, and all the rest once a time is met.
/// </summary>
internal sealed class ChunkLookup
{
    private readonly Dictionary<(DeviceId Device, int Day), Entry?> _entries = [];

    /// <summary>Whether the chunk of a device's day was added, be it that there is none.</summary>
    public bool Knows(StateRecordKey key) => _entries.ContainsKey(PlaceOf(key));

    /// <summary>Adds the chunk of a device's day; null when there is none.</summary>
    public void Add(DeviceId device, int day, byte[]? data) =>
        _entries[(device, day)] = data is null ? null : new Entry(StateChunk.Open(device, data));

    /// <summary>The packed record of a key; null when there is none.</summary>
    public StateRecord? Find(StateRecordKey key) => _entries.GetValueOrDefault(PlaceOf(key))?.Find(key);

    /// <summary>Forgets all.</summary>
    public void Clear() => _entries.Clear();

    private static (DeviceId Device, int Day) PlaceOf(StateRecordKey key) =>
        (key.DeviceId, StoredChunk.DayOf(key.UnixMicroseconds));

    private sealed class Entry(StateChunk chunk)
    {
        private readonly long[] _times = chunk.ReadTimes();
        private Dictionary<StateRecordKey, StateRecord>? _records;

        public StateRecord? Find(StateRecordKey key)
        {
            if (Array.BinarySearch(_times, key.UnixMicroseconds) < 0)
            {
                return null;
            }
            _records ??= chunk.ReadRecords().ToDictionary(record => record.Key);
            return _records.GetValueOrDefault(key);
        }
    }
}
