using Plateau.Contracts;
using Plateau.Server.Storage;

namespace Plateau.Server.Requests;

/// <summary>A failed call, as it is stored.</summary>
internal sealed class FailedRequestRow : ITimedRow
{
    public required FailedRequestId Id { get; init; }
    public required AccountId AccountId { get; init; }
    public required bool LiveMode { get; init; }
    public required KeyId KeyId { get; init; }
    public required string Method { get; init; }
    public required string Path { get; init; }

    /// <summary>The pattern of the route; null when there was none.</summary>
    public required string? Route { get; init; }

    public required short Status { get; init; }
    public required string Code { get; init; }
    public required string RequestId { get; init; }
    public required DateTimeOffset TimeCreated { get; init; }

    /// <summary>The call on the wire.</summary>
    public FailedRequest ToWire() => new()
    {
        Id = Id,
        LiveMode = LiveMode,
        KeyId = KeyId,
        Method = Method,
        Path = Path,
        Route = Route,
        Status = Status,
        Code = Code,
        RequestId = RequestId,
        TimeCreated = TimeCreated,
    };
}
