using Plateau.Contracts;

namespace Plateau.Server.WebConsole;

/// <summary>Words for a device.</summary>
internal static class DeviceText
{
    /// <summary>The parts it has.</summary>
    public static string PartsOf(Device device)
    {
        var properties = device.Properties;
        (bool Has, string Name)[] parts =
        [
            (properties.Battery is not null, "Battery"),
            (properties.Pv is not null, "Solar"),
            (properties.Inverter is not null, "Inverter"),
            (properties.EvCharger is not null, "EV charger"),
            (properties.HeatPump is not null, "Heat pump"),
        ];
        return parts.Any(part => part.Has)
            ? string.Join(", ", parts.Where(part => part.Has).Select(part => part.Name))
            : Show.Nothing;
    }

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
