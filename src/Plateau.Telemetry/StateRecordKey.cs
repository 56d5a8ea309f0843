using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Plateau.Contracts;

namespace Plateau.Telemetry;

/// <summary>
/// The one key of a record: device, time, and a tail made from device, time and reference. It serves idempotency,
/// order, cursors and the merging of late records.
/// </summary>
/// <param name="DeviceId">The device.</param>
/// <param name="UnixMicroseconds">When the state was measured, microseconds since 1970-01-01T00:00:00Z.</param>
/// <param name="Tail">
/// The last eight bytes of the record's id: of SHA-256 over device, time and reference, or random without a reference.
/// </param>
public readonly record struct StateRecordKey(DeviceId DeviceId, long UnixMicroseconds, ulong Tail)
    : IComparable<StateRecordKey>
{
    private const int MaxReferenceBytes = 255 * 4;

    /// <summary>The record's id: the second of its time, then the tail.</summary>
    public DeviceStateId Id =>
        new(ObjectId.From((uint)Math.DivRem(UnixMicroseconds, 1_000_000).Quotient, Tail));

    /// <summary>
    /// The tail as stores keep it: a signed number that sorts as the unsigned bytes do.
    /// </summary>
    public long SortableTail => (long)(Tail ^ (1UL << 63));

    /// <summary>The order of a device's records: by time, then by tail. Keys of two devices are not compared.</summary>
    public int CompareTo(StateRecordKey other) =>
        UnixMicroseconds != other.UnixMicroseconds
            ? UnixMicroseconds.CompareTo(other.UnixMicroseconds)
            : Tail.CompareTo(other.Tail);

    /// <summary>Reads a tail as stores keep it.</summary>
    public static ulong TailFromSortable(long sortable) => (ulong)sortable ^ (1UL << 63);

    /// <summary>
    /// The key of a record whose sender gave it a reference: the same three always make the same key.
    /// </summary>
    /// <param name="deviceId">The device.</param>
    /// <param name="unixMicroseconds">When the state was measured, microseconds since 1970-01-01T00:00:00Z.</param>
    /// <param name="reference">The sender's name for the record, 1–255 code points.</param>
    public static StateRecordKey ForReference(DeviceId deviceId, long unixMicroseconds, string reference)
    {
        Span<byte> input = stackalloc byte[ObjectId.Size + sizeof(long) + MaxReferenceBytes];
        deviceId.Value.Write(input);
        BinaryPrimitives.WriteInt64BigEndian(input[ObjectId.Size..], unixMicroseconds);
        var length = ObjectId.Size + sizeof(long)
            + Encoding.UTF8.GetBytes(reference, input[(ObjectId.Size + sizeof(long))..]);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(input[..length], hash);
        return new(deviceId, unixMicroseconds, BinaryPrimitives.ReadUInt64BigEndian(hash));
    }
}
