using System.Globalization;
using System.Text.Json;
using Plateau.Contracts;
using Plateau.Server.Access;
using Plateau.Server.Requests;

namespace Plateau.Server.Http;

/// <summary>Writes the contract's error object.</summary>
internal static class ErrorAnswer
{
    private const string UnknownContext = "api.unknown";

    /// <summary>Answers with the error; the response must not have started.</summary>
    public static async Task WriteAsync(HttpContext context, ApiError error)
    {
        if (Caller.Find(context) is { } caller)
        {
            context.RequestServices.GetRequiredService<FailedRequestLog>().Note(context, caller, error);
        }
        var response = context.Response;
        response.StatusCode = error.Status;
        if (error.RetryAfter is { } wait)
        {
            response.Headers.RetryAfter = Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        }
        response.ContentType = "application/json; charset=utf-8";
        await JsonSerializer.SerializeAsync(
            response.Body, ToWire(context, error), WireJson.Context.ErrorObject, context.RequestAborted);
    }

    /// <summary>The error as it is written, for answers that have begun.</summary>
    public static ErrorObject ToWire(HttpContext context, ApiError error) => new()
    {
        LiveMode = Caller.Find(context)?.LiveMode ?? false,
        Context = context.GetEndpoint()?.Metadata.GetMetadata<EndpointNameMetadata>() is { } endpoint
            ? "api." + JsonNamingPolicy.SnakeCaseLower.ConvertName(endpoint.EndpointName)
            : UnknownContext,
        Type = TypeOf(error.Status),
        Code = error.Code,
        Message = error.Message,
        Errors = error.Errors,
        RequestId = context.TraceIdentifier,
        TimeCreated = context.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow(),
    };

    private static string TypeOf(int status) => status switch
    {
        StatusCodes.Status429TooManyRequests => "rate_limit",
        >= StatusCodes.Status500InternalServerError => "api_error",
        _ => "invalid_request",
    };
}
