using Plateau.Contracts;
using Plateau.Server.Storage;

namespace Plateau.Server.Http;

/// <summary>
/// Stands before everything else: gives every request its id, and every failure that nobody answered its error object.
/// </summary>
internal sealed partial class ErrorMiddleware(RequestDelegate next, ILogger<ErrorMiddleware> logger)
{
    private const string RequestIdHeader = "X-Request-Id";
    private const int MaxRequestIdLength = 64;

    public async Task InvokeAsync(HttpContext context)
    {
        if (AcceptableRequestId(context.Request.Headers[RequestIdHeader]) is { } sent)
        {
            context.TraceIdentifier = sent;
        }
        context.Response.Headers[RequestIdHeader] = context.TraceIdentifier;
        try
        {
            await next(context);
            if (context.Response is { HasStarted: false, StatusCode: >= 400, ContentLength: null, ContentType: null })
            {
                await ErrorAnswer.WriteAsync(context, ForStatus(context));
            }
        }
        catch (Exception exception) when (!context.Response.HasStarted)
        {
            await AnswerAsync(context, exception);
        }
    }

    private async Task AnswerAsync(HttpContext context, Exception exception)
    {
        if (context.RequestAborted.IsCancellationRequested && exception is OperationCanceledException or IOException)
        {
            LogAborted(logger, context.TraceIdentifier);
            context.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
            return;
        }
        var error = ForException(exception);
        if (error.Code == ErrorCodes.InternalError)
        {
            LogUnexpected(logger, exception, context.TraceIdentifier);
        }
        else if (error.Code == ErrorCodes.StorageUnavailable)
        {
            LogStorage(logger, context.TraceIdentifier, exception.GetType().Name);
        }
        var headers = context.Response.Headers.ToArray();
        context.Response.Clear();
        foreach (var (name, value) in headers)
        {
            if (!name.StartsWith("Content-", StringComparison.OrdinalIgnoreCase))
            {
                context.Response.Headers[name] = value;
            }
        }
        await ErrorAnswer.WriteAsync(context, error);
    }

    private static ApiError ForException(Exception exception) => exception switch
    {
        BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } => TooLarge,
        BadHttpRequestException { StatusCode: StatusCodes.Status408RequestTimeout } => new(
            ErrorCodes.RequestTimeout, "The request arrived too slowly."),
        BadHttpRequestException => new(ErrorCodes.RequestInvalid, "The request is not well-formed HTTP."),
        OperationCanceledException => ApiError.StorageUnavailable("The request took longer than it may."),
        _ when StorageFaults.IsUnavailable(exception) => ApiError.StorageUnavailable(),
        _ => new(ErrorCodes.InternalError, "The server failed."),
    };

    private static ApiError ForStatus(HttpContext context) => context.Response.StatusCode switch
    {
        StatusCodes.Status404NotFound => ApiError.NotFound(
            ErrorCodes.RouteNotFound, $"There is no route {Quote.Of(context.Request.Path.Value)}."),
        StatusCodes.Status405MethodNotAllowed => new(
            ErrorCodes.MethodNotAllowed,
            $"The route does not take this method; it takes {context.Response.Headers.Allow}."),
        StatusCodes.Status413PayloadTooLarge => TooLarge,
        StatusCodes.Status415UnsupportedMediaType => RequestBody.NotJson,
        StatusCodes.Status503ServiceUnavailable => ApiError.StorageUnavailable(),
        >= 500 => new(ErrorCodes.InternalError, "The server failed."),
        _ => new(ErrorCodes.RequestInvalid, "The request cannot be understood."),
    };

    private static ApiError TooLarge => new(
        ErrorCodes.BodyTooLarge, "The body is longer than this call takes.");

    private static string? AcceptableRequestId(string? sent) =>
        sent is { Length: > 0 and <= MaxRequestIdLength } && !sent.AsSpan().ContainsAnyExceptInRange('!', '~')
            ? sent
            : null;

    [LoggerMessage(1001, LogLevel.Error, "Request {RequestId} failed unexpectedly")]
    private static partial void LogUnexpected(ILogger logger, Exception exception, string requestId);

    [LoggerMessage(1002, LogLevel.Warning, "Request {RequestId} was refused: the store is unavailable ({Fault})")]
    private static partial void LogStorage(ILogger logger, string requestId, string fault);

    [LoggerMessage(1003, LogLevel.Debug, "Request {RequestId} was given up by its caller")]
    private static partial void LogAborted(ILogger logger, string requestId);
}
