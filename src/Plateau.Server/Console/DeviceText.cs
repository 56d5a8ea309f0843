using Plateau.Contracts;
using Plateau.Server.Devices;

namespace Plateau.Server.WebConsole;

/// <summary>Words for a device.</summary>
internal static class DeviceText
{
    /// <summary>What a kind of part is called.</summary>
    public static string NameOf(DeviceKind kind) => kind switch
    {
        DeviceKind.Battery => "Battery",
        DeviceKind.Pv => "Solar",
        DeviceKind.Inverter => "Inverter",
        DeviceKind.EvCharger => "EV charger",
        DeviceKind.HeatPump => "Heat pump",
        _ => kind.ToString(),
    };

    /// <summary>What an activity is called.</summary>
    public static string NameOf(DeviceActivity activity) => activity switch
    {
        DeviceActivity.Fresh => "Fresh",
        DeviceActivity.Silent => "Silent",
        DeviceActivity.NeverSeen => "Never seen",
        _ => activity.ToString(),
    };

    /// <summary>The parts a device has.</summary>
    public static IEnumerable<DeviceKind> KindsOf(DeviceProperties properties) =>
        Enum.GetValues<DeviceKind>().Where(kind => (DeviceParts.Of(properties) & DeviceParts.Of(kind)) != 0);

    /// <summary>The parts a device has, in words.</summary>
    public static string PartsOf(Device device) =>
        string.Join(", ", KindsOf(device.Properties).Select(NameOf)) is { Length: > 0 } parts ? parts : Show.Nothing;

    /// <summary>Its maker and model.</summary>
    public static string ModelOf(Device device)
    {
        var properties = device.Properties;
        string?[] words = [properties.Manufacturer, properties.ModelName ?? properties.ModelCode];
        return string.Join(' ', words.Where(word => word is { Length: > 0 })) is { Length: > 0 } model
            ? model
            : Show.Nothing;
    }
}
