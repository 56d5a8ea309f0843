using System.Text.Json.Serialization;

namespace Plateau.Contracts;

/// <summary>Identifies an account: one maker or aggregator. Prints as <c>acc_</c> and 24 hex digits.</summary>
/// <param name="Value">The twelve bytes.</param>
[JsonConverter(typeof(ObjectIdConverter<AccountId>))]
public readonly record struct AccountId(ObjectId Value) : IObjectId<AccountId>
{
    /// <inheritdoc/>
    public static string Prefix => "acc_";

    /// <inheritdoc/>
    public static AccountId Of(ObjectId value) => new(value);

    /// <inheritdoc/>
    public override string ToString() => ObjectIdText.Format(this);

    /// <summary>Whether the left one is the earlier, byte by byte.</summary>
    public static bool operator <(AccountId left, AccountId right) => left.Value.CompareTo(right.Value) < 0;

    /// <summary>Whether the left one is the later, byte by byte.</summary>
    public static bool operator >(AccountId left, AccountId right) => left.Value.CompareTo(right.Value) > 0;
}
