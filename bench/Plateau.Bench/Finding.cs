namespace Plateau.Bench;

/// <summary>What a work found.</summary>
/// <param name="Work">Its name.</param>
/// <param name="Setting">Sizes, in words.</param>
/// <param name="Contenders">Those who were compared.</param>
/// <param name="Figures">What the work is about.</param>
internal sealed record Finding(
    string Work, string Setting, IReadOnlyList<Contender> Contenders, IReadOnlyList<Figure> Figures)
{
    /// <summary>Sentences about what must not be; empty when all is well.</summary>
    public IReadOnlyList<string> Faults { get; init; } =
        [.. from contender in Contenders
            where contender.Refused > 0
            select $"{contender.Name}: {contender.Refused} answers were no success."];
}

/// <summary>A figure that is to be reached, or only told.</summary>
/// <param name="Name">What it is, in words.</param>
/// <param name="Value">The median of the rounds.</param>
/// <param name="Unit">Its unit; empty of a ratio.</param>
/// <param name="Limit">What is to be reached; null when it is only told.</param>
/// <param name="IsAtLeast">Whether more is better.</param>
internal sealed record Figure(string Name, double Value, string Unit, double? Limit, bool IsAtLeast)
{
    /// <summary>Whether it is reached; null when there is nothing to reach.</summary>
    public bool? IsReached => Limit is { } limit ? (IsAtLeast ? Value >= limit : Value <= limit) : null;

    /// <summary>A figure of which there should be as much at least.</summary>
    public static Figure AtLeast(double limit, string name, double value, string unit = "") =>
        new(name, value, unit, limit, IsAtLeast: true);

    /// <summary>A figure of which there should be no more.</summary>
    public static Figure AtMost(double limit, string name, double value, string unit = "") =>
        new(name, value, unit, limit, IsAtLeast: false);

    /// <summary>A figure that is told.</summary>
    public static Figure Told(string name, double value, string unit = "") =>
        new(name, value, unit, null, IsAtLeast: false);
}
