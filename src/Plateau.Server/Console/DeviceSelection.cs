using Plateau.Client;
using Plateau.Contracts;

namespace Plateau.Server.WebConsole;

/// <summary>Which devices the list shows, as its address tells it; what nobody knows is passed over.</summary>
/// <param name="Kind">Devices with such a part; null for all.</param>
/// <param name="Activity">Devices of this activity; null for all.</param>
/// <param name="Location">Devices placed there; null for all.</param>
/// <param name="Prefix">Devices whose reference begins so; null for all.</param>
internal sealed record DeviceSelection(
    DeviceKind? Kind, DeviceActivity? Activity, LocationId? Location, string? Prefix)
{
    private const int LongestPrefix = 255;

    /// <summary>Whether any device may be missing.</summary>
    public bool IsNarrowed => this is not { Kind: null, Activity: null, Location: null, Prefix: null };

    /// <summary>The same for the API.</summary>
    public DeviceFilter Filter => new()
    {
        Kind = Kind, Activity = Activity, LocationId = Location, ReferencePrefix = Prefix,
    };

    /// <summary>Reads the parameters of an address.</summary>
    public static DeviceSelection Read(string? kind, string? activity, string? location, string? prefix) => new(
        kind is null ? null : WireName.Find<DeviceKind>(kind),
        activity is null ? null : WireName.Find<DeviceActivity>(activity),
        ObjectIdText.TryParse(location, out LocationId id) ? id : null,
        prefix is { Length: > 0 and <= LongestPrefix } ? prefix : null);

    /// <summary>The parameters of an address; null removes one.</summary>
    public Dictionary<string, object?> ToParameters() => new()
    {
        ["kind"] = Kind is { } kind ? WireName.Of(kind) : null,
        ["activity"] = Activity is { } activity ? WireName.Of(activity) : null,
        ["location"] = Location?.ToString(),
        ["prefix"] = Prefix,
    };

    /// <summary>Where a search leads.</summary>
    /// <param name="text">What was typed: the id of a device or a location, or the beginning of a reference.</param>
    /// <returns>A device to open, or how to narrow the list.</returns>
    public (DeviceId? Device, DeviceSelection Query) Search(string text)
    {
        var wanted = text.Trim();
        return ObjectIdText.TryParse(wanted, out DeviceId device) ? (device, this)
            : ObjectIdText.TryParse(wanted, out LocationId location) ? (null, this with { Location = location })
            : (null, this with { Prefix = wanted is { Length: > 0 and <= LongestPrefix } ? wanted : null });
    }
}
