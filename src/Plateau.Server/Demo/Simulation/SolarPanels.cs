using Plateau.Contracts;

namespace Plateau.Server.Demo.Simulation;

/// <summary>What solar panels produce, by place, hour, season and passing clouds.</summary>
/// <param name="PeakPowerKw">Greatest power, kW.</param>
/// <param name="TiltDegrees">Degrees from the horizontal, 0–90.</param>
/// <param name="AzimuthDegrees">Degrees from true north, positive anticlockwise, −180…180.</param>
/// <param name="Place">Where they are.</param>
/// <param name="Clouds">The chance behind the weather.</param>
internal sealed record SolarPanels(
    double PeakPowerKw, double TiltDegrees, double AzimuthDegrees, GeoLocation Place, Chance Clouds)
{
    // Light from the whole sky reaches panels that the sun itself does not.
    private const double DiffuseShare = 0.12;

    private const double EarthTiltDegrees = 23.44;

    /// <summary>Power at a moment, kW, from 0 to <see cref="PeakPowerKw"/>.</summary>
    public double PowerKw(DateTimeOffset time)
    {
        var (east, north, up) = SunDirection(time);
        if (up <= 0)
        {
            return 0;
        }
        var (sinTilt, cosTilt) = Math.SinCos(Radians(TiltDegrees));
        var (sinAzimuth, cosAzimuth) = Math.SinCos(Radians(AzimuthDegrees));
        var facing = (-sinAzimuth * sinTilt * east) + (cosAzimuth * sinTilt * north) + (cosTilt * up);
        // The lower the sun, the more air its light has passed.
        var direct = Math.Pow(0.76, Math.Min(1 / up, 40)) / 0.76;
        var clear = (direct * Math.Max(facing, 0) * (1 - DiffuseShare)) + (DiffuseShare * up);
        return PeakPowerKw * Math.Clamp(clear * Clearness(time), 0, 1);
    }

    // Weather changes within hours, single clouds within minutes.
    private double Clearness(DateTimeOffset time)
    {
        var minutes = time.ToUnixTimeSeconds() / 60.0;
        var weather = Clouds.Smooth(minutes / 180);
        var passing = Clouds.For(1).Smooth(minutes / 4);
        return Math.Clamp(0.25 + (0.8 * weather) - (0.25 * passing * (1 - weather)), 0.1, 1);
    }

    // A unit vector towards the sun, as seen from the place: east, north, up. Good to about a degree.
    private (double East, double North, double Up) SunDirection(DateTimeOffset time)
    {
        var utc = time.UtcDateTime;
        var season = 2 * Math.PI * (utc.DayOfYear - 81) / 365;
        var declination = Radians(EarthTiltDegrees) * Math.Sin(season);
        var equationOfTimeMinutes =
            (9.87 * Math.Sin(2 * season)) - (7.53 * Math.Cos(season)) - (1.5 * Math.Sin(season));
        var solarHours = utc.TimeOfDay.TotalHours + (equationOfTimeMinutes / 60) + (Place.Lng / 15);
        var (sinHour, cosHour) = Math.SinCos(Radians(15 * (solarHours - 12)));
        var (sinLatitude, cosLatitude) = Math.SinCos(Radians(Place.Lat));
        var (sinDeclination, cosDeclination) = Math.SinCos(declination);
        return (
            -cosDeclination * sinHour,
            (sinDeclination * cosLatitude) - (cosDeclination * cosHour * sinLatitude),
            (sinDeclination * sinLatitude) + (cosDeclination * cosHour * cosLatitude));
    }

    private static double Radians(double degrees) => degrees * Math.PI / 180;
}
