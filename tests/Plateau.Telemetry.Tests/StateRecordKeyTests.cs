using System.Buffers.Binary;
using CsCheck;
using Plateau.Contracts;

namespace Plateau.Telemetry.Tests;

/// <summary>The one key of a record.</summary>
public sealed class StateRecordKeyTests
{
    private const long Year2000 = 946_684_800_000_000;
    private const long Year2100 = 4_102_444_800_000_000;

    private static readonly Gen<DeviceId> Devices = Gen.Select(Gen.UInt, Gen.ULong)
        .Select((second, tail) => new DeviceId(ObjectId.From(second, tail)));

    private static readonly Gen<long> Times = Gen.Long[Year2000, Year2100];

    // All planes but the surrogates, up to the longest reference.
    private static readonly Gen<string> References = Gen.OneOf(Gen.Int[0x20, 0xd7ff], Gen.Int[0xe000, 0x10ffff])
        .Select(char.ConvertFromUtf32).Array[1, 255].Select(string.Concat);

    [Fact]
    public void The_same_device_time_and_reference_always_make_the_same_id() =>
        Gen.Select(Devices, Times, References).Sample((device, time, reference) =>
        {
            var key = StateRecordKey.ForReference(device, time, reference);

            Assert.Equal(key,
                StateRecordKey.ForReference(new DeviceId(device.Value), time, new string(reference.AsSpan())));
            Assert.Equal((device, time), (key.DeviceId, key.UnixMicroseconds));
        });

    [Fact]
    public void Another_device_time_or_reference_makes_another_tail() =>
        Gen.Select(Devices, Times, References, Devices, Times, References)
            .Sample((device, time, reference, device2, time2, reference2) =>
        {
            var tail = StateRecordKey.ForReference(device, time, reference).Tail;

            Assert.Equal(device == device2, tail == StateRecordKey.ForReference(device2, time, reference).Tail);
            Assert.Equal(time == time2, tail == StateRecordKey.ForReference(device, time2, reference).Tail);
            Assert.Equal(
                string.Equals(reference, reference2, StringComparison.Ordinal),
                tail == StateRecordKey.ForReference(device, time, reference2).Tail);
            Assert.NotEqual(tail, StateRecordKey.ForReference(device, time + 1, reference).Tail);
            Assert.NotEqual(tail, StateRecordKey.ForReference(device, time, reference + " ").Tail);
        });

    // An id is stored and sent: the way it is made must never change.
    [Fact]
    public void The_id_of_a_known_record_stays_what_it_is()
    {
        var device = new DeviceId(ObjectId.From(0x61f90b98, 0x0102030405060708));

        var key = StateRecordKey.ForReference(device, 1_643_711_400_000_000, "MET1234567890");

        Assert.Equal("dsr_61f90ba86352644e24c826de", key.Id.ToString());
    }

    [Fact]
    public void The_first_four_bytes_of_the_id_are_the_second_of_the_time_and_the_rest_the_tail() =>
        Gen.Select(Devices, Times, Gen.ULong).Sample((device, time, tail) =>
        {
            var bytes = new StateRecordKey(device, time, tail).Id.Value.ToByteArray();

            Assert.Equal((uint)(time / 1_000_000), BinaryPrimitives.ReadUInt32BigEndian(bytes));
            Assert.Equal(tail, BinaryPrimitives.ReadUInt64BigEndian(bytes.AsSpan(4)));
        });

    [Fact]
    public void Stored_tails_are_ordered_as_the_ids_and_are_read_back() =>
        Gen.Select(Gen.ULong, Gen.ULong).Sample((left, right) =>
    {
        var (first, second) = (Key(left), Key(right));

        Assert.Equal(left.CompareTo(right), first.SortableTail.CompareTo(second.SortableTail));
        Assert.Equal(first.Id.Value.CompareTo(second.Id.Value), first.SortableTail.CompareTo(second.SortableTail));
        Assert.Equal(left, StateRecordKey.TailFromSortable(first.SortableTail));
    });

    [Theory]
    [InlineData(0UL, long.MinValue)]
    [InlineData(ulong.MaxValue, long.MaxValue)]
    [InlineData(1UL << 63, 0)]
    public void The_bounds_of_a_tail_are_the_bounds_of_what_is_stored(ulong tail, long stored) =>
        Assert.Equal(stored, Key(tail).SortableTail);

    private static StateRecordKey Key(ulong tail) => new(new DeviceId(ObjectId.From(1, 1)), Year2000, tail);
}
