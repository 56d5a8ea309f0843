namespace Plateau.Server.Simulation;

/// <summary>
/// The clouds over a place, the same for every home there: spells of some days, and changes within hours. Grey and
/// clear are both more frequent than anything between them.
/// </summary>
/// <param name="Climate">What is usual there.</param>
/// <param name="Latitude">Degrees north.</param>
/// <param name="Chance">The chance behind it.</param>
internal sealed record Weather(Climate Climate, double Latitude, Chance Chance)
{
    private const double SpellHours = 40;
    private const double FrontHours = 9;
    private const double ChangeHours = 2;

    // The three changes together, as they are weighted below, leave their mean by this much usually.
    private const double Spread = 0.145;
    private const double Contrast = 1.7;

    /// <summary>Cloud at a moment: the share of the sky, 0–1.</summary>
    public double Cloud(DateTimeOffset time)
    {
        var hours = time.UtcTicks / (double)TimeSpan.TicksPerHour;
        var change = (0.5 * Chance.Smooth(hours / SpellHours)) + (0.3 * Chance.For(1).Smooth(hours / FrontHours))
            + (0.2 * Chance.For(2).Smooth(hours / ChangeHours));
        var winter = Climate.Winter(Latitude, hours / 24 % 365.2425);
        var usual = ((Climate.WinterCloud + Climate.SummerCloud) / 2)
            + (winter * (Climate.WinterCloud - Climate.SummerCloud) / 2);
        var odds = usual / (1 - usual) * Math.Exp(Contrast * (change - 0.5) / Spread);
        return odds / (1 + odds);
    }
}
