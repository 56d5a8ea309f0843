using System.Text;

namespace Plateau.Server.Http;

/// <summary>Quotes input in messages: at most 64 characters, nothing that could disturb a terminal or a log.</summary>
internal static class Quote
{
    private const int MaxLength = 64;

    /// <summary>The text itself, cut and made harmless.</summary>
    public static string Of(ReadOnlySpan<char> text)
    {
        var quoted = new StringBuilder(Math.Min(text.Length, MaxLength) + 1);
        var length = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            if (length++ == MaxLength - 1)
            {
                quoted.Append('…');
                break;
            }
            quoted.Append(Rune.IsControl(rune) ? Rune.ReplacementChar : rune);
        }
        return quoted.ToString();
    }

    /// <summary>UTF-8 input, cut and made harmless.</summary>
    public static string Of(ReadOnlySpan<byte> utf8) =>
        Of(Encoding.UTF8.GetString(utf8[..Math.Min(utf8.Length, MaxLength * 4)]).AsSpan());
}
