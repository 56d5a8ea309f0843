namespace Plateau.Server.Observability;

/// <summary>
/// A line a request, at Debug only. It has the route rather than the path, and neither query, body nor headers: those
/// name devices, places and secrets.
/// </summary>
internal sealed partial class RequestLog(RequestDelegate next, TimeProvider clock, ILogger<RequestLog> logger)
{
    public Task InvokeAsync(HttpContext context) =>
        logger.IsEnabled(LogLevel.Debug) ? LogAsync(context) : next(context);

    private async Task LogAsync(HttpContext context)
    {
        var started = clock.GetTimestamp();
        try
        {
            await next(context);
        }
        finally
        {
            var route = (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? "no route";
            Answered(
                logger, context.TraceIdentifier, context.Request.Method, route, context.Response.StatusCode,
                clock.GetElapsedTime(started).TotalMilliseconds);
        }
    }

    [LoggerMessage(
        1201, LogLevel.Debug, "Request {RequestId}: {Method} {Route} answered {Status} in {Milliseconds:0.0} ms")]
    private static partial void Answered(
        ILogger logger, string requestId, string method, string route, int status, double milliseconds);
}
