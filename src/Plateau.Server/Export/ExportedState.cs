using Plateau.Contracts;

namespace Plateau.Server.Export;

/// <summary>One line of an export.</summary>
/// <param name="DeviceReference">The device's <c>reference_id</c>; null where it has none.</param>
/// <param name="State">The record.</param>
internal readonly record struct ExportedState(string? DeviceReference, DeviceState State);

/// <summary>
/// The columns of an export, by the names of the API; <c>device_ref</c> is the device's <c>reference_id</c>.
/// </summary>
internal static class ExportColumns
{
    public const string DeviceId = "device_id";
    public const string DeviceReference = "device_ref";
    public const string LocationId = "location_id";
    public const string Time = "time";
    public const string Charge = "state_of_charge_percent";
    public const string Target = "target_state_of_charge_percent";
    public const string Power = "battery_power_kw";
    public const string Energy = "energy_remaining_kwh";
    public const string Reserve = "backup_reserve_percent";
    public const string RecordReference = "record_reference_id";
    public const string Id = "id";
    public const string TimeCreated = "time_created";

    /// <summary>All of them, in the order they are written.</summary>
    public static readonly string[] All =
    [
        DeviceId, DeviceReference, LocationId, Time, Charge, Target, Power, Energy, Reserve, RecordReference, Id,
        TimeCreated,
    ];
}
