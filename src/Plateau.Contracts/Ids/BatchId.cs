using System.Text.Json.Serialization;

namespace Plateau.Contracts;

/// <summary>
/// Identifies the answer to one batch. Prints as <c>bat_</c>
/// and 24 hex digits.
/// </summary>
/// <param name="Value">The twelve bytes.</param>
[JsonConverter(typeof(ObjectIdConverter<BatchId>))]
public readonly record struct BatchId(ObjectId Value) : IObjectId<BatchId>
{
    /// <inheritdoc/>
    public static string Prefix => "bat_";

    /// <inheritdoc/>
    public static BatchId Of(ObjectId value) => new(value);

    /// <inheritdoc/>
    public override string ToString() => ObjectIdText.Format(this);

    /// <summary>Whether the left one is the earlier, byte by byte.</summary>
    public static bool operator <(BatchId left, BatchId right) => left.Value.CompareTo(right.Value) < 0;

    /// <summary>Whether the left one is the later, byte by byte.</summary>
    public static bool operator >(BatchId left, BatchId right) => left.Value.CompareTo(right.Value) > 0;
}
