namespace Plateau.Contracts;

/// <summary>A customer of the account, as it is answered.</summary>
public sealed record Customer
{
    /// <summary>Id of the customer.</summary>
    public required CustomerId Id { get; init; }

    /// <summary>Always <c>customer</c>.</summary>
    public string Object { get; init; } = "customer";

    /// <summary>Whether it belongs to the live mode.</summary>
    public required bool LiveMode { get; init; }

    /// <summary>The account.</summary>
    public required AccountId AccountId { get; init; }

    /// <summary>The account's own name for it, at most 255 characters, not unique; null when not told.</summary>
    public string? ReferenceId { get; init; }

    /// <summary>When it was registered, UTC.</summary>
    public required DateTimeOffset TimeCreated { get; init; }
}

/// <summary>The body that creates a customer.</summary>
public sealed record CustomerDraft
{
    /// <summary>The account's own name for it, at most 255 characters, not unique.</summary>
    public string? ReferenceId { get; init; }
}
