namespace Plateau.Contracts;

/// <summary>The answer of a process that is well; one that is not answers 503 with an error object.</summary>
public sealed record Health
{
    /// <summary>Always <c>ok</c>.</summary>
    public string Status { get; init; } = "ok";
}
