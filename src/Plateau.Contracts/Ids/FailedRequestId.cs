using System.Text.Json.Serialization;

namespace Plateau.Contracts;

/// <summary>Identifies a call that failed. Prints as <c>req_</c> and 24 hex digits.</summary>
/// <param name="Value">The twelve bytes.</param>
[JsonConverter(typeof(ObjectIdConverter<FailedRequestId>))]
public readonly record struct FailedRequestId(ObjectId Value) : IObjectId<FailedRequestId>
{
    /// <inheritdoc/>
    public static string Prefix => "req_";

    /// <inheritdoc/>
    public static FailedRequestId Of(ObjectId value) => new(value);

    /// <inheritdoc/>
    public override string ToString() => ObjectIdText.Format(this);

    /// <summary>Whether the left one is the earlier, byte by byte.</summary>
    public static bool operator <(FailedRequestId left, FailedRequestId right) => left.Value.CompareTo(right.Value) < 0;

    /// <summary>Whether the left one is the later, byte by byte.</summary>
    public static bool operator >(FailedRequestId left, FailedRequestId right) => left.Value.CompareTo(right.Value) > 0;
}
