using System.Text.Json.Serialization;

namespace Plateau.Contracts;

/// <summary>Identifies an entry of an account's audit trail. Prints as <c>aud_</c> and 24 hex digits.</summary>
/// <param name="Value">The twelve bytes.</param>
[JsonConverter(typeof(ObjectIdConverter<AuditEntryId>))]
public readonly record struct AuditEntryId(ObjectId Value) : IObjectId<AuditEntryId>
{
    /// <inheritdoc/>
    public static string Prefix => "aud_";

    /// <inheritdoc/>
    public static AuditEntryId Of(ObjectId value) => new(value);

    /// <inheritdoc/>
    public override string ToString() => ObjectIdText.Format(this);

    /// <summary>Whether the left one is the earlier, byte by byte.</summary>
    public static bool operator <(AuditEntryId left, AuditEntryId right) => left.Value.CompareTo(right.Value) < 0;

    /// <summary>Whether the left one is the later, byte by byte.</summary>
    public static bool operator >(AuditEntryId left, AuditEntryId right) => left.Value.CompareTo(right.Value) > 0;
}
