using System.Text.Json.Nodes;
using Microsoft.OpenApi;
using Plateau.Contracts;
using Plateau.Server.Http;

namespace Plateau.Server.Devices;

/// <summary>What the devices of a list have in common, beside <see cref="DeviceFilter"/>.</summary>
/// <param name="Kind">Those with such a part, that may be shown; null for any.</param>
/// <param name="Activity">Those whose states are shared and that are heard of like this; null for any.</param>
/// <param name="ReferencePrefix">Those whose reference begins with this; null for any.</param>
internal sealed record DeviceTraits(DeviceKind? Kind, DeviceActivity? Activity, string? ReferencePrefix)
{
    /// <summary>Devices of every sort.</summary>
    public static readonly DeviceTraits Any = new(null, null, null);

    /// <summary>The parameters of all.</summary>
    public static readonly QueryParameter[] Parameters =
    [
        OneOf<DeviceActivity>(
            "activity",
            "Devices that were heard of lately, not lately, or never. Without the consent to telemetry a device is "
                + "none of these."),
        OneOf<DeviceKind>(
            "kind", "Devices with such a part. Without the consent to information a device has none."),
        new(
            "reference_prefix", "Devices whose `reference_id` begins with this, byte by byte.",
            () => new() { Type = JsonSchemaType.String, MinLength = 1, MaxLength = 255 }),
    ];

    /// <summary>Reads the parameters.</summary>
    public static DeviceTraits Read(QueryReader query)
    {
        var prefix = query.Reference("reference_prefix");
        if (prefix is "")
        {
            query.Refuse("reference_prefix", "reference_prefix_invalid", "reference_prefix must not be empty.");
        }
        var traits = new DeviceTraits(
            query.OneOf<DeviceKind>("kind"), query.OneOf<DeviceActivity>("activity"), prefix);
        return traits == Any ? Any : traits;
    }

    private static QueryParameter OneOf<T>(string name, string description) where T : struct, Enum => new(
        name, description,
        () => new()
        {
            Type = JsonSchemaType.String,
            Enum = [.. Enum.GetValues<T>().Select(value => JsonValue.Create(WireName.Of(value)))],
        });
}
