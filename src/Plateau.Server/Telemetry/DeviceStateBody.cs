using Microsoft.Extensions.Options;
using Plateau.Contracts;
using Plateau.Server.Http;

namespace Plateau.Server.Telemetry;

/// <summary>The body that submits a device's state.</summary>
internal sealed class DeviceStateBody
{
    public DeviceStateBody(TimeProvider clock, IOptions<TelemetryOptions> options)
    {
        var maxAhead = TimeSpan.FromSeconds(options.Value.MaxAheadSeconds);
        var location = new IdField<LocationId>("location_id") { Required = true };
        var time = new TimeField("time")
        {
            Required = true,
            Description = FormattableString.Invariant(
                $"When the state was measured. At most {maxAhead.TotalSeconds} s ahead, not before 2000."),
        };
        var charge = new NumberField("state_of_charge_percent", 0, 100) { Required = true };
        var target = new NumberField("target_state_of_charge_percent", 0, 100) { Required = true };
        var power = new NumberField("battery_power_kw", -10_000, 10_000)
        {
            Description = "kW; positive charges, negative discharges.",
        };
        var energy = new NumberField("energy_remaining_kwh", 0, 1_000_000)
        {
            Description = "Usable energy in the battery, kWh.",
        };
        var reserve = new NumberField("backup_reserve_percent", 0, 100)
        {
            Description = "Share of the capacity kept for backup.",
        };
        var reference = new TextField("record_reference_id", minLength: 1)
        {
            Description = "Your name for this record: repeating the record with it gives the first answer again.",
        };
        Schema = new(
            "DeviceStateSubmission",
            [location, time, charge, target, power, energy, reserve, reference],
            values => new DeviceStateSubmission
            {
                LocationId = values.RequiredValue(location),
                Time = values.RequiredValue(time),
                StateOfChargePercent = values.RequiredValue(charge),
                TargetStateOfChargePercent = values.RequiredValue(target),
                BatteryPowerKw = values.Value(power),
                EnergyRemainingKwh = values.Value(energy),
                BackupReservePercent = values.Value(reserve),
                RecordReferenceId = values.Object(reference),
            },
            (values, faults, path) =>
            {
                if (values.Value(time) is { } sent
                    && SubmissionRules.CheckTime(sent, clock.GetUtcNow(), maxAhead) is { } message)
                {
                    faults.Invalid($"{path}.{time.Name}", time.Name, message);
                }
            });
    }

    /// <summary>Its members, and the bounds of its time by this server's clock.</summary>
    public BodySchema<DeviceStateSubmission> Schema { get; }
}
