namespace Plateau.Server.Simulation;

/// <summary>
/// A home's battery: it keeps what the sun leaves over and gives it back when the household needs it. Without panels it
/// is filled from the night's cheap energy.
/// </summary>
/// <param name="Load">What the household uses.</param>
/// <param name="Zone">The clock of the household.</param>
/// <param name="Panels">The panels on its roof; null without.</param>
/// <param name="ReservePercent">Share kept for a power cut, %, 0–100.</param>
internal sealed record HomeUse(HouseholdLoad Load, TimeZoneInfo Zone, SolarPanels? Panels, double ReservePercent)
    : IBatteryUse
{
    private const double NightChargeShare = 0.5;

    // Less than this an inverter does not chase.
    private const double DeadbandKw = 0.04;

    // Above this charge a cell takes less and less.
    private const double TaperPercent = 96;
    private const double LeastTaper = 0.15;

    public double TargetPercent => 100;

    public double? BackupReservePercent => ReservePercent;

    public BatteryStep Step(BatteryModel battery, double chargePercent, DateTimeOffset start, DateTimeOffset end)
    {
        var middle = start + ((end - start) / 2);
        var wishedKw = WishedPowerKw(battery, middle);
        if (wishedKw is > -DeadbandKw and < DeadbandKw)
        {
            return new(0, chargePercent);
        }
        var taper = Math.Clamp((100 - chargePercent) / (100 - TaperPercent), LeastTaper, 1);
        var wish = new BatteryWish(
            Math.Min(wishedKw, battery.ChargePowerKw * taper), ReservePercent, TargetPercent);
        return BatterySimulation.Step(battery, chargePercent, wish, end - start);
    }

    private double WishedPowerKw(BatteryModel battery, DateTimeOffset time)
    {
        var local = LocalTime.At(Zone, time);
        if (Panels is not null)
        {
            return Panels.PowerKw(time) - Load.PowerKw(time, local);
        }
        return local.Hour is >= 1 and < 5 ? NightChargeShare * battery.ChargePowerKw : -Load.PowerKw(time, local);
    }
}
