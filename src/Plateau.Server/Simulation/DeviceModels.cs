using Plateau.Contracts;

namespace Plateau.Server.Simulation;

/// <summary>What the makers of simulated devices sell. All of them, and all their models, are invented.</summary>
internal static class DeviceModels
{
    public static readonly DeviceProperties Hearth10 = Battery(
        "Helion Works", "HW-B10", "Hearth 10", new(9.6, 3.6, 5, 0.9), exportLimitKw: 5);

    public static readonly DeviceProperties Hearth16 = Battery(
        "Helion Works", "HW-B16", "Hearth 16", new(15.4, 5, 7.2, 0.91), exportLimitKw: 7.2);

    public static readonly DeviceProperties Fjord7 = Battery(
        "Norrvik Energi", "NE-7K", "Fjord 7", new(6.8, 3.3, 3.3, 0.92), exportLimitKw: 3.7);

    public static readonly DeviceProperties Fjord13 = Battery(
        "Norrvik Energi", "NE-13K", "Fjord 13", new(13.2, 5, 5, 0.92), exportLimitKw: 6);

    public static readonly DeviceProperties Mesa20 = Battery(
        "Tessara Home", "TH-200", "Mesa 20", new(19.8, 8, 10, 0.88), exportLimitKw: 10);

    public static readonly DeviceProperties Kerb7 = Charger("Volmar Charging", "VC-7S", "Kerb 7", new()
    {
        MaxPowerKw = 7.4, MinPowerKw = 1.4, Phases = 1, PhaseSwitching = false, V2gCapable = false,
    });

    public static readonly DeviceProperties Kerb11 = Charger("Volmar Charging", "VC-11T", "Kerb 11", new()
    {
        MaxPowerKw = 11, MinPowerKw = 4.1, Phases = 3, PhaseSwitching = false, V2gCapable = false,
    });

    public static readonly DeviceProperties Kerb22 = Charger("Volmar Charging", "VC-22T", "Kerb 22", new()
    {
        MaxPowerKw = 22, MinPowerKw = 1.4, Phases = 3, PhaseSwitching = true, V2gCapable = false,
    });

    public static readonly DeviceProperties Return10 = Charger("Ohmstead", "OM-R10", "Return 10", new()
    {
        MaxPowerKw = 10, MinPowerKw = 1.4, Phases = 3, PhaseSwitching = true, V2gCapable = true,
    });

    public static readonly DeviceProperties Zephyr5 = HeatPump("Brisa Thermal", "BT-5", "Zephyr 5", new()
    {
        MaxPowerKw = 2.2, MinPowerKw = 0.5, ThermalStorageLitres = 180,
    });

    public static readonly DeviceProperties Zephyr9 = HeatPump("Brisa Thermal", "BT-9", "Zephyr 9", new()
    {
        MaxPowerKw = 3.5, MinPowerKw = 0.8, ThermalStorageLitres = 250,
    });

    public static readonly DeviceProperties Zephyr14 = HeatPump("Brisa Thermal", "BT-14", "Zephyr 14", new()
    {
        MaxPowerKw = 5.2, MinPowerKw = 1.1, ThermalStorageLitres = 300,
    });

    public static readonly DeviceProperties Field4 = Inverter("Lumenfeld Solar", "LS-4", "Field 4", exportLimitKw: 3.7);

    public static readonly DeviceProperties Field8 = Inverter("Lumenfeld Solar", "LS-8", "Field 8", exportLimitKw: 8);

    private sealed record Storage(
        double CapacityKwh, double ChargePowerKw, double DischargePowerKw, double RoundTripEfficiency);

    private static DeviceProperties Battery(
        string maker, string code, string name, Storage storage, double exportLimitKw) => Model(maker, code, name) with
        {
            Battery = new()
            {
                CapacityKwh = storage.CapacityKwh,
                PowerKw = Math.Max(storage.ChargePowerKw, storage.DischargePowerKw),
                ChargePowerKw = storage.ChargePowerKw,
                DischargePowerKw = storage.DischargePowerKw,
                RoundTripEfficiency = storage.RoundTripEfficiency,
            },
            Inverter = new() { AcExportLimitKw = exportLimitKw },
        };

    private static DeviceProperties Charger(string maker, string code, string name, EvChargerProperties charger) =>
        Model(maker, code, name) with { EvCharger = charger };

    private static DeviceProperties HeatPump(string maker, string code, string name, HeatPumpProperties pump) =>
        Model(maker, code, name) with { HeatPump = pump };

    private static DeviceProperties Inverter(string maker, string code, string name, double exportLimitKw) =>
        Model(maker, code, name) with { Inverter = new() { AcExportLimitKw = exportLimitKw } };

    private static DeviceProperties Model(string maker, string code, string name) =>
        new() { Manufacturer = maker, ModelCode = code, ModelName = name };
}
