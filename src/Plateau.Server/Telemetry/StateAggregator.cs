using System.Buffers;
using Plateau.Contracts;
using Plateau.Telemetry;

namespace Plateau.Server.Telemetry;

/// <summary>Sums up the records of devices, rows and chunks as one, without building the records.</summary>
internal sealed class StateAggregator(IStateReader reader)
{
    private const int ChunksAtOnce = 512;

    /// <summary>Sums up.</summary>
    /// <param name="devices">The devices.</param>
    /// <param name="edges">Edges of the buckets, microseconds since 1970-01-01T00:00:00Z, ascending.</param>
    /// <param name="gapLimit">How long a power holds at the most, µs.</param>
    /// <param name="now">The last record's power holds no longer than this.</param>
    /// <param name="cancel">Gives up.</param>
    /// <returns>The buckets of each device, in the order of the devices.</returns>
    public async Task<StateBucket[][]> AggregateAsync(
        IReadOnlyList<DeviceId> devices, long[] edges, long gapLimit, long now, CancellationToken cancel)
    {
        var start = Math.Max(edges[0] - gapLimit, 0);
        var end = edges[^1];
        var lastDay = StoredChunk.DayOf(end - 1);
        var daysAtOnce = Math.Max(1, ChunksAtOnce / devices.Count);
        var (rows, chunks) = await reader.ReadSamplesAsync(
            devices, start, end, DaysFrom(StoredChunk.DayOf(start)), cancel);
        var sums = new DeviceSamples[devices.Count];
        for (var index = 0; index < sums.Length; index++)
        {
            sums[index] = new(devices[index], rows[index], new DeviceAggregation(edges, gapLimit), start, end);
        }
        AddAll();
        for (var day = StoredChunk.DayOf(start) + daysAtOnce; day <= lastDay; day += daysAtOnce)
        {
            chunks = await reader.ReadPackedSamplesAsync(devices, DaysFrom(day), cancel);
            AddAll();
        }
        return Array.ConvertAll(sums, one => one.Finish(now));

        PackedRange DaysFrom(int day) => new(day, Math.Min(day + daysAtOnce - 1, lastDay), edges[0]);

        void AddAll() => Parallel.For(0, sums.Length, index => chunks[index].ForEach(sums[index].Add));
    }

    /// <summary>One device's samples on their way into its buckets, in order.</summary>
    private sealed class DeviceSamples(
        DeviceId device, List<StateSample> rows, DeviceAggregation sums, long start, long end)
    {
        private int _next;

        public void Add(PackedSamples stored)
        {
            AddRowsBefore(stored.FirstTime);
            var chunk = StateChunk.Open(device, stored.Data);
            if (_next < rows.Count && rows[_next].UnixMicroseconds <= stored.LastTime)
            {
                AddBesideRows(chunk);
                return;
            }
            var times = ArrayPool<long>.Shared.Rent(chunk.Count);
            var numbers = ArrayPool<double>.Shared.Rent(chunk.Count * 2);
            var charges = numbers.AsSpan(0, chunk.Count);
            var powers = numbers.AsSpan(chunk.Count, chunk.Count);
            chunk.ReadSamples(times.AsSpan(0, chunk.Count), charges, powers);
            var first = times.AsSpan(0, chunk.Count).BinarySearch(new AtLeast(start));
            var last = times.AsSpan(0, chunk.Count).BinarySearch(new AtLeast(end));
            sums.Add(times.AsSpan(~first..~last), charges[~first..~last], powers[~first..~last]);
            ArrayPool<long>.Shared.Return(times);
            ArrayPool<double>.Shared.Return(numbers);
        }

        public StateBucket[] Finish(long now)
        {
            AddRowsBefore(long.MaxValue);
            return sums.Finish(now);
        }

        private void AddRowsBefore(long time)
        {
            while (_next < rows.Count && rows[_next].UnixMicroseconds < time)
            {
                Add(rows[_next++]);
            }
        }

        // A record that was folded between the two looks is a row and packed; its key tells.
        private void AddBesideRows(StateChunk chunk)
        {
            foreach (var record in chunk.ReadRecords(start, end))
            {
                var order = 1;
                while (_next < rows.Count
                    && (order = Compare(rows[_next], record.Key)) < 0)
                {
                    Add(rows[_next++]);
                }
                if (_next < rows.Count && order == 0)
                {
                    _next++;
                }
                sums.Add(record.Key.UnixMicroseconds, record.StateOfChargePercent, record.BatteryPowerKw);
            }
        }

        // The complement of where a search ends is the first time that is not before another; no time is equal to it.
        private readonly struct AtLeast(long time) : IComparable<long>
        {
            public int CompareTo(long other) => time <= other ? -1 : 1;
        }

        private static int Compare(StateSample row, StateRecordKey key) =>
            (row.UnixMicroseconds, row.Tail).CompareTo((key.UnixMicroseconds, key.Tail));

        private void Add(StateSample sample) =>
            sums.Add(sample.UnixMicroseconds, sample.StateOfChargePercent, sample.BatteryPowerKw);
    }
}
