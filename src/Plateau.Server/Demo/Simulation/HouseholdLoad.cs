namespace Plateau.Server.Demo.Simulation;

/// <summary>
/// What a household uses: little at night, more in the morning and most in the evening, with appliances.
/// </summary>
/// <param name="Scale">1 for a usual home.</param>
/// <param name="Zone">Time zone of the people who live there.</param>
/// <param name="Habits">The chance behind what they switch on.</param>
internal sealed record HouseholdLoad(double Scale, TimeZoneInfo Zone, Chance Habits)
{
    /// <summary>Power used at a moment, kW, above 0.</summary>
    public double PowerKw(DateTimeOffset time)
    {
        var hour = TimeZoneInfo.ConvertTime(time, Zone).TimeOfDay.TotalHours;
        var everyday = 0.22 + Bump(hour, 7.4, 1.1, 0.7) + Bump(hour, 13, 1.5, 0.3) + Bump(hour, 19.2, 2.0, 1.3);
        var seconds = time.ToUnixTimeSeconds();
        var flicker = Habits.For(1).Between(0.92, 1.08, seconds / 10);
        return Scale * ((everyday * flicker) + Appliance(hour, seconds / 480));
    }

    // A kettle, an oven, a washing machine: one of them runs for eight minutes, hardly ever at night.
    private double Appliance(double hour, long slot)
    {
        var likely = hour is < 6 or > 23 ? 0.01 : 0.12;
        return Habits.For(2).At(slot) < likely ? Habits.For(3).Between(0.8, 2.4, slot) : 0;
    }

    private static double Bump(double hour, double centre, double width, double height)
    {
        var distance = (hour - centre) / width;
        return height * Math.Exp(-distance * distance / 2);
    }
}
