using Microsoft.Extensions.Options;
using Plateau.Contracts;
using Plateau.Server.Http;

namespace Plateau.Server.Telemetry;

/// <summary>The bodies that submit states of devices.</summary>
internal sealed class DeviceStateBody
{
    public DeviceStateBody(TimeProvider clock, IOptions<TelemetryOptions> options)
    {
        var maxAhead = TimeSpan.FromSeconds(options.Value.MaxAheadSeconds);
        var alone = new StateFields(clock, maxAhead);
        Schema = new("DeviceStateSubmission", alone.All, alone.Build, alone.Check);
        var amongOthers = new StateFields(clock, maxAhead);
        var device = new IdField<DeviceId>("device_id") { Required = true };
        Item = new(
            "DeviceStateItem", [device, .. amongOthers.All],
            values => new DeviceStateItem(values.RequiredValue(device), amongOthers.Build(values)), amongOthers.Check);
    }

    /// <summary>
    /// One state of the device in the path: its members, and the bounds of its time by this server's clock.
    /// </summary>
    public BodySchema<DeviceStateSubmission> Schema { get; }

    /// <summary>One of many states, which names its device.</summary>
    public BodySchema<DeviceStateItem> Item { get; }

    /// <summary>The members of a state. A field belongs to one schema, so each has its own.</summary>
    private sealed class StateFields(TimeProvider clock, TimeSpan maxAhead)
    {
        private readonly IdField<LocationId> _location = new("location_id")
        {
            Required = true,
            Description = "`loc_` and 24 hex digits: where the device is. A device that is not placed there yet is "
                + "placed there too, beside its other locations.",
        };
        private readonly TimeField _time = new("time")
        {
            Required = true,
            Description = FormattableString.Invariant(
                $"When the state was measured. At most {maxAhead.TotalSeconds} s ahead, not before 2000."),
        };
        private readonly NumberField _charge = new("state_of_charge_percent", 0, 100) { Required = true };
        private readonly NumberField _target = new("target_state_of_charge_percent", 0, 100) { Required = true };
        private readonly NumberField _power = new("battery_power_kw", -10_000, 10_000)
        {
            Description = "kW; positive charges, negative discharges.",
        };
        private readonly NumberField _energy = new("energy_remaining_kwh", 0, 1_000_000)
        {
            Description = "Usable energy in the battery, kWh.",
        };
        private readonly NumberField _reserve = new("backup_reserve_percent", 0, 100)
        {
            Description = "Share of the capacity kept for backup.",
        };
        private readonly TextField _reference = new("record_reference_id", minLength: 1)
        {
            Description = "Your name for this record: repeating the record with it gives the first answer again.",
        };

        public BodyField[] All => [_location, _time, _charge, _target, _power, _energy, _reserve, _reference];

        public DeviceStateSubmission Build(BodyValues values) => new()
        {
            LocationId = values.RequiredValue(_location),
            Time = values.RequiredValue(_time),
            StateOfChargePercent = values.RequiredValue(_charge),
            TargetStateOfChargePercent = values.RequiredValue(_target),
            BatteryPowerKw = values.Value(_power),
            EnergyRemainingKwh = values.Value(_energy),
            BackupReservePercent = values.Value(_reserve),
            RecordReferenceId = values.Object(_reference),
        };

        public void Check(BodyValues values, BodyFaults faults, string path)
        {
            if (values.Value(_time) is { } sent
                && SubmissionRules.CheckTime(sent, clock.GetUtcNow(), maxAhead) is { } message)
            {
                faults.Invalid($"{path}.{_time.Name}", _time.Name, message);
            }
        }
    }
}

/// <summary>One of many states.</summary>
/// <param name="DeviceId">Of which device.</param>
/// <param name="State">The state.</param>
internal sealed record DeviceStateItem(DeviceId DeviceId, DeviceStateSubmission State);
