namespace Plateau.Server.Simulation;

/// <summary>What the weather of a place is like, and what its homes use.</summary>
/// <param name="WinterCloud">Cloud of a middling day in the coldest month: a share of the sky, between 0 and 1.</param>
/// <param name="SummerCloud">The same in the warmest month.</param>
/// <param name="HomeKwhPerDay">What a usual home uses a day over the year, without car and heat pump, kWh.</param>
/// <param name="WinterLoad">How much more it uses in the coldest month, a share, for light and heat.</param>
/// <param name="SummerLoad">How much more in the warmest month, a share, for cooling in the afternoon.</param>
internal sealed record Climate(
    double WinterCloud, double SummerCloud, double HomeKwhPerDay, double WinterLoad, double SummerLoad)
{
    private const double ColdestDayInTheNorth = 20;
    private const double DaysAYear = 365.2425;

    /// <summary>The season: 1 on the coldest day of the year, −1 on the warmest.</summary>
    /// <param name="latitude">Degrees north.</param>
    /// <param name="dayOfYear">Day of the year.</param>
    public static double Winter(double latitude, double dayOfYear)
    {
        var winter = Math.Cos(2 * Math.PI * (dayOfYear - ColdestDayInTheNorth) / DaysAYear);
        return latitude < 0 ? -winter : winter;
    }
}
