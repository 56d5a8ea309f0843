namespace Plateau.Bench;

/// <summary>One contender held against another, round by round.</summary>
/// <param name="Name">What is held against what.</param>
/// <param name="Target">What it should be, in words.</param>
/// <param name="Rounds">The ratio in each round, in the order they were run.</param>
internal sealed record Ratio(string Name, string Target, IReadOnlyList<double> Rounds)
{
    /// <summary>The median of the rounds.</summary>
    public double Median => MedianOf(Rounds);

    /// <summary>Divides a figure of one by that of the other, within each round.</summary>
    public static Ratio Of(string name, string target, Contender one, Contender other, Func<Round, double> figure) =>
        new(name, target, [.. one.Rounds.Zip(other.Rounds, (a, b) => figure(a) / figure(b))]);

    /// <summary>The middle value; of an even number of values the mean of the two in the middle.</summary>
    public static double MedianOf(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
