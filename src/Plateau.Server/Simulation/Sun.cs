using Plateau.Contracts;

namespace Plateau.Server.Simulation;

/// <summary>Where the sun stands: a unit vector, as seen from a place. Good to about a degree.</summary>
/// <param name="East">Towards the east.</param>
/// <param name="North">Towards the north.</param>
/// <param name="Up">Upwards: the sine of its height; 0 or less by night.</param>
internal readonly record struct Sun(double East, double North, double Up)
{
    private const double EarthTilt = 23.44 * Math.PI / 180;
    private const double DaysAYear = 365.2425;
    private const double EquinoxDay = 79.5;

    /// <summary>Where it stands at a moment.</summary>
    public static Sun At(GeoLocation place, DateTimeOffset time)
    {
        var days = time.UtcTicks / (double)TimeSpan.TicksPerDay;
        var (sinSeason, cosSeason) = Math.SinCos(2 * Math.PI * ((days - EquinoxDay) / DaysAYear % 1));
        var sinDeclination = Math.Sin(EarthTilt) * sinSeason;
        var cosDeclination = Math.Sqrt(1 - (sinDeclination * sinDeclination));
        // The sun runs before or behind the clock by up to a quarter of an hour; sin(2x) is 2 sin x cos x.
        var aheadMinutes = (2 * 9.87 * sinSeason * cosSeason) - (7.53 * cosSeason) - (1.5 * sinSeason);
        var turn = (days % 1) + (aheadMinutes / (24 * 60)) + (place.Lng / 360) - 0.5;
        var (sinHour, cosHour) = Math.SinCos(2 * Math.PI * turn);
        var (sinLatitude, cosLatitude) = Math.SinCos(place.Lat * Math.PI / 180);
        return new(
            -cosDeclination * sinHour,
            (sinDeclination * cosLatitude) - (cosDeclination * cosHour * sinLatitude),
            (sinDeclination * sinLatitude) + (cosDeclination * cosHour * cosLatitude));
    }
}
