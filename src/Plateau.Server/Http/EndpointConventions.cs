using Plateau.Contracts;
using Plateau.Server.Access;
using Plateau.Server.Storage;

namespace Plateau.Server.Http;

/// <summary>The error codes an endpoint may answer with, for the reference and its tests.</summary>
internal sealed record FailureCodes(IReadOnlyList<string> Codes);

/// <summary>The body an endpoint takes, for the reference and its tests.</summary>
/// <param name="Schema">Its members.</param>
/// <param name="Patch">Whether it is a merge patch.</param>
internal sealed record RequestSchema(BodySchema Schema, bool Patch);

/// <summary>The query parameters an endpoint takes, for the reference and its tests.</summary>
internal sealed record QueryParameters(IReadOnlyList<QueryParameter> Parameters);

/// <summary>What endpoints declare of themselves.</summary>
internal static class EndpointConventions
{
    /// <summary>Declares the codes of refusals beyond those of every authorised call.</summary>
    public static TBuilder Fails<TBuilder>(this TBuilder endpoint, params string[] codes)
        where TBuilder : IEndpointConventionBuilder => endpoint.WithMetadata(new FailureCodes(codes));

    /// <summary>Declares the body.</summary>
    public static TBuilder Takes<TBuilder>(this TBuilder endpoint, BodySchema schema, bool patch = false)
        where TBuilder : IEndpointConventionBuilder => endpoint.WithMetadata(new RequestSchema(schema, patch));

    /// <summary>Declares how the object in the path is found: <c>{id}</c>, of a caller.</summary>
    public static void Names<TId>(
        this IEndpointConventionBuilder endpoint,
        Func<PlateauDb, Caller, TId, CancellationToken, Task<bool>> exists,
        Func<TId, ApiError> notFound) where TId : struct, IObjectId<TId> =>
        endpoint.WithMetadata(new PathObject(async (context, caller, cancel) =>
        {
            PathId<TId>.TryParse(context.GetRouteValue("id") as string, null, out var id);
            var db = context.RequestServices.GetRequiredService<PlateauDb>();
            return await exists(db, caller, id.Value, cancel) ? null : notFound(id.Value);
        }));

    /// <summary>Declares the query parameters; a call that declares none takes none.</summary>
    public static TBuilder TakesQuery<TBuilder>(this TBuilder endpoint, params QueryParameter[] parameters)
        where TBuilder : IEndpointConventionBuilder => endpoint.WithMetadata(new QueryParameters(parameters));
}
