using Plateau.Contracts;

namespace Plateau.Server.Simulation;

/// <summary>A device.</summary>
/// <param name="ReferenceId">Our own name for it.</param>
/// <param name="Home">Where it stands.</param>
/// <param name="Properties">What it is and can do.</param>
/// <param name="Consents">What its owner has agreed to beyond the defaults.</param>
/// <param name="Battery">The battery or car that reports states; null for a device without one.</param>
internal sealed record SimulatedDevice(
    string ReferenceId, SimulatedHome Home, DeviceProperties Properties, ConsentsDraft Consents,
    SimulatedBattery? Battery)
{
    private const double CarRoundTripEfficiency = 0.86;

    /// <summary>The body that registers it.</summary>
    /// <param name="location">Id of its home.</param>
    public DeviceDraft ToDraft(LocationId location) => new()
    {
        ReferenceId = ReferenceId,
        Properties = Properties,
        Consents = Consents,
        Timezone = Home.Town.Timezone,
        Locations = [location],
    };

    /// <summary>The battery of a home, for a model that tells what it can hold and take.</summary>
    /// <param name="model">The model.</param>
    /// <param name="use">What it is used for.</param>
    /// <param name="firstChargePercent">State of charge at the very beginning, %, 0–100.</param>
    public static SimulatedBattery HomeBattery(DeviceProperties model, HomeUse use, double firstChargePercent) => new(
        new(
            Told(model.Battery?.CapacityKwh), Told(model.Battery?.ChargePowerKw),
            Told(model.Battery?.DischargePowerKw), Told(model.Battery?.RoundTripEfficiency)),
        use, firstChargePercent);

    /// <summary>The car at a charger, for a model that tells what it gives.</summary>
    /// <param name="charger">The charger.</param>
    /// <param name="capacityKwh">What the car holds, kWh.</param>
    /// <param name="onboardKw">What the car takes at the most, kW.</param>
    /// <param name="use">What it is used for.</param>
    /// <param name="firstChargePercent">State of charge at the very beginning, %, 0–100.</param>
    public static SimulatedBattery Car(
        EvChargerProperties charger, double capacityKwh, double onboardKw, CarUse use, double firstChargePercent)
    {
        var powerKw = Math.Min(Told(charger.MaxPowerKw), onboardKw);
        return new(
            new(capacityKwh, powerKw, charger.V2gCapable is true ? powerKw : 0, CarRoundTripEfficiency),
            use, firstChargePercent);
    }

    private static double Told(double? value) =>
        value ?? throw new InvalidOperationException("A simulated model leaves out what the simulation needs.");
}
