using Plateau.Contracts;

namespace Plateau.Server.Customers;

/// <summary>A customer as it is stored.</summary>
internal sealed class CustomerRow
{
    public required CustomerId Id { get; init; }
    public required AccountId AccountId { get; init; }
    public required bool LiveMode { get; init; }
    public string? ReferenceId { get; set; }
    public required DateTimeOffset TimeCreated { get; init; }

    /// <summary>The customer on the wire.</summary>
    public Customer ToWire() => new()
    {
        Id = Id,
        LiveMode = LiveMode,
        AccountId = AccountId,
        ReferenceId = ReferenceId,
        TimeCreated = TimeCreated,
    };
}
