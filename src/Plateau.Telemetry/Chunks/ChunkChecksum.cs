using System.Buffers.Binary;
using System.Numerics;

namespace Plateau.Telemetry;

/// <summary>CRC-32C (RFC 3720, appendix B.4) of a chunk, which processors compute eight bytes at a time.</summary>
internal static class ChunkChecksum
{
    /// <summary>Length in bytes.</summary>
    public const int Size = sizeof(uint);

    /// <summary>The checksum of some bytes.</summary>
    public static uint Of(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        while (bytes.Length >= sizeof(ulong))
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[sizeof(ulong)..];
        }
        foreach (var single in bytes)
        {
            crc = BitOperations.Crc32C(crc, single);
        }
        return ~crc;
    }
}
