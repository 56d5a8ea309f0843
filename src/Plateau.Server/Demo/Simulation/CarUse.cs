namespace Plateau.Server.Demo.Simulation;

/// <summary>
/// A car at a home's charger: it arrives with what the day has left, charges to its target and leaves. While it is
/// away the charger gives nothing and knows the charge it left with.
/// </summary>
/// <param name="Load">What the household uses; a car that can feed back carries it in the evening.</param>
/// <param name="MinPowerKw">Least power the charger gives, kW.</param>
/// <param name="TargetPercent">State of charge its driver wants, %, 0–100.</param>
/// <param name="ReservePercent">Share that is never fed back, %; null when the car cannot.</param>
/// <param name="Driver">The chance behind its comings and goings.</param>
internal sealed record CarUse(
    HouseholdLoad Load, double MinPowerKw, double TargetPercent, double? ReservePercent, Chance Driver) : IBatteryUse
{
    private const double LeastOnArrivalPercent = 12;

    // A cell takes less and less above this charge.
    private const double TaperPercent = 80;

    public double? BackupReservePercent => ReservePercent;

    public BatteryStep Step(BatteryModel battery, double chargePercent, DateTimeOffset start, DateTimeOffset end)
    {
        if (!IsHome(end))
        {
            return new(0, chargePercent);
        }
        if (!IsHome(start))
        {
            return new(0, OnArrival(battery, chargePercent, end));
        }
        var wish = new BatteryWish(WishedPowerKw(battery, chargePercent, start), ReservePercent ?? 0, TargetPercent);
        return BatterySimulation.Step(battery, chargePercent, wish, end - start);
    }

    /// <summary>Whether the car is at its charger.</summary>
    public bool IsHome(DateTimeOffset time)
    {
        var local = TimeZoneInfo.ConvertTime(time, Load.Zone);
        var day = Day(local);
        var (leaves, returns) = local.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday
            ? (Driver.For(1).Between(10, 13, day), Driver.For(2).Between(14, 17.5, day))
            : (Driver.For(1).Between(7, 9.5, day), Driver.For(2).Between(15.5, 19, day));
        var hour = local.TimeOfDay.TotalHours;
        return hour < leaves || hour >= returns;
    }

    private double OnArrival(BatteryModel battery, double chargePercent, DateTimeOffset time)
    {
        var driven = Driver.For(3).Between(5, 18, Day(TimeZoneInfo.ConvertTime(time, Load.Zone)));
        var left = chargePercent - (100 * driven / battery.CapacityKwh);
        return Math.Min(chargePercent, Math.Max(left, LeastOnArrivalPercent));
    }

    private double WishedPowerKw(BatteryModel battery, double chargePercent, DateTimeOffset time)
    {
        var hour = TimeZoneInfo.ConvertTime(time, Load.Zone).TimeOfDay.TotalHours;
        if (ReservePercent is not null && hour is >= 17 and < 21)
        {
            return -Load.PowerKw(time);
        }
        if (chargePercent >= TargetPercent)
        {
            return 0;
        }
        var taper = Math.Clamp((100 - chargePercent) / (100 - TaperPercent), 0, 1);
        return Math.Max(battery.ChargePowerKw * taper, MinPowerKw);
    }

    private static long Day(DateTimeOffset local) => DateOnly.FromDateTime(local.DateTime).DayNumber;
}
