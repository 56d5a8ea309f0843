namespace Plateau.Bench;

/// <summary>
/// What batteries would tell, the same in every run: each follows the sun and its home's evening, with the noise of
/// real meters, since readings that repeat themselves would pack better than any home's.
/// </summary>
internal static class Readings
{
    private const int MinutesADay = 1440;

    /// <summary>The reading of a device at a minute.</summary>
    /// <param name="device">The device's number in its fleet.</param>
    /// <param name="minute">Minutes since any beginning.</param>
    public static Reading At(int device, long minute)
    {
        var phase = ((minute + (device * 37)) % MinutesADay) / (double)MinutesADay * Math.Tau;
        var noise = Noise(device, minute);
        // Charge and power are tenths of a percent and hundredths of a kW, as home batteries tell them.
        var charge = 550 + (int)(400 * Math.Sin(phase)) + (int)(noise % 3);
        var power = (int)(310 * Math.Cos(phase)) + (int)((noise >> 8) % 60) - 30;
        return new Reading(charge, power, charge * 135 / 1000);
    }

    // The finishing steps of splitmix64: neighbouring minutes give unrelated numbers.
    private static uint Noise(int device, long minute)
    {
        var mixed = ((ulong)device << 40) + (ulong)minute + 0x9E3779B97F4A7C15;
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
        return (uint)((mixed ^ (mixed >> 31)) >> 32);
    }
}

/// <summary>A reading of a battery.</summary>
/// <param name="ChargeTenths">State of charge, tenths of a percent, 0–1000.</param>
/// <param name="PowerHundredths">Power, hundredths of a kW; positive charges.</param>
/// <param name="EnergyTenths">Energy left, tenths of a kWh.</param>
internal readonly record struct Reading(int ChargeTenths, int PowerHundredths, int EnergyTenths);
