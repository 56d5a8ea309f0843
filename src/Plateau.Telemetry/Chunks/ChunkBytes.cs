using System.Buffers;
using System.Buffers.Binary;

namespace Plateau.Telemetry;

/// <summary>The primitives of the chunk format, written.</summary>
internal static class ChunkBytes
{
    /// <summary>Seven bits a byte, lowest first; the highest bit says that another byte follows.</summary>
    public static void WriteCount(this ArrayBufferWriter<byte> output, uint value)
    {
        while (value >= 0x80)
        {
            output.WriteByte((byte)(value | 0x80));
            value >>= 7;
        }
        output.WriteByte((byte)value);
    }

    public static void WriteByte(this ArrayBufferWriter<byte> output, byte value)
    {
        output.GetSpan(1)[0] = value;
        output.Advance(1);
    }

    /// <summary>Eight bytes, little-endian.</summary>
    public static void WriteInt64(this ArrayBufferWriter<byte> output, long value)
    {
        BinaryPrimitives.WriteInt64LittleEndian(output.GetSpan(sizeof(long)), value);
        output.Advance(sizeof(long));
    }

    /// <summary>A count of bytes, then the bytes.</summary>
    public static void WriteBlock(this ArrayBufferWriter<byte> output, ReadOnlySpan<byte> bytes)
    {
        output.WriteCount((uint)bytes.Length);
        output.Write(bytes);
    }
}

/// <summary>The primitives of the chunk format, read. Whatever the bytes are, reading ends or is refused.</summary>
internal ref struct ChunkReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    /// <summary>Whether everything was read.</summary>
    public readonly bool AtEnd => _rest.IsEmpty;

    /// <summary>Bytes still to be read.</summary>
    public readonly int Remaining => _rest.Length;

    public byte ReadByte() => Take(1)[0];

    public long ReadInt64() => BinaryPrimitives.ReadInt64LittleEndian(Take(sizeof(long)));

    /// <summary>A count, which must not be greater than <paramref name="most"/>.</summary>
    public int ReadCount(int most)
    {
        uint value = 0;
        for (var shift = 0; ; shift += 7)
        {
            var next = ReadByte();
            if (shift == 28 && next > 0x0F)
            {
                throw new DamagedChunkException("A count does not end.");
            }
            value |= (uint)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return value <= (uint)most
                    ? (int)value
                    : throw new DamagedChunkException($"A count is {value} where {most} is the most.");
            }
        }
    }

    /// <summary>A count of bytes, then the bytes.</summary>
    public ReadOnlySpan<byte> ReadBlock() => Take(ReadCount(_rest.Length));

    public ReadOnlySpan<byte> Take(int length)
    {
        if (length > _rest.Length)
        {
            throw new DamagedChunkException("The bytes end too early.");
        }
        var taken = _rest[..length];
        _rest = _rest[length..];
        return taken;
    }

    /// <summary>
    /// Takes some bytes, and shows a few of those that follow as well; false when too few follow, and none are taken.
    /// </summary>
    public bool TryTakeWith(int beyond, int length, out ReadOnlySpan<byte> shown)
    {
        if (_rest.Length - beyond < length)
        {
            shown = default;
            return false;
        }
        shown = _rest[..(length + beyond)];
        _rest = _rest[length..];
        return true;
    }

    /// <summary>Everything must have been read.</summary>
    public readonly void ExpectEnd()
    {
        if (!AtEnd)
        {
            throw new DamagedChunkException($"{_rest.Length} bytes follow where none should.");
        }
    }
}
