using System.Buffers;
using System.Buffers.Binary;
using System.Numerics;

namespace Plateau.Telemetry;

/// <summary>
/// A sequence of 64-bit integers as differences of the order that makes them smallest, packed in blocks of 64 at the
/// width of the block's greatest. Exact for every value: the arithmetic wraps.
/// </summary>
internal static class IntegerColumn
{
    private const int BlockSize = 64;
    private const int HighestOrder = 2;

    // Whatever its bit in a byte, a value of this width is within the eight bytes that begin there.
    private const int WidestInOneRead = 57;

    // Bytes that may be looked at after the last of a block, since eight are read at once.
    private const int Beyond = sizeof(ulong);

    // A width byte from here on stands for that many blocks of zeros, beginning with two.
    private const int ZeroBlocks = 128;
    private const int FewestZeroBlocks = 2;
    private const int MostZeroBlocks = 255 - ZeroBlocks + FewestZeroBlocks;

    /// <summary>Writes the values; how many there are is known to the reader.</summary>
    public static void Write(ArrayBufferWriter<byte> output, ReadOnlySpan<long> values)
    {
        var residuals = new ulong[values.Length];
        var order = SmallestOrder(values, residuals);
        Fold(values, order, residuals);
        output.WriteByte((byte)order);
        for (var start = 0; start < residuals.Length;)
        {
            var zeros = CountZeroBlocks(residuals.AsSpan(start));
            if (zeros >= FewestZeroBlocks)
            {
                output.WriteByte((byte)(ZeroBlocks + zeros - FewestZeroBlocks));
                start += zeros * BlockSize;
                continue;
            }
            var block = residuals.AsSpan(start, Math.Min(BlockSize, residuals.Length - start));
            var width = Width(block);
            output.WriteByte((byte)width);
            Pack(output, block, width);
            start += BlockSize;
        }
    }

    /// <summary>Reads as many values as <paramref name="values"/> is long.</summary>
    public static void Read(ref ChunkReader input, Span<long> values)
    {
        var order = input.ReadByte();
        if (order > HighestOrder)
        {
            throw new DamagedChunkException($"An integer column has the order {order}.");
        }
        for (var start = 0; start < values.Length;)
        {
            var width = input.ReadByte();
            if (width >= ZeroBlocks)
            {
                var zeros = (width - ZeroBlocks + FewestZeroBlocks) * BlockSize;
                values.Slice(start, Math.Min(zeros, values.Length - start)).Clear();
                start += zeros;
                continue;
            }
            var block = values.Slice(start, Math.Min(BlockSize, values.Length - start));
            Unpack(ref input, block, width);
            start += BlockSize;
        }
        Unfold(values, order);
    }

    private static int SmallestOrder(ReadOnlySpan<long> values, Span<ulong> residuals)
    {
        var best = 0;
        var fewest = long.MaxValue;
        for (var order = 0; order <= HighestOrder; order++)
        {
            Fold(values, order, residuals);
            long bits = 0;
            for (var start = 0; start < residuals.Length; start += BlockSize)
            {
                var block = residuals[start..Math.Min(start + BlockSize, residuals.Length)];
                bits += (long)Width(block) * block.Length;
            }
            if (bits < fewest)
            {
                (best, fewest) = (order, bits);
            }
        }
        return best;
    }

    // Differences of the order, with small numbers of either sign made small numbers: 0, -1, 1, -2 become 0, 1, 2, 3.
    private static void Fold(ReadOnlySpan<long> values, int order, Span<ulong> residuals)
    {
        long previous = 0;
        long previousDelta = 0;
        for (var index = 0; index < values.Length; index++)
        {
            var delta = unchecked(values[index] - previous);
            var residual = order switch { 0 => values[index], 1 => delta, _ => unchecked(delta - previousDelta) };
            residuals[index] = (ulong)((residual << 1) ^ (residual >> 63));
            previousDelta = index == 0 ? 0 : delta;
            previous = values[index];
        }
    }

    private static void Unfold(Span<long> values, int order)
    {
        long previous = 0;
        long delta = 0;
        switch (order)
        {
            case 0:
                foreach (ref var value in values)
                {
                    value = Unfold(value);
                }
                break;
            case 1:
                foreach (ref var value in values)
                {
                    value = previous = unchecked(previous + Unfold(value));
                }
                break;
            default:
                // The first value counts from zero, and is no difference to go on from.
                if (!values.IsEmpty)
                {
                    values[0] = previous = Unfold(values[0]);
                }
                for (var index = 1; index < values.Length; index++)
                {
                    delta = unchecked(delta + Unfold(values[index]));
                    values[index] = previous = unchecked(previous + delta);
                }
                break;
        }
    }

    private static long Unfold(long folded) => (long)((ulong)folded >> 1) ^ -(folded & 1);

    private static int CountZeroBlocks(ReadOnlySpan<ulong> residuals)
    {
        var zeros = residuals.IndexOfAnyExcept(0UL);
        var blocks = zeros < 0 ? (residuals.Length + BlockSize - 1) / BlockSize : zeros / BlockSize;
        return Math.Min(blocks, MostZeroBlocks);
    }

    private static int Width(ReadOnlySpan<ulong> block)
    {
        ulong all = 0;
        foreach (var residual in block)
        {
            all |= residual;
        }
        return 64 - BitOperations.LeadingZeroCount(all);
    }

    private static void Pack(ArrayBufferWriter<byte> output, ReadOnlySpan<ulong> block, int width)
    {
        var length = ((block.Length * width) + 7) / 8;
        Span<byte> packed = stackalloc byte[(BlockSize * sizeof(ulong)) + Beyond];
        packed.Clear();
        for (var index = 0; index < block.Length; index++)
        {
            var at = index * width;
            var target = packed[(at >> 3)..];
            var shift = at & 7;
            var first = BinaryPrimitives.ReadUInt64LittleEndian(target) | (block[index] << shift);
            BinaryPrimitives.WriteUInt64LittleEndian(target, first);
            if (shift + width > 64)
            {
                target[8] |= (byte)(block[index] >> (64 - shift));
            }
        }
        output.Write(packed[..length]);
    }

    private static void Unpack(ref ChunkReader input, Span<long> block, int width)
    {
        if (width > 64)
        {
            throw new DamagedChunkException($"A block has the width {width}.");
        }
        if (width == 0)
        {
            block.Clear();
            return;
        }
        var length = ((block.Length * width) + 7) / 8;
        if (input.TryTakeWith(Beyond, length, out var shown))
        {
            Unpack(shown, block, width);
            return;
        }
        Span<byte> room = stackalloc byte[(BlockSize * sizeof(ulong)) + Beyond];
        input.Take(length).CopyTo(room);
        Unpack(room, block, width);
    }

    private static void Unpack(ReadOnlySpan<byte> packed, Span<long> block, int width)
    {
        var mask = width == 64 ? ulong.MaxValue : (1UL << width) - 1;
        if (width <= WidestInOneRead)
        {
            for (var index = 0; index < block.Length; index++)
            {
                var at = index * width;
                block[index] = (long)(
                    (BinaryPrimitives.ReadUInt64LittleEndian(packed[(at >> 3)..]) >> (at & 7)) & mask);
            }
            return;
        }
        for (var index = 0; index < block.Length; index++)
        {
            var at = index * width;
            var source = packed[(at >> 3)..];
            var shift = at & 7;
            var value = BinaryPrimitives.ReadUInt64LittleEndian(source) >> shift;
            if (shift + width > 64)
            {
                value |= (ulong)source[8] << (64 - shift);
            }
            block[index] = (long)(value & mask);
        }
    }
}
