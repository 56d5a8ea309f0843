namespace Plateau.Server.Simulation;

/// <summary>
/// What a household uses, without car, battery and heat pump: little at night, more in the morning and most in the
/// evening, appliances that run now and then, more on weekends, and hardly anything while everyone is away.
/// </summary>
/// <param name="KwhPerDay">What it uses a day, averaged over the year, kWh.</param>
/// <param name="Climate">How much more the seasons need.</param>
/// <param name="Latitude">Degrees north.</param>
/// <param name="Habits">The chance behind what they switch on, and when they rise.</param>
internal sealed record HouseholdLoad(double KwhPerDay, Climate Climate, double Latitude, Chance Habits)
{
    // What the shapes below come to in a year, before they are scaled: kWh a day.
    private const double UnscaledKwhPerDay = 14.35;
    private const double StandbyKw = 0.17;
    private const int DaysOfAnAbsence = 5;
    private const double AbsentShare = 0.06;

    private static readonly Appliance[] Appliances =
    [
        new(10, 6.3, 8.2, 0.07, 2.4, 0.8, 0.6), // a kettle, in the morning and again
        new(11, 15.0, 21.5, 0.07, 2.4, 0.7, 0.9),
        new(12, 11.0, 13.2, 0.5, 1.7, 0.25, 0.6), // lunch
        new(13, 16.8, 20.4, 0.7, 1.7, 0.65, 0.7), // dinner
        new(14, 8.0, 19.0, 0.6, 1.9, 0.35, 0.6), // a washing machine while it heats
        new(15, 10.0, 20.0, 1.0, 2.2, 0.18, 0.35), // a tumble dryer
        new(16, 19.0, 21.8, 0.8, 1.6, 0.5, 0.55), // a dishwasher
    ];

    // Over a year cooling adds the mean of half a wave.
    private readonly double _scale = KwhPerDay / UnscaledKwhPerDay / (1 + (Climate.SummerLoad / Math.PI));
    private readonly double _lateHours = Habits.Between(-1, 1, 0);

    /// <summary>Power used at a moment, kW, above 0.</summary>
    /// <param name="time">The moment.</param>
    /// <param name="local">The same on the household's clock.</param>
    public double PowerKw(DateTimeOffset time, LocalTime local)
    {
        var slot = time.UtcTicks / (10 * TimeSpan.TicksPerSecond);
        var fridge = Habits.For(1).At(time.UtcTicks / (25 * TimeSpan.TicksPerMinute)) < 0.4 ? 0.09 : 0;
        var standing = StandbyKw + fridge;
        if (Habits.For(2).At(local.Day / DaysOfAnAbsence) < AbsentShare)
        {
            return _scale * standing;
        }
        var winter = Climate.Winter(Latitude, local.DayOfYear);
        var liveliness = Habits.For(3).Between(0.7, 1.3, local.Day) * Habits.For(4).Between(0.9, 1.1, slot);
        var living = Living(local) * liveliness * (1 + (Climate.WinterLoad * winter));
        // Cooling follows the warmth of the afternoon.
        var cooling = winter < 0
            ? -winter * Climate.SummerLoad * UnscaledKwhPerDay / 24 * 3 * Bump(local.Hour, 16, 3.2)
            : 0;
        return _scale * (standing + living + cooling + AppliancesKw(local));
    }

    private double Living(LocalTime local)
    {
        var hour = local.Hour - _lateHours;
        return local.IsWeekend
            ? 0.03 + (0.40 * Bump(hour, 9, 1.5)) + (0.38 * Bump(hour, 13.5, 2.8)) + (0.5 * Bump(hour, 19.6, 2.6))
            : 0.03 + (0.45 * Bump(hour, 7.2, 1.0)) + (0.24 * Bump(hour, 13, 2.8)) + (0.52 * Bump(hour, 19.6, 2.5));
    }

    private double AppliancesKw(LocalTime local)
    {
        var power = 0.0;
        var hour = local.Hour - _lateHours;
        foreach (var one in Appliances)
        {
            // What cannot run at this hour is not asked for.
            if (hour < one.FromHour || hour > one.UntilHour + one.Hours)
            {
                continue;
            }
            var chance = Habits.For(one.Question);
            var start = chance.Between(one.FromHour, one.UntilHour, local.Day);
            var likely = local.IsWeekend ? one.OnWeekends : one.OnWeekdays;
            if (hour >= start && hour < start + one.Hours && chance.For(1).At(local.Day) < likely)
            {
                power += one.PowerKw;
            }
        }
        return power;
    }

    private static double Bump(double hour, double centre, double width)
    {
        var distance = (hour - centre) / width;
        return distance is > 4 or < -4 ? 0 : Math.Exp(-distance * distance / 2);
    }

    /// <summary>Something that is switched on at most once a day.</summary>
    /// <param name="Question">Tells its chance from the others'.</param>
    /// <param name="FromHour">It starts at this hour or later.</param>
    /// <param name="UntilHour">It starts before this hour.</param>
    /// <param name="Hours">How long it runs.</param>
    /// <param name="PowerKw">What it takes then, kW.</param>
    /// <param name="OnWeekdays">How likely it runs on a weekday, 0–1.</param>
    /// <param name="OnWeekends">How likely on a Saturday or Sunday, 0–1.</param>
    private readonly record struct Appliance(
        ulong Question, double FromHour, double UntilHour, double Hours, double PowerKw, double OnWeekdays,
        double OnWeekends);
}
