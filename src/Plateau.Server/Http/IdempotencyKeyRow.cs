using Plateau.Contracts;
using Plateau.Server.Storage;

namespace Plateau.Server.Http;

/// <summary>The answer to a creation that carried an Idempotency-Key, as it is stored for a day.</summary>
internal sealed class IdempotencyKeyRow : ITimedRow
{
    public required AccountId AccountId { get; init; }
    public required bool LiveMode { get; init; }

    /// <summary>SHA-256 of the Idempotency-Key.</summary>
    public required byte[] KeyHash { get; init; }

    /// <summary>SHA-256 of the path and the body.</summary>
    public required byte[] RequestHash { get; init; }

    /// <summary>The answer's body, encrypted under a key made from the Idempotency-Key.</summary>
    public required byte[] Answer { get; set; }

    public required DateTimeOffset TimeCreated { get; init; }
}
