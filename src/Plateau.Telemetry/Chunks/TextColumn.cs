using System.Buffers;
using System.Globalization;
using System.Text;

namespace Plateau.Telemetry;

/// <summary>
/// A sequence of texts that machines number: a prefix that returns and a counter, a GUID as its bytes, anything else as
/// it is.
/// </summary>
internal static class TextColumn
{
    // Classes of texts; from FirstPrefix on, a class is a prefix.
    private const int Plain = 0;
    private const int Guids = 1;
    private const int FirstPrefix = 2;

    private const int MostPrefixes = 250;
    private const int MostDigits = 18;
    private const int GuidLength = 36;
    private const int GuidBytes = 16;
    private const int MostBytes = 255 * 4;

    private static readonly UTF8Encoding Strict =
        new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Writes the texts; how many there are is known to the reader.</summary>
    public static void Write(ArrayBufferWriter<byte> output, ReadOnlySpan<string> texts)
    {
        var prefixes = FindPrefixes(texts);
        var classes = new long[texts.Length];
        var counters = new List<long>();
        var rest = new ArrayBufferWriter<byte>();
        for (var index = 0; index < texts.Length; index++)
        {
            var text = texts[index];
            var numbered = Numbered.Split(text);
            if (numbered is { } parts && prefixes.TryGetValue((parts.Prefix, parts.Digits), out var prefix))
            {
                classes[index] = FirstPrefix + prefix;
                counters.Add(parts.Counter);
            }
            else if (TryGuid(text, out var guid))
            {
                classes[index] = Guids;
                guid.TryWriteBytes(rest.GetSpan(GuidBytes), bigEndian: true, out _);
                rest.Advance(GuidBytes);
            }
            else
            {
                classes[index] = Plain;
                rest.WriteBlock(Strict.GetBytes(text));
            }
        }
        output.WriteCount((uint)prefixes.Count);
        foreach (var (prefix, digits) in prefixes.OrderBy(entry => entry.Value).Select(entry => entry.Key))
        {
            output.WriteBlock(Strict.GetBytes(prefix));
            output.WriteByte((byte)digits);
        }
        IntegerColumn.Write(output, classes);
        IntegerColumn.Write(output, [.. counters]);
        output.Write(rest.WrittenSpan);
    }

    /// <summary>Reads as many texts as <paramref name="texts"/> is long, to the end of the input.</summary>
    public static void Read(ref ChunkReader input, Span<string> texts)
    {
        var prefixes = new (string Text, int Digits)[input.ReadCount(MostPrefixes)];
        for (var index = 0; index < prefixes.Length; index++)
        {
            var prefix = Decode(input.ReadBlock());
            var digits = input.ReadByte();
            prefixes[index] = digits <= MostDigits
                ? (prefix, digits)
                : throw new DamagedChunkException($"A counter has {digits} digits.");
        }
        var classes = new long[texts.Length];
        IntegerColumn.Read(ref input, classes);
        var numbered = 0;
        foreach (var value in classes)
        {
            if (value < 0 || value >= FirstPrefix + prefixes.Length)
            {
                throw new DamagedChunkException($"A text has the class {value}.");
            }
            numbered += value >= FirstPrefix ? 1 : 0;
        }
        var counters = new long[numbered];
        IntegerColumn.Read(ref input, counters);
        var counter = 0;
        for (var index = 0; index < texts.Length; index++)
        {
            texts[index] = classes[index] switch
            {
                Plain => Decode(input.ReadBlock()),
                Guids => new Guid(input.Take(GuidBytes), bigEndian: true).ToString("D"),
                var prefix => Numbered.Join(prefixes[prefix - FirstPrefix], counters[counter++]),
            };
        }
    }

    // A prefix that only one text has would cost more than the text.
    private static Dictionary<(string Prefix, int Digits), int> FindPrefixes(ReadOnlySpan<string> texts)
    {
        var uses = new Dictionary<(string Prefix, int Digits), int>();
        foreach (var text in texts)
        {
            if (Numbered.Split(text) is { } parts)
            {
                uses[(parts.Prefix, parts.Digits)] = uses.GetValueOrDefault((parts.Prefix, parts.Digits)) + 1;
            }
        }
        return uses.Where(entry => entry.Value > 1)
            .OrderByDescending(entry => entry.Value).ThenBy(entry => entry.Key.Prefix, StringComparer.Ordinal)
            .Take(MostPrefixes)
            .Select((entry, place) => (entry.Key, place))
            .ToDictionary(entry => entry.Key, entry => entry.place);
    }

    private static bool TryGuid(string text, out Guid guid)
    {
        guid = default;
        return text.Length == GuidLength && Guid.TryParseExact(text, "D", out guid) && guid.ToString("D") == text;
    }

    private static string Decode(ReadOnlySpan<byte> utf8)
    {
        try
        {
            return utf8.Length <= MostBytes
                ? Strict.GetString(utf8)
                : throw new DamagedChunkException($"A text has {utf8.Length} bytes.");
        }
        catch (DecoderFallbackException)
        {
            throw new DamagedChunkException("A text is not UTF-8.");
        }
    }

    /// <summary>A text that ends in a counter.</summary>
    /// <param name="Prefix">What comes before the counter; may be empty.</param>
    /// <param name="Digits">How many digits a counter is filled up to with zeros; 0 where it is not filled up.</param>
    /// <param name="Counter">The counter.</param>
    private readonly record struct Numbered(string Prefix, int Digits, long Counter)
    {
        public static Numbered? Split(string text)
        {
            var start = text.Length;
            while (start > 0 && text.Length - start < MostDigits && char.IsAsciiDigit(text[start - 1]))
            {
                start--;
            }
            if (start == text.Length)
            {
                return null;
            }
            var counter = long.Parse(text.AsSpan(start), NumberStyles.None, CultureInfo.InvariantCulture);
            var filled = text[start] == '0' && text.Length - start > 1;
            return new(text[..start], filled ? text.Length - start : 0, counter);
        }

        public static string Join((string Text, int Digits) prefix, long counter) => counter >= 0
            ? string.Concat(prefix.Text, counter.ToString($"D{prefix.Digits}", CultureInfo.InvariantCulture))
            : throw new DamagedChunkException("A counter is negative.");
    }
}
