using System.Text.Json.Serialization;

namespace Plateau.Contracts;

/// <summary>Identifies a customer of an account. Prints as <c>cus_</c> and 24 hex digits.</summary>
/// <param name="Value">The twelve bytes.</param>
[JsonConverter(typeof(ObjectIdConverter<CustomerId>))]
public readonly record struct CustomerId(ObjectId Value) : IObjectId<CustomerId>
{
    /// <inheritdoc/>
    public static string Prefix => "cus_";

    /// <inheritdoc/>
    public static CustomerId Of(ObjectId value) => new(value);

    /// <inheritdoc/>
    public override string ToString() => ObjectIdText.Format(this);

    /// <summary>Whether the left one is the earlier, byte by byte.</summary>
    public static bool operator <(CustomerId left, CustomerId right) => left.Value.CompareTo(right.Value) < 0;

    /// <summary>Whether the left one is the later, byte by byte.</summary>
    public static bool operator >(CustomerId left, CustomerId right) => left.Value.CompareTo(right.Value) > 0;
}
