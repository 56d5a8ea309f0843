using Plateau.Contracts;

namespace Plateau.Server.Customers;

/// <summary>A deleted customer whose locations and devices are still to be erased.</summary>
internal sealed class CustomerErasureRow
{
    public required CustomerId CustomerId { get; init; }
    public required AccountId AccountId { get; init; }
    public required bool LiveMode { get; init; }

    /// <summary>The key that deleted the customer, for the trail.</summary>
    public required KeyId KeyId { get; init; }

    public required DateTimeOffset TimeCreated { get; init; }
}

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
