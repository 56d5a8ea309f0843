namespace Plateau.Contracts;

/// <summary>Every answer that is not a success.</summary>
public sealed record ErrorObject
{
    /// <summary>Always <c>error</c>.</summary>
    public string Object { get; init; } = "error";

    /// <summary>Mode of the caller; false before authentication.</summary>
    public required bool LiveMode { get; init; }

    /// <summary>The call that failed, such as <c>api.device_state_submit</c>.</summary>
    public required string Context { get; init; }

    /// <summary><c>invalid_request</c>, <c>rate_limit</c> or <c>api_error</c>.</summary>
    public required string Type { get; init; }

    /// <summary>Stable name of the fault; see <see cref="ErrorCodes"/>.</summary>
    public required string Code { get; init; }

    /// <summary>The fault in words, for people.</summary>
    public required string Message { get; init; }

    /// <summary>Every fault of the input, in the order found; absent where the input was not at fault.</summary>
    public IReadOnlyList<FieldError>? Errors { get; init; }

    /// <summary>Names the request in logs.</summary>
    public required string RequestId { get; init; }

    /// <summary>When it failed, UTC.</summary>
    public required DateTimeOffset TimeCreated { get; init; }
}

/// <summary>One fault of the input.</summary>
/// <param name="Path">JSON path of the member, or the name of the query parameter or header.</param>
/// <param name="Code">Stable name of the fault.</param>
/// <param name="Message">The fault in words; quotes at most 64 characters of the input.</param>
public sealed record FieldError(string Path, string Code, string Message);
