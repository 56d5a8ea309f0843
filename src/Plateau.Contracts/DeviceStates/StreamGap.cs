namespace Plateau.Contracts;

/// <summary>Says in a stream of states that some may be missing.</summary>
public sealed record StreamGap
{
    /// <summary>Always <c>gap</c>.</summary>
    public string Object { get; init; } = "gap";

    /// <summary>The time of acceptance from which the history is to be read again, UTC.</summary>
    public required DateTimeOffset Time { get; init; }
}
