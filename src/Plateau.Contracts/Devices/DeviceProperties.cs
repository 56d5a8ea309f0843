namespace Plateau.Contracts;

/// <summary>What a device is and can do. Every member is optional; only the subsystems that were sent appear.</summary>
public sealed record DeviceProperties
{
    /// <summary>Maker's name, at most 255 characters; null when not told.</summary>
    public string? Manufacturer { get; init; }

    /// <summary>Maker's code of the model, at most 255 characters; null when not told.</summary>
    public string? ModelCode { get; init; }

    /// <summary>Name of the model, at most 255 characters; null when not told.</summary>
    public string? ModelName { get; init; }

    /// <summary>The battery; null when the device has none.</summary>
    public BatteryProperties? Battery { get; init; }

    /// <summary>The solar panels; null when the device has none.</summary>
    public PvProperties? Pv { get; init; }

    /// <summary>The inverter; null when the device has none.</summary>
    public InverterProperties? Inverter { get; init; }

    /// <summary>The car charger; null when the device has none.</summary>
    public EvChargerProperties? EvCharger { get; init; }

    /// <summary>The heat pump; null when the device has none.</summary>
    public HeatPumpProperties? HeatPump { get; init; }

    /// <summary>When the device was installed, UTC; null when not told.</summary>
    public DateTimeOffset? InstallDate { get; init; }
}

/// <summary>A battery's size and limits. Null means not told.</summary>
public sealed record BatteryProperties
{
    /// <summary>Usable capacity, kWh, 0–1 000 000.</summary>
    public double? CapacityKwh { get; init; }

    /// <summary>Rated power, kW, 0–1 000 000, without a sign.</summary>
    public double? PowerKw { get; init; }

    /// <summary>Greatest power into the battery, kW, 0–1 000 000, without a sign.</summary>
    public double? ChargePowerKw { get; init; }

    /// <summary>Greatest power out of the battery, kW, 0–1 000 000, without a sign.</summary>
    public double? DischargePowerKw { get; init; }

    /// <summary>Energy out over energy in, a share above 0 and at most 1.</summary>
    public double? RoundTripEfficiency { get; init; }
}

/// <summary>Solar panels. Null means not told.</summary>
public sealed record PvProperties
{
    /// <summary>Peak power, kW, 0–1 000 000.</summary>
    public double? PeakPowerKw { get; init; }

    /// <summary>Degrees from true north, positive anticlockwise, −180…180.</summary>
    public double? Azimuth { get; init; }

    /// <summary>Degrees from the horizontal, 0–90.</summary>
    public double? Tilt { get; init; }

    /// <summary>Whether terrain shades the panels.</summary>
    public bool? TerrainShading { get; init; }

    /// <summary>Whether forecasts of their production are wanted.</summary>
    public bool? ForecastsEnabled { get; init; }
}

/// <summary>An inverter. Null means not told.</summary>
public sealed record InverterProperties
{
    /// <summary>Greatest power to the grid, kW, 0–1 000 000, without a sign.</summary>
    public double? AcExportLimitKw { get; init; }
}

/// <summary>A car charger. Null means not told.</summary>
public sealed record EvChargerProperties
{
    /// <summary>Greatest charging power, kW, 0–1 000 000; not below <see cref="MinPowerKw"/>.</summary>
    public double? MaxPowerKw { get; init; }

    /// <summary>Least charging power, kW, 0–1 000 000; not above <see cref="MaxPowerKw"/>.</summary>
    public double? MinPowerKw { get; init; }

    /// <summary>Phases of the connection: 1 or 3.</summary>
    public int? Phases { get; init; }

    /// <summary>Whether the charger can change between one and three phases.</summary>
    public bool? PhaseSwitching { get; init; }

    /// <summary>Whether a car can feed back.</summary>
    public bool? V2gCapable { get; init; }
}

/// <summary>A heat pump. Null means not told.</summary>
public sealed record HeatPumpProperties
{
    /// <summary>Greatest electric power, kW, 0–1 000 000; not below <see cref="MinPowerKw"/>.</summary>
    public double? MaxPowerKw { get; init; }

    /// <summary>Least electric power, kW, 0–1 000 000; not above <see cref="MaxPowerKw"/>.</summary>
    public double? MinPowerKw { get; init; }

    /// <summary>Volume of the heat store, litres, 0–1 000 000.</summary>
    public double? ThermalStorageLitres { get; init; }
}
