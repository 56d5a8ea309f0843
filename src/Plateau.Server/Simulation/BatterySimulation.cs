namespace Plateau.Server.Simulation;

/// <summary>What a battery can hold and take.</summary>
/// <param name="CapacityKwh">Usable capacity, kWh, above 0.</param>
/// <param name="ChargePowerKw">Greatest power into it, kW, without a sign.</param>
/// <param name="DischargePowerKw">Greatest power out of it, kW, without a sign; 0 for one that only charges.</param>
/// <param name="RoundTripEfficiency">Energy out over energy in, above 0 and at most 1.</param>
internal sealed record BatteryModel(
    double CapacityKwh, double ChargePowerKw, double DischargePowerKw, double RoundTripEfficiency)
{
    /// <summary>The share that survives one way, in or out: both lose alike.</summary>
    public double OneWayEfficiency => Math.Sqrt(RoundTripEfficiency);
}

/// <summary>What a battery is asked to do for a while.</summary>
/// <param name="PowerKw">Power wished for, kW; positive charges, negative discharges.</param>
/// <param name="FloorPercent">It is not discharged below this, %, 0–100.</param>
/// <param name="CeilingPercent">It is not charged above this, %, 0–100.</param>
internal readonly record struct BatteryWish(double PowerKw, double FloorPercent, double CeilingPercent);

/// <summary>What a battery did.</summary>
/// <param name="PowerKw">Mean power at its terminals, kW; positive charged, negative discharged.</param>
/// <param name="ChargePercent">State of charge at the end, %, 0–100.</param>
internal readonly record struct BatteryStep(double PowerKw, double ChargePercent);

/// <summary>The physics of a battery: power limits, losses, and a charge that stays within what it can hold.</summary>
internal static class BatterySimulation
{
    /// <summary>What the battery does for a while when it is asked for something.</summary>
    /// <param name="battery">The battery.</param>
    /// <param name="chargePercent">State of charge at the start, %, 0–100.</param>
    /// <param name="wish">What it is asked to do.</param>
    /// <param name="duration">How long, above zero.</param>
    public static BatteryStep Step(BatteryModel battery, double chargePercent, BatteryWish wish, TimeSpan duration)
    {
        var hours = duration.TotalHours;
        var storedKwh = battery.CapacityKwh * chargePercent / 100;
        var efficiency = battery.OneWayEfficiency;
        if (wish.PowerKw > 0)
        {
            var roomKwh = Math.Max((battery.CapacityKwh * wish.CeilingPercent / 100) - storedKwh, 0);
            var powerKw = Least(wish.PowerKw, battery.ChargePowerKw, roomKwh / efficiency / hours);
            return powerKw == 0
                ? new(0, chargePercent)
                : new(powerKw, ToPercent(battery, storedKwh + (powerKw * efficiency * hours)));
        }
        var spareKwh = Math.Max(storedKwh - (battery.CapacityKwh * wish.FloorPercent / 100), 0);
        var drawnKw = Least(-wish.PowerKw, battery.DischargePowerKw, spareKwh * efficiency / hours);
        // What stands still keeps its charge to the last bit.
        return drawnKw == 0
            ? new(0, chargePercent)
            : new(-drawnKw, ToPercent(battery, storedKwh - (drawnKw / efficiency * hours)));
    }

    private static double Least(double wished, double limit, double possible) =>
        Math.Min(wished, Math.Min(limit, possible));

    // Only the last bits of the division can lie outside.
    private static double ToPercent(BatteryModel battery, double storedKwh) =>
        Math.Clamp(100 * storedKwh / battery.CapacityKwh, 0, 100);
}
