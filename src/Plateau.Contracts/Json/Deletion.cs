namespace Plateau.Contracts;

/// <summary>The answer to a deletion.</summary>
public sealed record Deletion
{
    /// <summary>Always <c>Accepted</c>.</summary>
    public string Message { get; init; } = "Accepted";
}
