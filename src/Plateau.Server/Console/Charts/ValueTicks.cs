namespace Plateau.Server.WebConsole.Charts;

/// <summary>Where an axis of values begins, ends and is marked: multiples of 1, 2 or 5 times a power of ten.</summary>
/// <param name="Floor">The lower end.</param>
/// <param name="Ceiling">The upper end, above the lower one.</param>
/// <param name="Step">From mark to mark, above 0.</param>
/// <param name="Values">The marks, ascending, all within the ends; at least two.</param>
internal sealed record ValueTicks(double Floor, double Ceiling, double Step, IReadOnlyList<double> Values)
{
    /// <summary>Finds marks for values, whose axis is made to end on marks.</summary>
    /// <param name="low">The least value.</param>
    /// <param name="high">The greatest value; not below the least.</param>
    /// <param name="wanted">About how many marks; 2 or more.</param>
    public static ValueTicks Find(double low, double high, int wanted)
    {
        if (high - low < Smallest(low, high))
        {
            // One value alone: an axis of 1 around it, or from it to zero.
            (low, high) = low == 0 ? (0, 1) : (Math.Min(low, 0), Math.Max(high, 0));
        }
        var step = NiceStep((high - low) / Math.Max(wanted, 1));
        var first = Math.Floor((low / step) + 1e-9);
        var last = Math.Ceiling((high / step) - 1e-9);
        var values = new List<double>();
        for (var number = first; number <= last; number++)
        {
            // Adding steps would gather their errors; −0 would be shown with its sign.
            values.Add(number == 0 ? 0 : number * step);
        }
        return new ValueTicks(values[0], values[^1], step, values);
    }

    /// <summary>How many digits after the point marks need, 0–9.</summary>
    public int Decimals => Math.Clamp(-(int)Math.Floor(Math.Log10(Step) + 1e-9), 0, 9);

    private static double NiceStep(double rough)
    {
        var magnitude = Math.Pow(10, Math.Floor(Math.Log10(rough)));
        var share = rough / magnitude;
        return magnitude * (share <= 1.0001 ? 1 : share <= 2.0001 ? 2 : share <= 5.0001 ? 5 : 10);
    }

    // Differences below this are the noise of the numbers, and cannot be divided into steps.
    private static double Smallest(double low, double high) =>
        Math.Max(1e-6, Math.Max(Math.Abs(low), Math.Abs(high)) * 1e-9);
}
