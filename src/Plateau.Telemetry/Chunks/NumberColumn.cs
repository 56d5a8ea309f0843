using System.Buffers;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Plateau.Telemetry;

/// <summary>
/// A sequence of finite numbers as integers of a decimal scale, because meters print decimals. A number that the scale
/// does not give back bit by bit is kept beside as it is; where most are such, all are kept as their bits.
/// </summary>
internal static class NumberColumn
{
    private const byte Bits = 255;
    private const int HighestScale = 9;

    // Beyond this a double no longer tells every integer.
    private const double LargestInteger = 1L << 53;

    private static readonly double[] Powers =
        [.. Enumerable.Range(0, HighestScale + 1).Select(scale => Math.Pow(10, scale))];

    /// <summary>Writes the numbers; how many there are is known to the reader.</summary>
    public static void Write(ArrayBufferWriter<byte> output, ReadOnlySpan<double> numbers)
    {
        var integers = new long[numbers.Length];
        var exceptions = new List<int>();
        if (FindScale(numbers) is not { } scale)
        {
            output.WriteByte(Bits);
            for (var index = 0; index < numbers.Length; index++)
            {
                integers[index] = BitConverter.DoubleToInt64Bits(numbers[index]);
            }
            IntegerColumn.Write(output, integers);
            return;
        }
        for (var index = 0; index < numbers.Length; index++)
        {
            if (!TryScale(numbers[index], Powers[scale], out integers[index]))
            {
                // Its place repeats its neighbour, which costs nothing.
                integers[index] = index == 0 ? 0 : integers[index - 1];
                exceptions.Add(index);
            }
        }
        output.WriteByte((byte)scale);
        output.WriteCount((uint)exceptions.Count);
        var previous = 0;
        foreach (var index in exceptions)
        {
            output.WriteCount((uint)(index - previous));
            output.WriteInt64(BitConverter.DoubleToInt64Bits(numbers[index]));
            previous = index;
        }
        IntegerColumn.Write(output, integers);
    }

    /// <summary>Reads as many numbers as <paramref name="numbers"/> is long.</summary>
    public static void Read(ref ChunkReader input, Span<double> numbers)
    {
        // They are read to where the numbers will be, which are as long.
        var integers = MemoryMarshal.Cast<double, long>(numbers);
        var scale = input.ReadByte();
        if (scale == Bits)
        {
            IntegerColumn.Read(ref input, integers);
            foreach (var number in numbers)
            {
                Finite(number);
            }
            return;
        }
        if (scale > HighestScale)
        {
            throw new DamagedChunkException($"A column of numbers has the scale {scale}.");
        }
        var exceptions = new (int Index, double Number)[input.ReadCount(numbers.Length)];
        var previous = 0;
        for (var place = 0; place < exceptions.Length; place++)
        {
            previous += input.ReadCount(numbers.Length - 1 - previous);
            exceptions[place] = (previous, Finite(BitConverter.Int64BitsToDouble(input.ReadInt64())));
        }
        IntegerColumn.Read(ref input, integers);
        Divide(numbers, integers, Powers[scale]);
        foreach (var (index, number) in exceptions)
        {
            numbers[index] = number;
        }
    }

    // Some at once: the division is exact either way, and is most of the work of reading.
    private static void Divide(Span<double> numbers, ReadOnlySpan<long> integers, double power)
    {
        var vectors = MemoryMarshal.Cast<double, Vector<double>>(numbers);
        var vectorsOfIntegers = MemoryMarshal.Cast<long, Vector<long>>(integers);
        for (var index = 0; index < vectors.Length; index++)
        {
            vectors[index] = Vector.ConvertToDouble(vectorsOfIntegers[index]) / power;
        }
        for (var index = vectors.Length * Vector<double>.Count; index < numbers.Length; index++)
        {
            numbers[index] = integers[index] / power;
        }
    }

    // The lowest scale that leaves the fewest exceptions; null where exceptions would cost more than bits do.
    private static int? FindScale(ReadOnlySpan<double> numbers)
    {
        int? best = null;
        var fewest = (numbers.Length / 4) + 1;
        for (var scale = 0; scale <= HighestScale && fewest > 0; scale++)
        {
            var exceptions = 0;
            foreach (var number in numbers)
            {
                if (!TryScale(number, Powers[scale], out _) && ++exceptions >= fewest)
                {
                    break;
                }
            }
            if (exceptions < fewest)
            {
                (best, fewest) = (scale, exceptions);
            }
        }
        return best;
    }

    private static bool TryScale(double number, double power, out long integer)
    {
        var scaled = Math.Round(number * power);
        if (Math.Abs(scaled) >= LargestInteger)
        {
            integer = 0;
            return false;
        }
        integer = (long)scaled;
        return BitConverter.DoubleToInt64Bits(integer / power) == BitConverter.DoubleToInt64Bits(number);
    }

    private static double Finite(double number) =>
        double.IsFinite(number) ? number : throw new DamagedChunkException("A number is not finite.");
}
