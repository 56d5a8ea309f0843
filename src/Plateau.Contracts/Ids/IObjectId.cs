namespace Plateau.Contracts;

/// <summary>What every typed identifier is: a prefix that names its kind, and an <see cref="ObjectId"/>.</summary>
/// <typeparam name="TSelf">The typed identifier itself.</typeparam>
public interface IObjectId<TSelf> where TSelf : struct, IObjectId<TSelf>
{
    /// <summary>Prefix with its underscore, such as <c>dev_</c>.</summary>
    static abstract string Prefix { get; }

    /// <summary>The twelve bytes.</summary>
    ObjectId Value { get; }

    /// <summary>Gives twelve bytes their type.</summary>
    static abstract TSelf Of(ObjectId value);
}

/// <summary>Reading and printing of typed identifiers.</summary>
public static class ObjectIdText
{
    /// <summary>Prefix and 24 lower-case hex digits.</summary>
    public static string Format<TId>(TId id) where TId : struct, IObjectId<TId> =>
        string.Concat(TId.Prefix, id.Value.ToString());

    /// <summary>Reads prefix and 24 lower-case hex digits; anything else is refused.</summary>
    public static bool TryParse<TId>(ReadOnlySpan<char> text, out TId id) where TId : struct, IObjectId<TId>
    {
        id = default;
        if (!text.StartsWith(TId.Prefix) || !ObjectId.TryParse(text[TId.Prefix.Length..], out var value))
        {
            return false;
        }
        id = TId.Of(value);
        return true;
    }

    /// <summary>Reads an identifier that must be right, such as one from an answer of the server.</summary>
    /// <exception cref="FormatException">The text is not an identifier of this kind.</exception>
    public static TId Parse<TId>(string? text) where TId : struct, IObjectId<TId> =>
        TryParse(text.AsSpan(), out TId id)
            ? id
            : throw new FormatException($"An id of this kind is {TId.Prefix} and 24 lower-case hex digits.");

    /// <summary>
    /// Whether a text has the form of any identifier: two to four lower-case letters, an underscore, letters and
    /// digits.
    /// </summary>
    public static bool IsWellFormed(ReadOnlySpan<char> text)
    {
        var underscore = text.IndexOf('_');
        return underscore is >= 2 and <= 4
            && underscore < text.Length - 1
            && !text[..underscore].ContainsAnyExceptInRange('a', 'z')
            && IsLettersAndDigits(text[(underscore + 1)..]);
    }

    private static bool IsLettersAndDigits(ReadOnlySpan<char> text)
    {
        foreach (var character in text)
        {
            if (!char.IsAsciiLetterOrDigit(character))
            {
                return false;
            }
        }
        return true;
    }
}
