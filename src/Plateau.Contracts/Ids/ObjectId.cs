using System.Buffers.Binary;
using System.Globalization;

namespace Plateau.Contracts;

/// <summary>
/// The twelve bytes behind every identifier: 4 bytes Unix seconds, then 8 bytes that make it unique.
/// Ordered byte by byte, so a greater value is a later one, to the second. Printed as 24 lower-case hex digits.
/// </summary>
/// <param name="High">The first eight bytes, big-endian.</param>
/// <param name="Low">The last four bytes, big-endian.</param>
public readonly record struct ObjectId(ulong High, uint Low) : IComparable<ObjectId>
{
    /// <summary>Length in bytes.</summary>
    public const int Size = 12;

    /// <summary>Length of the printed form, in characters.</summary>
    public const int TextLength = 24;

    /// <summary>True for twelve zero bytes, which no registered object has.</summary>
    public bool IsNone => this == default;

    /// <summary>The Unix seconds of the first four bytes.</summary>
    public uint UnixSeconds => (uint)(High >> 32);

    /// <summary>The last eight bytes as one number, big-endian.</summary>
    public ulong Tail => (High << 32) | Low;

    /// <summary>Puts an identifier together from its seconds and its last eight bytes.</summary>
    /// <param name="unixSeconds">Unix seconds, the first four bytes.</param>
    /// <param name="tail">The last eight bytes, big-endian.</param>
    public static ObjectId From(uint unixSeconds, ulong tail) =>
        new(((ulong)unixSeconds << 32) | (tail >> 32), (uint)tail);

    /// <summary>Reads twelve bytes.</summary>
    /// <exception cref="ArgumentException">The span is not twelve bytes long.</exception>
    public static ObjectId Read(ReadOnlySpan<byte> bytes) => bytes.Length == Size
        ? new(BinaryPrimitives.ReadUInt64BigEndian(bytes), BinaryPrimitives.ReadUInt32BigEndian(bytes[8..]))
        : throw new ArgumentException($"An object id is {Size} bytes long; these are {bytes.Length}.", nameof(bytes));

    /// <summary>Writes the twelve bytes at the start of <paramref name="destination"/>.</summary>
    public void Write(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt64BigEndian(destination, High);
        BinaryPrimitives.WriteUInt32BigEndian(destination[8..], Low);
    }

    /// <summary>The twelve bytes as a new array.</summary>
    public byte[] ToByteArray()
    {
        var bytes = new byte[Size];
        Write(bytes);
        return bytes;
    }

    /// <inheritdoc/>
    public int CompareTo(ObjectId other) =>
        High != other.High ? High.CompareTo(other.High) : Low.CompareTo(other.Low);

    /// <summary>24 lower-case hex digits.</summary>
    public override string ToString() => string.Create(TextLength, this, static (text, id) => id.Format(text));

    /// <summary>Writes 24 lower-case hex digits at the start of <paramref name="destination"/>.</summary>
    public void Format(Span<char> destination)
    {
        Span<byte> bytes = stackalloc byte[Size];
        Write(bytes);
        Convert.TryToHexStringLower(bytes, destination, out _);
    }

    /// <summary>Writes 24 lower-case hex digits, UTF-8, at the start of <paramref name="destination"/>.</summary>
    public void Format(Span<byte> destination)
    {
        Span<byte> bytes = stackalloc byte[Size];
        Write(bytes);
        Convert.TryToHexStringLower(bytes, destination, out _);
    }

    /// <summary>Reads exactly 24 lower-case hex digits; anything else is refused.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out ObjectId id)
    {
        id = default;
        if (text.Length != TextLength || text.ContainsAnyExcept(LowerHex))
        {
            return false;
        }
        id = new(
            ulong.Parse(text[..16], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture),
            uint.Parse(text[16..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));
        return true;
    }

    private static readonly System.Buffers.SearchValues<char> LowerHex =
        System.Buffers.SearchValues.Create("0123456789abcdef");
}
