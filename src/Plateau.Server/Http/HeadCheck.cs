using Plateau.Contracts;
using Plateau.Server.Access;

namespace Plateau.Server.Http;

/// <summary>
/// Refuses what is wrong about a call beside its body: an ill-formed <c>Flatpeak-Version</c>, and query parameters of a
/// call that takes none. Lists read their own query, to report everything wrong with it at once.
/// </summary>
/// <remarks>
/// Stands after authorisation, whose refusals come first. A missing object of the path and a body that cannot be read
/// come first too, but are worth a look only when there is something to refuse.
/// </remarks>
internal static class HeadCheck
{
    public static Task CheckAsync(HttpContext context, RequestDelegate next)
    {
        if (context.GetEndpoint() is not RouteEndpoint endpoint
            || endpoint.Metadata.GetMetadata<IExcludeFromDescriptionMetadata>() is not null)
        {
            return next(context);
        }
        var version = FlatpeakVersion.FindFault(context.Request);
        var takesQuery = endpoint.Metadata.GetMetadata<QueryParameters>() is not null;
        if (version is null && (takesQuery || !context.Request.QueryString.HasValue))
        {
            return next(context);
        }
        List<FieldError> faults = [.. version is null ? [] : (FieldError[])[version], .. QueryReader.FindStrange(
            context)];
        return faults.Count == 0 ? next(context) : RefuseAsync(context, endpoint.Metadata, faults);
    }

    private static async Task RefuseAsync(
        HttpContext context, EndpointMetadataCollection endpoint, List<FieldError> faults)
    {
        var refusal = endpoint.GetMetadata<PathObject>() is { } named && Caller.Find(context) is { } caller
            ? await named.RefuseMissingAsync(context, caller, context.RequestAborted)
            : null;
        if (endpoint.GetMetadata<RequestSchema>() is { } body)
        {
            refusal ??= RequestBody.RefuseUnread(context.Request, body.Patch);
        }
        if (endpoint.GetMetadata<ManyRequest>() is { } many)
        {
            refusal ??= LargeBody.RefuseUnread(context.Request, many.MediaType);
        }
        await ErrorAnswer.WriteAsync(context, refusal ?? ApiError.BadInput(faults));
    }
}

/// <summary>
/// Tells whether the object that an endpoint's path names is there, for refusals that come after its absence.
/// </summary>
/// <param name="RefuseMissingAsync">Answers 404 when it is missing, else null.</param>
internal sealed record PathObject(Func<HttpContext, Caller, CancellationToken, Task<ApiError?>> RefuseMissingAsync);
