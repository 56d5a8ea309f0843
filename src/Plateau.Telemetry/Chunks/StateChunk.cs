using System.Buffers.Binary;
using Plateau.Contracts;

namespace Plateau.Telemetry;

/// <summary>
/// Records of one device in one compressed piece, exactly reversible; its columns are read one by one. The form is
/// described in <c>FORMAT.md</c> beside this file.
/// </summary>
public sealed class StateChunk
{
    /// <summary>Records a chunk may have.</summary>
    public const int MaxRecords = 1_000_000;

    internal const byte Version = 1;

    private readonly DeviceId _device;
    private readonly ReadOnlyMemory<byte> _bytes;
    private readonly Dictionary<ColumnTag, Range> _columns = [];

    private StateChunk(DeviceId device, ReadOnlyMemory<byte> bytes)
    {
        _device = device;
        _bytes = bytes;
        var reader = new ChunkReader(bytes.Span);
        if (reader.ReadByte() is var version && version != Version)
        {
            throw new DamagedChunkException($"A chunk has the version {version}; this is version {Version}.");
        }
        Count = reader.ReadCount(MaxRecords);
        while (!reader.AtEnd)
        {
            var tag = (ColumnTag)reader.ReadByte();
            var length = reader.ReadBlock().Length;
            var end = bytes.Length - reader.Remaining;
            if (!Enum.IsDefined(tag) || !_columns.TryAdd(tag, (end - length)..end))
            {
                throw new DamagedChunkException($"A chunk has an unknown or a second column {(byte)tag}.");
            }
        }
        if (Count == 0)
        {
            throw new DamagedChunkException("A chunk has no records.");
        }
    }

    /// <summary>How many records it has, 1 to <see cref="MaxRecords"/>.</summary>
    public int Count { get; }

    /// <summary>Packs records.</summary>
    /// <param name="records">
    /// 1 to <see cref="MaxRecords"/> records of one device, ascending by time and then tail, none twice.
    /// </param>
    /// <exception cref="ArgumentException">
    /// There are none or too many, their order is another, or devices differ.
    /// </exception>
    public static byte[] Encode(IReadOnlyList<StateRecord> records) => ChunkEncoder.Encode(records);

    /// <summary>
    /// Opens a chunk: its checksum and the table of its columns are checked, its values when they are read.
    /// </summary>
    /// <param name="device">The device whose records it has.</param>
    /// <param name="bytes">What <see cref="Encode"/> gave; must not change while the chunk is used.</param>
    /// <exception cref="DamagedChunkException">The bytes are not a chunk of this version.</exception>
    public static StateChunk Open(DeviceId device, ReadOnlyMemory<byte> bytes)
    {
        var content = bytes.Length - ChunkChecksum.Size;
        if (content < 0 || BinaryPrimitives.ReadUInt32LittleEndian(bytes.Span[content..])
            != ChunkChecksum.Of(bytes.Span[..content]))
        {
            throw new DamagedChunkException("The checksum of a chunk is wrong.");
        }
        return new StateChunk(device, bytes[..content]);
    }

    /// <summary>The times, microseconds since 1970-01-01T00:00:00Z, ascending, one a record.</summary>
    /// <exception cref="DamagedChunkException">The column is missing or not what was written.</exception>
    public long[] ReadTimes()
    {
        var times = new long[Count];
        ReadTimes(times);
        return times;
    }

    /// <summary>What is summed up of the records, each as many as there are.</summary>
    /// <param name="times">Takes the times, microseconds since 1970-01-01T00:00:00Z, ascending.</param>
    /// <param name="statesOfCharge">Takes the states of charge, %, 0–100.</param>
    /// <param name="batteryPowers">
    /// Takes the battery powers, kW, positive charges; NaN where none was measured.
    /// </param>
    /// <exception cref="DamagedChunkException">A column is missing or not what was written.</exception>
    public void ReadSamples(Span<long> times, Span<double> statesOfCharge, Span<double> batteryPowers)
    {
        ReadTimes(times);
        ReadNumbers(ColumnTag.StateOfCharge, statesOfCharge);
        ReadOptionalNumbers(ColumnTag.BatteryPower, batteryPowers);
    }

    private void ReadTimes(Span<long> times)
    {
        ReadIntegers(ColumnTag.Time, times);
        for (var index = 1; index < times.Length; index++)
        {
            if (times[index] < times[index - 1])
            {
                throw new DamagedChunkException("The times of a chunk are not in order.");
            }
        }
    }

    /// <summary>All records, ascending by time and then tail.</summary>
    /// <exception cref="DamagedChunkException">A column is missing or not what was written.</exception>
    public StateRecord[] ReadRecords() => ReadRecords(.., ReadTimes());

    /// <summary>The records of a time, ascending by time and then tail; often all that is wanted of a day.</summary>
    /// <param name="startMicroseconds">The first time, microseconds since 1970-01-01T00:00:00Z.</param>
    /// <param name="endMicroseconds">The end of the time, exclusive.</param>
    /// <exception cref="DamagedChunkException">A column is missing or not what was written.</exception>
    public StateRecord[] ReadRecords(long startMicroseconds, long endMicroseconds)
    {
        var times = ReadTimes();
        var start = CountBefore(times, startMicroseconds);
        var end = Math.Max(start, CountBefore(times, endMicroseconds));
        return start == end ? [] : ReadRecords(start..end, times);
    }

