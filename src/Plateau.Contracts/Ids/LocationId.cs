using System.Text.Json.Serialization;

namespace Plateau.Contracts;

/// <summary>Identifies a location: a home or a site. Prints as <c>loc_</c> and 24 hex digits.</summary>
/// <param name="Value">The twelve bytes.</param>
[JsonConverter(typeof(ObjectIdConverter<LocationId>))]
public readonly record struct LocationId(ObjectId Value) : IObjectId<LocationId>
{
    /// <inheritdoc/>
    public static string Prefix => "loc_";

    /// <inheritdoc/>
    public static LocationId Of(ObjectId value) => new(value);

    /// <inheritdoc/>
    public override string ToString() => ObjectIdText.Format(this);

    /// <summary>Whether the left one is the earlier, byte by byte.</summary>
    public static bool operator <(LocationId left, LocationId right) => left.Value.CompareTo(right.Value) < 0;

    /// <summary>Whether the left one is the later, byte by byte.</summary>
    public static bool operator >(LocationId left, LocationId right) => left.Value.CompareTo(right.Value) > 0;
}
