namespace Plateau.Bench;

/// <summary>One contender held against another, round by round.</summary>
internal static class Ratio
{
    /// <summary>Divides a figure of one by that of the other within each round, and answers the median.</summary>
    public static double Of(Contender one, Contender other, Func<Round, double> figure) =>
        MedianOf(one.Rounds.Zip(other.Rounds, (a, b) => figure(a) / figure(b)));

    /// <summary>The middle value; of an even number of values the mean of the two in the middle.</summary>
    public static double MedianOf(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
