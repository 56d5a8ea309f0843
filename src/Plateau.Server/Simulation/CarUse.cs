namespace Plateau.Server.Simulation;

/// <summary>
/// A car at a home's charger. It leaves, drives and comes back with less, is plugged in or not, and charges to its
/// target at once or when the night is cheap. While it is away its charge falls and the charger gives nothing.
/// </summary>
/// <param name="Driver">When it is away, how far it goes and how it is charged.</param>
/// <param name="Load">What the household uses; a car that can feed back carries it in the evening.</param>
/// <param name="Zone">The clock of the household.</param>
/// <param name="MinPowerKw">Least power the charger gives, kW.</param>
/// <param name="TargetPercent">State of charge its driver wants, %, 0–100.</param>
/// <param name="ReservePercent">Share that is never fed back, %; null when the car cannot.</param>
internal sealed record CarUse(
    CarDriver Driver, HouseholdLoad Load, TimeZoneInfo Zone, double MinPowerKw, double TargetPercent,
    double? ReservePercent) : IBatteryUse
{
    // A driver with less stops at a charger on the way.
    private const double LeastOnArrivalPercent = 12;

    // A cell takes less and less above this charge; at the power of a home's charger only near its end.
    private const double TaperPercent = 95;

    public double? BackupReservePercent => ReservePercent;

    public BatteryStep Step(BatteryModel battery, double chargePercent, DateTimeOffset start, DateTimeOffset end)
    {
        var (from, until) = (LocalTime.At(Zone, start), LocalTime.At(Zone, end));
        var day = Driver.On(from.Day, from.IsWeekend);
        var untilHour = until.Day == from.Day ? until.Hour : 24;
        if (day.IsAway(from.Hour) || day.IsAway(untilHour))
        {
            var driven = day.DrivenKwh(untilHour) - day.DrivenKwh(from.Hour);
            var left = chargePercent - (100 * driven / battery.CapacityKwh);
            return new(0, Math.Min(chargePercent, Math.Max(left, LeastOnArrivalPercent)));
        }
        if (!Driver.IsPluggedIn(from))
        {
            return new(0, chargePercent);
        }
        var wishedKw = WishedPowerKw(battery, chargePercent, start, from);
        return BatterySimulation.Step(
            battery, chargePercent, new BatteryWish(wishedKw, ReservePercent ?? 0, TargetPercent), end - start);
    }

    /// <summary>Whether the car is at its charger.</summary>
    public bool IsHome(DateTimeOffset time)
    {
        var local = LocalTime.At(Zone, time);
        return !Driver.On(local.Day, local.IsWeekend).IsAway(local.Hour);
    }

    private double WishedPowerKw(BatteryModel battery, double chargePercent, DateTimeOffset time, LocalTime local)
    {
        if (ReservePercent is not null && local.Hour is >= 17 and < 21)
        {
            return -Load.PowerKw(time, local);
        }
        if (chargePercent >= TargetPercent || !Driver.Charges(local.Hour))
        {
            return 0;
        }
        var taper = Math.Clamp((100 - chargePercent) / (100 - TaperPercent), 0, 1);
        return Math.Max(battery.ChargePowerKw * taper, MinPowerKw);
    }
}
