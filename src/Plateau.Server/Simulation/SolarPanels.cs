using Plateau.Contracts;

namespace Plateau.Server.Simulation;

/// <summary>What solar panels produce, by place, hour, season and clouds.</summary>
/// <param name="PeakPowerKw">Greatest power, kW.</param>
/// <param name="TiltDegrees">Degrees from the horizontal, 0–90.</param>
/// <param name="AzimuthDegrees">Degrees from true north, positive anticlockwise, −180…180.</param>
/// <param name="Place">Where they are.</param>
/// <param name="Weather">The clouds over the place.</param>
/// <param name="Gaps">The chance behind single clouds and the gaps between them, over this roof alone.</param>
internal sealed record SolarPanels(
    double PeakPowerKw, double TiltDegrees, double AzimuthDegrees, GeoLocation Place, Weather Weather, Chance Gaps)
{
    // Of the light outside the air, kW per m²; how much of it a clear sky lets through is Meinel's formula.
    private const double SolarConstant = 1.353;
    private const double AirClearness = 0.7;
    private const double ClearDiffuseShare = 0.1;
    private const double GroundReflection = 0.2;

    // What a closed cover of cloud keeps away.
    private const double CloudShade = 0.8;

    // What wiring, inverter, warmth and dust leave.
    private const double PerformanceRatio = 0.86;

    private const double CloudMinutes = 6;

    private readonly (double East, double North, double Up) _facing = Facing(TiltDegrees, AzimuthDegrees);

    /// <summary>Power at a moment, kW, from 0 to <see cref="PeakPowerKw"/>; 0 while the sun is down.</summary>
    public double PowerKw(DateTimeOffset time)
    {
        var sun = Sun.At(Place, time);
        if (sun.Up <= 0)
        {
            return 0;
        }
        // Per m², in kW: straight from the sun, from the whole sky, and back from the ground.
        var clear = SolarConstant * Math.Pow(AirClearness, Math.Pow(AirMass(sun.Up), 0.678));
        var cloud = Weather.Cloud(time);
        var horizontal = clear * (sun.Up + ClearDiffuseShare) * (1 - (CloudShade * cloud * cloud));
        var direct = Math.Min(clear * (1 - cloud) * Gap(cloud, time), horizontal / sun.Up);
        var diffuse = horizontal - (direct * sun.Up);
        var towards = (_facing.East * sun.East) + (_facing.North * sun.North) + (_facing.Up * sun.Up);
        var onPanels = (direct * Math.Max(towards, 0)) + (diffuse * (1 + _facing.Up) / 2)
            + (GroundReflection * horizontal * (1 - _facing.Up) / 2);
        return PeakPowerKw * Math.Clamp(PerformanceRatio * onPanels, 0, 1);
    }

    // Between single clouds the sun comes through, or does not, for minutes.
    private double Gap(double cloud, DateTimeOffset time)
    {
        var broken = 4 * cloud * (1 - cloud);
        return 1 + (broken * ((2 * Gaps.Smooth(time.UtcTicks / (CloudMinutes * TimeSpan.TicksPerMinute))) - 1));
    }

    // The lower the sun, the more air its light has passed; at the horizon about forty times that overhead.
    private static double AirMass(double up) => 1 / (up + (0.025 * Math.Exp(-11 * up)));

    private static (double East, double North, double Up) Facing(double tiltDegrees, double azimuthDegrees)
    {
        var (sinTilt, cosTilt) = Math.SinCos(tiltDegrees * Math.PI / 180);
        var (sinAzimuth, cosAzimuth) = Math.SinCos(azimuthDegrees * Math.PI / 180);
        return (-sinAzimuth * sinTilt, cosAzimuth * sinTilt, cosTilt);
    }
}
