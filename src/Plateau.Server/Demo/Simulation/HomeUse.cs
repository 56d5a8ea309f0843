namespace Plateau.Server.Demo.Simulation;

/// <summary>
/// A home's battery: it keeps what the sun leaves over and gives it back when the household needs it.
/// </summary>
/// <param name="Load">What the household uses.</param>
/// <param name="Panels">The panels on its roof; null without.</param>
/// <param name="ReservePercent">Share kept for a power cut, %, 0–100.</param>
internal sealed record HomeUse(HouseholdLoad Load, SolarPanels? Panels, double ReservePercent) : IBatteryUse
{
    // Without panels the night's cheap energy fills it.
    private const double NightChargeShare = 0.5;

    public double TargetPercent => 100;

    public double? BackupReservePercent => ReservePercent;

    public BatteryStep Step(BatteryModel battery, double chargePercent, DateTimeOffset start, DateTimeOffset end)
    {
        var middle = start + ((end - start) / 2);
        var wish = new BatteryWish(WishedPowerKw(battery, middle), ReservePercent, TargetPercent);
        return BatterySimulation.Step(battery, chargePercent, wish, end - start);
    }

    private double WishedPowerKw(BatteryModel battery, DateTimeOffset time)
    {
        if (Panels is not null)
        {
            return Panels.PowerKw(time) - Load.PowerKw(time);
        }
        var hour = TimeZoneInfo.ConvertTime(time, Load.Zone).TimeOfDay.TotalHours;
        return hour is >= 1 and < 5 ? NightChargeShare * battery.ChargePowerKw : -Load.PowerKw(time);
    }
}
