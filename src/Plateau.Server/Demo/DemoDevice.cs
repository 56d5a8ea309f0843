using Plateau.Contracts;
using Plateau.Server.Demo.Simulation;

namespace Plateau.Server.Demo;

/// <summary>A device of the demo.</summary>
/// <param name="ReferenceId">The demo's own name for it: the maker's code and a serial number.</param>
/// <param name="Place">Where it stands.</param>
/// <param name="Properties">What it is and can do.</param>
/// <param name="Consents">What its owner has agreed to beyond the defaults.</param>
/// <param name="Battery">The battery or car that reports states; null for a device without one.</param>
internal sealed record DemoDevice(
    string ReferenceId, DemoPlace Place, DeviceProperties Properties, ConsentsDraft Consents,
    SimulatedBattery? Battery)
{
    private const int PercentDigits = 2;
    private const int PowerDigits = 3;

    /// <summary>The body that registers it.</summary>
    /// <param name="location">Id of its place.</param>
    public DeviceDraft ToDraft(LocationId location) => new()
    {
        ReferenceId = ReferenceId,
        Properties = Properties,
        Consents = Consents,
        Timezone = Place.Timezone,
        Locations = [location],
    };

    /// <summary>The body that submits a state, rounded as a meter shows it.</summary>
    /// <param name="battery">The device's battery.</param>
    /// <param name="location">Id of its place.</param>
    /// <param name="state">The battery's state.</param>
    /// <param name="reference">Name of the record.</param>
    public static DeviceStateSubmission ToSubmission(
        SimulatedBattery battery, LocationId location, BatteryState state, string reference)
    {
        var charge = Math.Round(state.ChargePercent, PercentDigits);
        return new()
        {
            LocationId = location,
            Time = state.Time,
            StateOfChargePercent = charge,
            TargetStateOfChargePercent = battery.Use.TargetPercent,
            BatteryPowerKw = Math.Round(state.PowerKw, PowerDigits),
            EnergyRemainingKwh = Math.Round(battery.Model.CapacityKwh * charge / 100, PowerDigits),
            BackupReservePercent = battery.Use.BackupReservePercent,
            RecordReferenceId = reference,
        };
    }
}
