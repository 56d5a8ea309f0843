namespace Plateau.Contracts;

/// <summary>
/// One call of the account that failed. Of what was sent it has the path and nothing else: no query, header or body.
/// </summary>
public sealed record FailedRequest
{
    /// <summary>Id of the entry.</summary>
    public required FailedRequestId Id { get; init; }

    /// <summary>Always <c>failed_request</c>.</summary>
    public string Object { get; init; } = "failed_request";

    /// <summary>Mode of the key that called.</summary>
    public required bool LiveMode { get; init; }

    /// <summary>The key that called.</summary>
    public required KeyId KeyId { get; init; }

    /// <summary>Method as called, such as <c>PUT</c>, at most 16 characters.</summary>
    public required string Method { get; init; }

    /// <summary>Path as called, without the query, cut at 255 characters.</summary>
    public required string Path { get; init; }

    /// <summary>The call it was, such as <c>/devices/{id}/state</c>; null when there is no such call.</summary>
    public string? Route { get; init; }

    /// <summary>Status of the answer, 400–599.</summary>
    public required int Status { get; init; }

    /// <summary>Code of the answer's error object.</summary>
    public required string Code { get; init; }

    /// <summary>Name of the request, as in the answer.</summary>
    public required string RequestId { get; init; }

    /// <summary>When it was answered, UTC.</summary>
    public required DateTimeOffset TimeCreated { get; init; }
}
