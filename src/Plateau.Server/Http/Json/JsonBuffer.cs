using System.Buffers;
using System.Text;
using Plateau.Contracts;

namespace Plateau.Server.Http;

/// <summary>
/// JSON put together from parts whose form is known, in pooled memory: on the hot lists this costs a third of a
/// <see cref="System.Text.Json.Utf8JsonWriter"/>, which checks each member's place and transcodes each text.
/// </summary>
internal sealed class JsonBuffer : IDisposable
{
    private byte[] _bytes;

    /// <summary>Takes memory for so many bytes; it grows where they do not suffice.</summary>
    public JsonBuffer(int capacity) => _bytes = ArrayPool<byte>.Shared.Rent(capacity);

    /// <summary>Bytes written so far.</summary>
    public int Length { get; private set; }

    /// <summary>What was written.</summary>
    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, Length);

    /// <summary>Members, punctuation or values that are JSON already.</summary>
    public void Raw(ReadOnlySpan<byte> json) => json.CopyTo(Take(json.Length));

    /// <summary>Room for so many bytes of JSON, which the caller fills.</summary>
    public Span<byte> Take(int length)
    {
        Reserve(length);
        Length += length;
        return _bytes.AsSpan(Length - length, length);
    }

    /// <summary>A truth value.</summary>
    public void Boolean(bool value) => Raw(value ? "true"u8 : "false"u8);

    /// <summary>An id, quoted.</summary>
    public void Id<TId>(TId id) where TId : struct, IObjectId<TId>
    {
        var prefix = TId.Prefix;
        var text = Take(prefix.Length + ObjectId.TextLength + 2);
        text[0] = text[^1] = (byte)'"';
        Encoding.ASCII.GetBytes(prefix, text[1..]);
        id.Value.Format(text[(1 + prefix.Length)..]);
    }

    /// <summary>An instant, quoted.</summary>
    public void Time(DateTimeOffset time)
    {
        Span<char> text = stackalloc char[Instant.MaxTextLength];
        text = text[..Instant.Format(time, text)];
        var quoted = Take(text.Length + 2);
        quoted[0] = quoted[^1] = (byte)'"';
        Encoding.ASCII.GetBytes(text, quoted[1..]);
    }

    /// <summary>A finite number, in the fewest digits that read back as the same number.</summary>
    public void Number(double value)
    {
        const int longest = 32;
        Reserve(longest);
        value.TryFormat(
            _bytes.AsSpan(Length), out var written, provider: System.Globalization.CultureInfo.InvariantCulture);
        Length += written;
    }

    /// <summary>A text, quoted, escaped where it must be.</summary>
    /// <param name="utf8">Well-formed UTF-8.</param>
    public void Text(ReadOnlySpan<byte> utf8)
    {
        Raw("\""u8);
        while (WireJson.Encoder.FindFirstCharacterToEncodeUtf8(utf8) is var plain && plain >= 0)
        {
            Raw(utf8[..plain]);
            utf8 = utf8[plain..];
            Rune.DecodeFromUtf8(utf8, out _, out var length);
            const int longestEscape = 12;
            Reserve(longestEscape);
            WireJson.Encoder.EncodeUtf8(utf8[..length], _bytes.AsSpan(Length), out _, out var written);
            Length += written;
            utf8 = utf8[length..];
        }
        Raw(utf8);
        Raw("\""u8);
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = [];
        Length = 0;
    }

    private void Reserve(int length)
    {
        if (_bytes.Length - Length >= length)
        {
            return;
        }
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(_bytes.Length * 2, Length + length));
        Written.CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = larger;
    }
}
