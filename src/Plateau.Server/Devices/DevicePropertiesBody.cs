using Plateau.Contracts;
using Plateau.Server.Http;

namespace Plateau.Server.Devices;

/// <summary>The properties in a device's body. Every member is optional.</summary>
internal static class DevicePropertiesBody
{
    private const double Most = 1_000_000;

    private static readonly TextField Manufacturer = new("manufacturer");
    private static readonly TextField ModelCode = new("model_code");
    private static readonly TextField ModelName = new("model_name");
    private static readonly ObjectField<BatteryProperties> Battery = new("battery", BatteryBody.Schema);
    private static readonly ObjectField<PvProperties> Pv = new("pv", PvBody.Schema);
    private static readonly ObjectField<InverterProperties> Inverter = new("inverter", InverterBody.Schema);
    private static readonly ObjectField<EvChargerProperties> EvCharger = new("ev_charger", EvChargerBody.Schema);
    private static readonly ObjectField<HeatPumpProperties> HeatPump = new("heat_pump", HeatPumpBody.Schema);
    private static readonly TimeField InstallDate = new("install_date")
    {
        Description = "When the device was installed.",
    };

    public static readonly BodySchema<DeviceProperties> Schema = new(
        "DeviceProperties",
        [Manufacturer, ModelCode, ModelName, Battery, Pv, Inverter, EvCharger, HeatPump, InstallDate],
        values => new DeviceProperties
        {
            Manufacturer = values.Object(Manufacturer),
            ModelCode = values.Object(ModelCode),
            ModelName = values.Object(ModelName),
            Battery = values.Object(Battery),
            Pv = values.Object(Pv),
            Inverter = values.Object(Inverter),
            EvCharger = values.Object(EvCharger),
            HeatPump = values.Object(HeatPump),
            InstallDate = values.Value(InstallDate),
        });

    private static class BatteryBody
    {
        private static readonly NumberField Capacity = new("capacity_kwh", 0, Most)
        {
            Description = "Usable capacity, kWh.",
        };
        private static readonly NumberField Power = new("power_kw", 0, Most) { Description = "Rated power, kW." };
        private static readonly NumberField Charge = new("charge_power_kw", 0, Most)
        {
            Description = "Greatest power in, kW.",
        };
        private static readonly NumberField Discharge = new("discharge_power_kw", 0, Most)
        {
            Description = "Greatest power out, kW, without a sign.",
        };
        private static readonly NumberField Efficiency = new("round_trip_efficiency", 0, 1)
        {
            AboveMin = true,
            Description = "Energy out over energy in.",
        };

        public static readonly BodySchema<BatteryProperties> Schema = new(
            "BatteryProperties",
            [Capacity, Power, Charge, Discharge, Efficiency],
            values => new BatteryProperties
            {
                CapacityKwh = values.Value(Capacity),
                PowerKw = values.Value(Power),
                ChargePowerKw = values.Value(Charge),
                DischargePowerKw = values.Value(Discharge),
                RoundTripEfficiency = values.Value(Efficiency),
            });
    }

    private static class PvBody
    {
        private static readonly NumberField Peak = new("peak_power_kw", 0, Most) { Description = "Peak power, kW." };
        private static readonly NumberField Azimuth = new("azimuth", -180, 180)
        {
            Description = "Degrees from true north, positive anticlockwise.",
        };
        private static readonly NumberField Tilt = new("tilt", 0, 90) { Description = "Degrees from the horizontal." };
        private static readonly BooleanField Shading = new("terrain_shading");
        private static readonly BooleanField Forecasts = new("forecasts_enabled");

        public static readonly BodySchema<PvProperties> Schema = new(
            "PvProperties",
            [Peak, Azimuth, Tilt, Shading, Forecasts],
            values => new PvProperties
            {
                PeakPowerKw = values.Value(Peak),
                Azimuth = values.Value(Azimuth),
                Tilt = values.Value(Tilt),
                TerrainShading = values.Value(Shading),
                ForecastsEnabled = values.Value(Forecasts),
            });
    }

    private static class InverterBody
    {
        private static readonly NumberField Limit = new("ac_export_limit_kw", 0, Most)
        {
            Description = "Greatest power to the grid, kW.",
        };

        public static readonly BodySchema<InverterProperties> Schema = new(
            "InverterProperties", [Limit], values => new InverterProperties { AcExportLimitKw = values.Value(Limit) });
    }

    private static class EvChargerBody
    {
        private static readonly NumberField Max = new("max_power_kw", 0, Most)
        {
            Description = "Greatest charging power, kW.",
        };
        private static readonly NumberField Min = new("min_power_kw", 0, Most)
        {
            Description = "Least charging power, kW.",
        };
        private static readonly WholeNumberField Phases = new("phases", 1, 3);
        private static readonly BooleanField Switching = new("phase_switching");
        private static readonly BooleanField FeedsBack = new("v2g_capable");

        public static readonly BodySchema<EvChargerProperties> Schema = new(
            "EvChargerProperties",
            [Max, Min, Phases, Switching, FeedsBack],
            values => new EvChargerProperties
            {
                MaxPowerKw = values.Value(Max),
                MinPowerKw = values.Value(Min),
                Phases = values.Value(Phases),
                PhaseSwitching = values.Value(Switching),
                V2gCapable = values.Value(FeedsBack),
            },
            (values, faults, path) => CheckPowers(values.Value(Min), values.Value(Max), faults, path));
    }

    private static class HeatPumpBody
    {
        private static readonly NumberField Max = new("max_power_kw", 0, Most)
        {
            Description = "Greatest electric power, kW.",
        };
        private static readonly NumberField Min = new("min_power_kw", 0, Most)
        {
            Description = "Least electric power, kW.",
        };
        private static readonly NumberField Store = new("thermal_storage_litres", 0, Most);

        public static readonly BodySchema<HeatPumpProperties> Schema = new(
            "HeatPumpProperties",
            [Max, Min, Store],
            values => new HeatPumpProperties
            {
                MaxPowerKw = values.Value(Max),
                MinPowerKw = values.Value(Min),
                ThermalStorageLitres = values.Value(Store),
            },
            (values, faults, path) => CheckPowers(values.Value(Min), values.Value(Max), faults, path));
    }

    private static void CheckPowers(double? min, double? max, BodyFaults faults, string path)
    {
        if (min > max)
        {
            faults.Invalid($"{path}.min_power_kw", "min_power_kw", "min_power_kw must not be above max_power_kw.");
        }
    }
}
