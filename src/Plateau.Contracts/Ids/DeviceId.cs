using System.Text.Json.Serialization;

namespace Plateau.Contracts;

/// <summary>Identifies a device. Prints as <c>dev_</c> and 24 hex digits.</summary>
/// <param name="Value">The twelve bytes.</param>
[JsonConverter(typeof(ObjectIdConverter<DeviceId>))]
public readonly record struct DeviceId(ObjectId Value) : IObjectId<DeviceId>
{
    /// <inheritdoc/>
    public static string Prefix => "dev_";

    /// <inheritdoc/>
    public static DeviceId Of(ObjectId value) => new(value);

    /// <inheritdoc/>
    public override string ToString() => ObjectIdText.Format(this);

    /// <summary>Whether the left one is the earlier, byte by byte.</summary>
    public static bool operator <(DeviceId left, DeviceId right) => left.Value.CompareTo(right.Value) < 0;

    /// <summary>Whether the left one is the later, byte by byte.</summary>
    public static bool operator >(DeviceId left, DeviceId right) => left.Value.CompareTo(right.Value) > 0;
}
