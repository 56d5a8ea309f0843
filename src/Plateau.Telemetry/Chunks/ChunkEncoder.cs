using System.Buffers;
using System.Buffers.Binary;
using Plateau.Contracts;

namespace Plateau.Telemetry;

/// <summary>Writes chunks.</summary>
internal static class ChunkEncoder
{
    /// <summary>See <see cref="StateChunk.Encode"/>.</summary>
    public static byte[] Encode(IReadOnlyList<StateRecord> records)
    {
        Check(records);
        var output = new ArrayBufferWriter<byte>(1_024);
        output.WriteByte(StateChunk.Version);
        output.WriteCount((uint)records.Count);
        AddIntegers(output, ColumnTag.Time, records, record => record.Key.UnixMicroseconds);
        AddIntegers(output, ColumnTag.AcceptanceDelay, records, record => unchecked(
            record.CreatedUnixMilliseconds - StateChunk.Milliseconds(record.Key.UnixMicroseconds)));
        var unnamed = records.Where(record => record.RecordReferenceId is null).ToList();
        if (unnamed.Count > 0)
        {
            AddIntegers(output, ColumnTag.Tail, unnamed, record => (long)record.Key.Tail);
        }
        AddLocations(output, records);
        AddNumbers(output, ColumnTag.StateOfCharge, records, record => record.StateOfChargePercent);
        AddNumbers(output, ColumnTag.TargetStateOfCharge, records, record => record.TargetStateOfChargePercent);
        AddOptionalNumbers(output, ColumnTag.BatteryPower, records, record => record.BatteryPowerKw);
        AddOptionalNumbers(output, ColumnTag.EnergyRemaining, records, record => record.EnergyRemainingKwh);
        AddOptionalNumbers(output, ColumnTag.BackupReserve, records, record => record.BackupReservePercent);
        AddReferences(output, records);
        var checksum = ChunkChecksum.Of(output.WrittenSpan);
        BinaryPrimitives.WriteUInt32LittleEndian(output.GetSpan(ChunkChecksum.Size), checksum);
        output.Advance(ChunkChecksum.Size);
        return output.WrittenSpan.ToArray();
    }

    private static void Check(IReadOnlyList<StateRecord> records)
    {
        if (records.Count is 0 or > StateChunk.MaxRecords)
        {
            throw new ArgumentException($"A chunk cannot have {records.Count} records.", nameof(records));
        }
        for (var index = 1; index < records.Count; index++)
        {
            var (before, after) = (records[index - 1].Key, records[index].Key);
            if (before.DeviceId != after.DeviceId
                || (before.UnixMicroseconds, before.Tail).CompareTo((after.UnixMicroseconds, after.Tail)) >= 0)
            {
                throw new ArgumentException($"The records {index - 1} and {index} are out of order.", nameof(records));
            }
        }
    }

    private static void AddIntegers(
        ArrayBufferWriter<byte> output, ColumnTag tag, IReadOnlyList<StateRecord> records,
        Func<StateRecord, long> value) =>
        AddColumn(output, tag, column => IntegerColumn.Write(column, [.. records.Select(value)]));

    private static void AddNumbers(
        ArrayBufferWriter<byte> output, ColumnTag tag, IReadOnlyList<StateRecord> records,
        Func<StateRecord, double> value) =>
        AddColumn(output, tag, column => NumberColumn.Write(column, [.. records.Select(value)]));

    private static void AddOptionalNumbers(
        ArrayBufferWriter<byte> output, ColumnTag tag, IReadOnlyList<StateRecord> records,
        Func<StateRecord, double?> value)
    {
        var numbers = records.Select(value).OfType<double>().ToArray();
        if (numbers.Length == 0)
        {
            return;
        }
        AddColumn(output, tag, column =>
        {
            Presence.Write(column, [.. records.Select(record => value(record) is not null)]);
            NumberColumn.Write(column, numbers);
        });
    }

    private static void AddReferences(ArrayBufferWriter<byte> output, IReadOnlyList<StateRecord> records)
    {
        var references = records.Select(record => record.RecordReferenceId).OfType<string>().ToArray();
        if (references.Length == 0)
        {
            return;
        }
        AddColumn(output, ColumnTag.Reference, column =>
        {
            Presence.Write(column, [.. records.Select(record => record.RecordReferenceId is not null)]);
            TextColumn.Write(column, references);
        });
    }

    private static void AddLocations(ArrayBufferWriter<byte> output, IReadOnlyList<StateRecord> records) =>
        AddColumn(output, ColumnTag.Location, column =>
        {
            var places = new Dictionary<LocationId, long>();
            foreach (var record in records)
            {
                places.TryAdd(record.LocationId, places.Count);
            }
            column.WriteCount((uint)places.Count);
            foreach (var place in places.Keys)
            {
                place.Value.Write(column.GetSpan(ObjectId.Size));
                column.Advance(ObjectId.Size);
            }
            IntegerColumn.Write(column, [.. records.Select(record => places[record.LocationId])]);
        });

    private static void AddColumn(
        ArrayBufferWriter<byte> output, ColumnTag tag, Action<ArrayBufferWriter<byte>> write)
    {
        var column = new ArrayBufferWriter<byte>(256);
        write(column);
        output.WriteByte((byte)tag);
        output.WriteBlock(column.WrittenSpan);
    }
}
