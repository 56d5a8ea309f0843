using System.Buffers;

namespace Plateau.Telemetry;

/// <summary>Which records have a value of an optional column.</summary>
internal static class Presence
{
    private const byte All = 0;
    private const byte Some = 1;

    /// <summary>Writes it: one byte where all have one, else integers 0 and 1.</summary>
    public static void Write(ArrayBufferWriter<byte> output, ReadOnlySpan<bool> present)
    {
        if (!present.Contains(false))
        {
            output.WriteByte(All);
            return;
        }
        output.WriteByte(Some);
        var flags = new long[present.Length];
        for (var index = 0; index < flags.Length; index++)
        {
            flags[index] = present[index] ? 1 : 0;
        }
        IntegerColumn.Write(output, flags);
    }

    /// <summary>Reads it, and counts those that have a value; null where all have one.</summary>
    public static bool[]? Read(ref ChunkReader input, int count, out int many)
    {
        many = count;
        var kind = input.ReadByte();
        if (kind == All)
        {
            return null;
        }
        if (kind != Some)
        {
            throw new DamagedChunkException($"A column has the presence {kind}.");
        }
        var present = new bool[count];
        var flags = new long[count];
        IntegerColumn.Read(ref input, flags);
        many = 0;
        for (var index = 0; index < count; index++)
        {
            present[index] = flags[index] switch
            {
                0 => false,
                1 => true,
                var flag => throw new DamagedChunkException($"A presence is {flag}."),
            };
            many += present[index] ? 1 : 0;
        }
        return present;
    }
}
