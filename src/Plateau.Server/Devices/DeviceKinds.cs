using Plateau.Contracts;

namespace Plateau.Server.Devices;

/// <summary>Which parts a device has, as it is stored; the migrations know the bits too.</summary>
[Flags]
internal enum DeviceKinds : short
{
    /// <summary>No part is known.</summary>
    None = 0,

    /// <summary>A battery.</summary>
    Battery = 1,

    /// <summary>Solar panels.</summary>
    Pv = 2,

    /// <summary>An inverter.</summary>
    Inverter = 4,

    /// <summary>A charger of electric vehicles.</summary>
    EvCharger = 8,

    /// <summary>A heat pump.</summary>
    HeatPump = 16,
}

/// <summary>Parts of devices, between wire and store.</summary>
internal static class DeviceParts
{
    /// <summary>The parts that some properties tell of.</summary>
    public static DeviceKinds Of(DeviceProperties? properties) =>
        (properties?.Battery is null ? DeviceKinds.None : DeviceKinds.Battery)
        | (properties?.Pv is null ? DeviceKinds.None : DeviceKinds.Pv)
        | (properties?.Inverter is null ? DeviceKinds.None : DeviceKinds.Inverter)
        | (properties?.EvCharger is null ? DeviceKinds.None : DeviceKinds.EvCharger)
        | (properties?.HeatPump is null ? DeviceKinds.None : DeviceKinds.HeatPump);

    /// <summary>A part as it is stored.</summary>
    public static DeviceKinds Of(DeviceKind kind) => kind switch
    {
        DeviceKind.Battery => DeviceKinds.Battery,
        DeviceKind.Pv => DeviceKinds.Pv,
        DeviceKind.Inverter => DeviceKinds.Inverter,
        DeviceKind.EvCharger => DeviceKinds.EvCharger,
        DeviceKind.HeatPump => DeviceKinds.HeatPump,
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };
}
