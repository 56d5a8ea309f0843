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

/// <summary>The body of an endpoint that takes many objects, for the reference and its tests.</summary>
/// <param name="Item">The members of one object.</param>
/// <param name="Form">How they are sent.</param>
/// <param name="Max">How many at the most; null for any number.</param>
internal sealed record ManyRequest(BodySchema Item, ManyForm Form, int? Max)
{
    /// <summary>The media type.</summary>
    public string MediaType => Form == ManyForm.Lines ? Ndjson.MediaType : "application/json";
}

/// <summary>How many objects are sent in one body.</summary>
internal enum ManyForm
{
    /// <summary>As the array <c>data</c> of a JSON object.</summary>
    Array,

    /// <summary>As lines of JSON.</summary>
    Lines,
}

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

    /// <summary>Declares a body of many objects, plain or gzip.</summary>
    public static TBuilder TakesMany<TBuilder>(this TBuilder endpoint, BodySchema item, ManyForm form, int? max)
        where TBuilder : IEndpointConventionBuilder => endpoint.WithMetadata(new ManyRequest(item, form, max));

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
