using Plateau.Contracts;
using Plateau.Server.Http;

namespace Plateau.Server.Telemetry;

/// <summary>The body that submits a device's state.</summary>
internal static class DeviceStateBody
{
    private static readonly IdField<LocationId> Location = new("location_id") { Required = true };

    private static readonly TimeField Time = new("time")
    {
        Required = true,
        Description = "When the state was measured. At most five minutes ahead, not before 2000.",
    };

    private static readonly NumberField Charge = new("state_of_charge_percent", 0, 100) { Required = true };
    private static readonly NumberField Target = new("target_state_of_charge_percent", 0, 100) { Required = true };

    private static readonly NumberField Power = new("battery_power_kw", -10_000, 10_000)
    {
        Description = "kW; positive charges, negative discharges.",
    };

    private static readonly NumberField Energy = new("energy_remaining_kwh", 0, 1_000_000)
    {
        Description = "Usable energy in the battery, kWh.",
    };

    private static readonly NumberField Reserve = new("backup_reserve_percent", 0, 100)
    {
        Description = "Share of the capacity kept for backup.",
    };

    private static readonly TextField Reference = new("record_reference_id", minLength: 1)
    {
        Description = "Your name for this record: repeating the record with it gives the first answer again.",
    };

    public static readonly BodySchema<DeviceStateSubmission> Schema = new(
        "DeviceStateSubmission",
        [Location, Time, Charge, Target, Power, Energy, Reserve, Reference],
        values => new DeviceStateSubmission
        {
            LocationId = values.RequiredValue(Location),
            Time = values.RequiredValue(Time),
            StateOfChargePercent = values.RequiredValue(Charge),
            TargetStateOfChargePercent = values.RequiredValue(Target),
            BatteryPowerKw = values.Value(Power),
            EnergyRemainingKwh = values.Value(Energy),
            BackupReservePercent = values.Value(Reserve),
            RecordReferenceId = values.Object(Reference),
        });
}
