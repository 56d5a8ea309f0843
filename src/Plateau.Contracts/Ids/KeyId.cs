using System.Text.Json.Serialization;

namespace Plateau.Contracts;

/// <summary>
/// Identifies a secret key of an account, never the secret itself. Prints as <c>key_</c> and 24 hex digits.
/// </summary>
/// <param name="Value">The twelve bytes.</param>
[JsonConverter(typeof(ObjectIdConverter<KeyId>))]
public readonly record struct KeyId(ObjectId Value) : IObjectId<KeyId>
{
    /// <inheritdoc/>
    public static string Prefix => "key_";

    /// <inheritdoc/>
    public static KeyId Of(ObjectId value) => new(value);

    /// <inheritdoc/>
    public override string ToString() => ObjectIdText.Format(this);

    /// <summary>Whether the left one is the earlier, byte by byte.</summary>
    public static bool operator <(KeyId left, KeyId right) => left.Value.CompareTo(right.Value) < 0;

    /// <summary>Whether the left one is the later, byte by byte.</summary>
    public static bool operator >(KeyId left, KeyId right) => left.Value.CompareTo(right.Value) > 0;
}
