using System.Text;
using System.Text.Json;
using Microsoft.OpenApi;

namespace Plateau.Server.Http;

/// <summary>
/// Well-formed Unicode without control characters, its length counted in code points.
/// </summary>
internal sealed class TextField(string name, int minLength = 0, int maxLength = TextField.MaxLength)
    : BodyField<string>(name)
{
    /// <summary>The greatest length of any text, in code points.</summary>
    public const int MaxLength = 255;

    /// <summary>A further check, such as "is a time zone". Default none.</summary>
    public Func<string, bool>? Check { get; init; }

    /// <summary>What the further check asks for, to follow "must be".</summary>
    public string? MustBe { get; init; }

    /// <summary>An example for the reference that passes the further check.</summary>
    public string? Example { get; init; }

    public override object? Read(ref Utf8JsonReader reader, BodyFaults faults, string path, bool patch)
    {
        if (reader.TokenType != JsonTokenType.String || !TryGetText(ref reader, out var text))
        {
            return Refuse(ref reader, faults, path, MustBe ?? "a text without control characters");
        }
        if (FindFault(text, minLength, maxLength) is { } mustBe)
        {
            return Refuse(ref reader, faults, path, mustBe);
        }
        return Check is null || Check(text) ? text : Refuse(ref reader, faults, path, MustBe ?? "a valid text");
    }

    public override OpenApiSchema Describe() => new()
    {
        Type = JsonSchemaType.String,
        MinLength = minLength == 0 ? null : minLength,
        MaxLength = maxLength,
        Description = MustBe is null ? null : char.ToUpperInvariant(MustBe[0]) + MustBe[1..] + ".",
        Examples = Example is null ? null : [Example],
    };

    /// <summary>What a text must be and is not; null when it is.</summary>
    /// <param name="text">The text.</param>
    /// <param name="minLength">The least length, in code points.</param>
    /// <param name="maxLength">The greatest length, in code points.</param>
    public static string? FindFault(string text, int minLength, int maxLength)
    {
        var length = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            length++;
            if (Rune.IsControl(rune))
            {
                return "a text without control characters";
            }
        }
        return length < minLength || length > maxLength ? $"a text of {minLength} to {maxLength} characters" : null;
    }

    /// <summary>Copies a string value; false when it is none, too long for the buffer, or not well-formed.</summary>
    public static bool TryCopy(ref Utf8JsonReader reader, scoped Span<char> destination, out int length)
    {
        length = 0;
        if (reader.TokenType != JsonTokenType.String)
        {
            return false;
        }
        if (reader.ValueIsEscaped)
        {
            // An escape takes up to six bytes for one character, so the sent length tells nothing.
            if (!TryGetText(ref reader, out var text) || !text.TryCopyTo(destination))
            {
                return false;
            }
            length = text.Length;
            return true;
        }
        if (reader.ValueSpan.Length > destination.Length)
        {
            return false;
        }
        length = reader.CopyString(destination);
        return true;
    }

    private static bool TryGetText(ref Utf8JsonReader reader, out string text)
    {
        try
        {
            text = reader.GetString() ?? "";
            return true;
        }
        catch (InvalidOperationException) // an escape that is half of a surrogate pair
        {
            text = "";
            return false;
        }
    }
}
