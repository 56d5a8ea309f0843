namespace Plateau.Server.Simulation;

/// <summary>Who drives a car: when it is away, how far it goes, and when it charges.</summary>
/// <param name="Chance">The chance behind it.</param>
internal sealed record CarDriver(Chance Chance)
{
    private const double ShareOfCommuters = 0.65;
    private const double ShareChargedAtNight = 0.5;
    private const double NightEndsHour = 7;

    private readonly bool _commutes = Chance.For(1).At(0) < ShareOfCommuters;
    private readonly double _leavesForWork = Chance.For(1).Between(6.4, 8.7, 1);
    private readonly double _workHours = Chance.For(1).Between(8.5, 10.2, 2);
    private readonly double _commuteKwh = Chance.For(1).Between(3, 15, 3);
    private readonly double _daysInOffice = Chance.For(1).Between(0.55, 0.97, 4);
    private readonly double _plugsIn = Chance.For(1).Between(0.55, 1.1, 5);
    private readonly double? _chargesFrom =
        Chance.For(1).At(6) < ShareChargedAtNight ? Math.Round(Chance.For(1).Between(22, 24, 7) * 2) / 2 : null;

    /// <summary>What happens on a day.</summary>
    /// <param name="day">Number of the day.</param>
    /// <param name="isWeekend">Whether it is Saturday or Sunday.</param>
    public CarDay On(int day, bool isWeekend)
    {
        var draw = Chance.For(2).At(day);
        var (when, howLong, howFar) = (Chance.For(3).At(day), Chance.For(4).At(day), Chance.For(5).At(day));
        if (_commutes && !isWeekend && draw < _daysInOffice)
        {
            var leaves = _leavesForWork + (0.7 * (when - 0.5));
            // Every now and then something is done after work.
            var later = howLong > 0.8 ? 10 * (howLong - 0.8) : 0.8 * (howLong - 0.4);
            return new(leaves, leaves + _workHours + later, _commuteKwh * (0.85 + (0.4 * howFar)));
        }
        return draw switch
        {
            // A day out, on weekends mostly.
            _ when draw > (isWeekend ? 0.88 : 0.985) =>
                new(7.5 + (3 * when), 17 + (4.5 * howLong), 15 + (22 * howFar)),
            // Shopping, school, sport.
            _ when (_commutes && !isWeekend) || draw < 0.72 =>
                new(9 + (7 * when), 9 + (7 * when) + 0.7 + (3.5 * howLong), 1 + (6 * howFar * howFar)),
            _ => CarDay.AtHome,
        };
    }

    /// <summary>Whether the car, when it is home, is plugged in; decided anew each noon.</summary>
    public bool IsPluggedIn(LocalTime local) =>
        Chance.For(6).At(local.Hour < 12 ? local.Day - 1 : local.Day) < _plugsIn;

    /// <summary>Whether the car charges at an hour, if it is plugged in and wants to.</summary>
    public bool Charges(double hour) => _chargesFrom is not { } from || hour >= from || hour < NightEndsHour;
}

/// <summary>A car's day: away once, or not.</summary>
/// <param name="LeavesHour">Hour it leaves; 24 when it does not.</param>
/// <param name="ReturnsHour">Hour it is back, before midnight.</param>
/// <param name="TripKwh">What it uses meanwhile, kWh.</param>
internal readonly record struct CarDay(double LeavesHour, double ReturnsHour, double TripKwh)
{
    // Most of the time away it stands: it drives there in the first part and back in the last.
    private const double DrivingShare = 0.12;

    public static readonly CarDay AtHome = new(24, 24, 0);

    /// <summary>Whether it is away at an hour.</summary>
    public bool IsAway(double hour) => hour >= LeavesHour && hour < ReturnsHour;

    /// <summary>What it has used of its trip by an hour, kWh.</summary>
    public double DrivenKwh(double hour)
    {
        if (hour <= LeavesHour)
        {
            return 0;
        }
        var passed = Math.Min((hour - LeavesHour) / (ReturnsHour - LeavesHour), 1);
        var there = Math.Min(passed / DrivingShare, 1);
        var back = Math.Max((passed - 1 + DrivingShare) / DrivingShare, 0);
        return TripKwh * (there + back) / 2;
    }
}
