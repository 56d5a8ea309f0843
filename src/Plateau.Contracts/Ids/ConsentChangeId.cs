using System.Text.Json.Serialization;

namespace Plateau.Contracts;

/// <summary>Identifies one change of a device's consents. Prints as <c>cch_</c> and 24 hex digits.</summary>
/// <param name="Value">The twelve bytes.</param>
[JsonConverter(typeof(ObjectIdConverter<ConsentChangeId>))]
public readonly record struct ConsentChangeId(ObjectId Value) : IObjectId<ConsentChangeId>
{
    /// <inheritdoc/>
    public static string Prefix => "cch_";

    /// <inheritdoc/>
    public static ConsentChangeId Of(ObjectId value) => new(value);

    /// <inheritdoc/>
    public override string ToString() => ObjectIdText.Format(this);

    /// <summary>Whether the left one is the earlier, byte by byte.</summary>
    public static bool operator <(ConsentChangeId left, ConsentChangeId right) => left.Value.CompareTo(right.Value) < 0;

    /// <summary>Whether the left one is the later, byte by byte.</summary>
    public static bool operator >(ConsentChangeId left, ConsentChangeId right) => left.Value.CompareTo(right.Value) > 0;
}
