using System.Text.Json.Serialization;

namespace Plateau.Contracts;

/// <summary>
/// Identifies one state record of a device; made from the record's device, time and reference. Prints as <c>dsr_</c>
/// and 24 hex digits.
/// </summary>
/// <param name="Value">The twelve bytes.</param>
[JsonConverter(typeof(ObjectIdConverter<DeviceStateId>))]
public readonly record struct DeviceStateId(ObjectId Value) : IObjectId<DeviceStateId>
{
    /// <inheritdoc/>
    public static string Prefix => "dsr_";

    /// <inheritdoc/>
    public static DeviceStateId Of(ObjectId value) => new(value);

    /// <inheritdoc/>
    public override string ToString() => ObjectIdText.Format(this);

    /// <summary>Whether the left one is the earlier, byte by byte.</summary>
    public static bool operator <(DeviceStateId left, DeviceStateId right) => left.Value.CompareTo(right.Value) < 0;

    /// <summary>Whether the left one is the later, byte by byte.</summary>
    public static bool operator >(DeviceStateId left, DeviceStateId right) => left.Value.CompareTo(right.Value) > 0;
}