    // Every column is read whole; the key of a record, which takes a hash, is made only for those that are asked for.
    private StateRecord[] ReadRecords(Range range, long[] times)
    {
        var delays = ReadIntegers(ColumnTag.AcceptanceDelay, Count);
        var locations = ReadLocations();
        var charges = ReadNumbers(ColumnTag.StateOfCharge);
        var targets = ReadNumbers(ColumnTag.TargetStateOfCharge);
        var powers = ReadOptionalNumbers(ColumnTag.BatteryPower);
        var energies = ReadOptionalNumbers(ColumnTag.EnergyRemaining);
        var reserves = ReadOptionalNumbers(ColumnTag.BackupReserve);
        var references = ReadReferences();
        var tails = ReadIntegers(ColumnTag.Tail, references.Count(reference => reference is null));
        var (start, count) = range.GetOffsetAndLength(Count);
        var nextTail = references.AsSpan(0, start).Count((string?)null);
        var records = new StateRecord[count];
        for (var number = 0; number < count; number++)
        {
            var index = start + number;
            records[number] = new StateRecord
            {
                Key = references[index] is { } reference
                    ? StateRecordKey.ForReference(_device, times[index], reference)
                    : new StateRecordKey(_device, times[index], (ulong)tails[nextTail++]),
                CreatedUnixMilliseconds = unchecked(delays[index] + Milliseconds(times[index])),
                LocationId = locations[index],
                StateOfChargePercent = charges[index],
                TargetStateOfChargePercent = targets[index],
                BatteryPowerKw = Optional(powers[index]),
                EnergyRemainingKwh = Optional(energies[index]),
                BackupReservePercent = Optional(reserves[index]),
                RecordReferenceId = references[index],
            };
        }
        return records;
    }

    private static int CountBefore(long[] times, long microseconds)
    {
        var (low, high) = (0, times.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = times[middle] < microseconds ? (middle + 1, high) : (low, middle);
        }
        return low;
    }

    /// <summary>Whole milliseconds of a time in microseconds.</summary>
    internal static long Milliseconds(long microseconds) => microseconds / 1_000;

    private ChunkReader Column(ColumnTag tag) => _columns.TryGetValue(tag, out var range)
        ? new ChunkReader(_bytes.Span[range])
        : throw new DamagedChunkException($"A chunk has no column {tag}.");

    private long[] ReadIntegers(ColumnTag tag, int count)
    {
        var integers = new long[count];
        if (count > 0)
        {
            ReadIntegers(tag, integers);
        }
        return integers;
    }

    private void ReadIntegers(ColumnTag tag, Span<long> integers)
    {
        var column = Column(tag);
        IntegerColumn.Read(ref column, integers);
        column.ExpectEnd();
    }

    private double[] ReadNumbers(ColumnTag tag)
    {
        var numbers = new double[Count];
        ReadNumbers(tag, numbers);
        return numbers;
    }

    private void ReadNumbers(ColumnTag tag, Span<double> numbers)
    {
        var column = Column(tag);
        NumberColumn.Read(ref column, numbers);
        column.ExpectEnd();
    }

    private double[] ReadOptionalNumbers(ColumnTag tag)
    {
        var numbers = new double[Count];
        ReadOptionalNumbers(tag, numbers);
        return numbers;
    }

    // NaN stands for what is missing: a number of a chunk is finite.
    private void ReadOptionalNumbers(ColumnTag tag, Span<double> numbers)
    {
        if (!_columns.ContainsKey(tag))
        {
            numbers.Fill(double.NaN);
            return;
        }
        var column = Column(tag);
        var present = Presence.Read(ref column, Count, out var many);
        NumberColumn.Read(ref column, numbers[..many]);
        column.ExpectEnd();
        for (var index = numbers.Length - 1; present is not null && index >= 0; index--)
        {
            numbers[index] = present[index] ? numbers[--many] : double.NaN;
        }
    }

    private static double? Optional(double number) => double.IsNaN(number) ? null : number;

    private string?[] ReadReferences()
    {
        var references = new string?[Count];
        if (!_columns.ContainsKey(ColumnTag.Reference))
        {
            return references;
        }
        var column = Column(ColumnTag.Reference);
        var present = Presence.Read(ref column, Count, out var many);
        var texts = new string[many];
        TextColumn.Read(ref column, texts);
        column.ExpectEnd();
        var next = 0;
        for (var index = 0; index < references.Length; index++)
        {
            references[index] = present?[index] is false ? null : texts[next++];
        }
        return references;
    }

    private LocationId[] ReadLocations()
    {
        var column = Column(ColumnTag.Location);
        var places = new LocationId[column.ReadCount(Count)];
        for (var index = 0; index < places.Length; index++)
        {
            places[index] = new LocationId(ObjectId.Read(column.Take(ObjectId.Size)));
        }
        var indexes = new long[Count];
        IntegerColumn.Read(ref column, indexes);
        column.ExpectEnd();
        return Array.ConvertAll(indexes, index => index >= 0 && index < places.Length
            ? places[index]
            : throw new DamagedChunkException($"A chunk has no place {index}."));
    }
}
