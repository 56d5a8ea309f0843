using System.Buffers.Binary;
using System.Globalization;
using CsCheck;

namespace Plateau.Telemetry.Tests;

/// <summary>Chunks give back exactly what was packed, and damage is told.</summary>
public sealed class StateChunkTests
{
    [Fact]
    public void What_is_packed_is_given_back_bit_by_bit() => SomeRecords.Any.Sample(records =>
    {
        var chunk = StateChunk.Open(SomeRecords.Device, StateChunk.Encode(records));

        Assert.Equal(records.Select(Bits), chunk.ReadRecords().Select(Bits));
        Assert.Equal(records.Select(record => record.Key.UnixMicroseconds), chunk.ReadTimes());
        var times = new long[chunk.Count];
        var charges = new double[chunk.Count];
        var powers = new double[chunk.Count];
        chunk.ReadSamples(times, charges, powers);
        Assert.Equal(records.Select(record => record.Key.UnixMicroseconds), times);
        Assert.Equal(records.Select(record => record.StateOfChargePercent), charges);
        Assert.Equal(records.Select(record => record.BatteryPowerKw ?? double.NaN), powers);
    });

    [Theory]
    [InlineData("prefix and counter", 3.5)]
    [InlineData("none", 11.5)]
    [InlineData("GUID", 19.5)]
    public void A_day_of_minutes_is_small(string references, double mostBytesARecord)
    {
        var day = SomeRecords.Day(minute => references switch
        {
            "none" => null,
            "GUID" => Guid.Parse($"{minute * 7_654_321:x8}-0000-4000-8000-{minute * 987_654_321L:x12}").ToString(),
            _ => string.Create(CultureInfo.InvariantCulture, $"k3f9-{minute + 17_000}"),
        });

        var bytes = StateChunk.Encode(day);

        Assert.Equal(day.Select(Bits), StateChunk.Open(SomeRecords.Device, bytes).ReadRecords().Select(Bits));
        Assert.InRange(bytes.Length / (double)day.Length, 0, mostBytesARecord);
    }

    [Fact]
    public void Every_changed_bit_is_told() => Gen.Select(SomeRecords.Any, Gen.Int[0, 1_000_000])
        .Sample((records, bit) =>
    {
        var bytes = StateChunk.Encode(records);
        bit %= bytes.Length * 8;
        bytes[bit / 8] ^= (byte)(1 << (bit % 8));

        Assert.Throws<DamagedChunkException>(() => StateChunk.Open(SomeRecords.Device, bytes));
    });

    [Fact]
    public void Every_missing_end_is_told()
    {
        var bytes = StateChunk.Encode(SomeRecords.Day(_ => null)[..70]);
        for (var length = 0; length < bytes.Length; length++)
        {
            Assert.Throws<DamagedChunkException>(() => StateChunk.Open(SomeRecords.Device, bytes.AsMemory(0, length)));
        }
    }

    // The checksum is set right again, so that the reading itself meets the damage.
    [Fact]
    public void Damage_that_the_checksum_does_not_see_is_read_or_told_but_nothing_else_happens() =>
        Gen.Select(SomeRecords.Any, Gen.Select(Gen.Int[0, 1_000_000], Gen.Byte).Array[1, 8]).Sample((records, damage) =>
        {
            var bytes = StateChunk.Encode(records);
            var content = bytes.AsSpan(0, bytes.Length - ChunkChecksum.Size);
            foreach (var (place, value) in damage)
            {
                content[place % content.Length] = value;
            }
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(content.Length), ChunkChecksum.Of(content));
            ReadOrRefuse(bytes);
        }, iter: 5_000);

    [Fact]
    public void Any_bytes_are_read_or_refused() => Gen.Byte.Array[0, 200].Sample(content =>
    {
        content = [1, .. content];
        var bytes = new byte[content.Length + ChunkChecksum.Size];
        content.CopyTo(bytes.AsSpan());
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(content.Length), ChunkChecksum.Of(content));
        ReadOrRefuse(bytes);
    }, iter: 5_000);

    [Fact]
    public void Records_out_of_order_twice_or_of_two_devices_are_not_packed()
    {
        var day = SomeRecords.Day(minute => $"r{minute}")[..3];
        var foreign = day[2] with
        {
            Key = day[2].Key with { DeviceId = new(Contracts.ObjectId.From(1, 1)) },
        };

        Assert.Throws<ArgumentException>(() => StateChunk.Encode([]));
        Assert.Throws<ArgumentException>(() => StateChunk.Encode([day[1], day[0]]));
        Assert.Throws<ArgumentException>(() => StateChunk.Encode([day[0], day[0]]));
        Assert.Throws<ArgumentException>(() => StateChunk.Encode([day[0], day[1], foreign]));
    }

    private static void ReadOrRefuse(byte[] bytes)
    {
        try
        {
            StateChunk.Open(SomeRecords.Device, bytes).ReadRecords();
        }
        catch (DamagedChunkException exception)
        {
            Assert.NotEmpty(exception.Message);
        }
    }

    // Minus zero equals zero, so numbers are compared by their bits.
    private static object Bits(StateRecord record) => (
        record.Key, record.CreatedUnixMilliseconds, record.LocationId, record.RecordReferenceId,
        BitConverter.DoubleToInt64Bits(record.StateOfChargePercent),
        BitConverter.DoubleToInt64Bits(record.TargetStateOfChargePercent),
        Bits(record.BatteryPowerKw), Bits(record.EnergyRemainingKwh), Bits(record.BackupReservePercent));

    private static long? Bits(double? number) => number is { } value ? BitConverter.DoubleToInt64Bits(value) : null;
}
