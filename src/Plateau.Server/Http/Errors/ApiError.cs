using Plateau.Contracts;

namespace Plateau.Server.Http;

/// <summary>A refusal, as a handler returns it: stable code and words for people.</summary>
internal sealed record ApiError(string Code, string Message) : IResult
{
    /// <summary>The status of the code.</summary>
    public int Status => ErrorCatalog.StatusOf(Code);

    /// <summary>Every fault of the input; null where the input was not at fault.</summary>
    public IReadOnlyList<FieldError>? Errors { get; init; }

    /// <summary>What <c>Retry-After</c> says; null leaves it out.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>400 with the faults of the input, at least one; code and message repeat the first.</summary>
    public static ApiError BadInput(IReadOnlyList<FieldError> faults) =>
        new(faults[0].Code, faults[0].Message) { Errors = faults };

    /// <summary>400 with one fault.</summary>
    public static ApiError BadInput(string path, string code, string message) =>
        BadInput([new FieldError(path, code, message)]);

    /// <summary>403.</summary>
    public static ApiError Forbidden(string code, string message) => new(code, message);

    /// <summary>404.</summary>
    public static ApiError NotFound(string code, string message) => new(code, message);

    /// <summary>409.</summary>
    public static ApiError Conflict(string code, string message) => new(code, message);

    /// <summary>422.</summary>
    public static ApiError Unprocessable(string code, string message) => new(code, message);

    /// <summary>503: nothing was decided, the caller may repeat.</summary>
    public static ApiError StorageUnavailable(string message = "The store cannot be reached. Repeat the request.") =>
        new(ErrorCodes.StorageUnavailable, message)
        {
            RetryAfter = TimeSpan.FromSeconds(1),
        };

    /// <inheritdoc/>
    public Task ExecuteAsync(HttpContext context) => ErrorAnswer.WriteAsync(context, this);
}
