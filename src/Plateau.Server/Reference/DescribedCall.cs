using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc.ApiExplorer;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Plateau.Contracts;
using Plateau.Server.Access;
using Plateau.Server.Http;

namespace Plateau.Server.Reference;

/// <summary>What an endpoint declares of itself, and what follows from it.</summary>
/// <param name="IsAuthorised">Whether it wants a bearer token.</param>
/// <param name="Policy">Which scopes it wants; null for calls without a token.</param>
/// <param name="Body">The body it takes; null when it takes none.</param>
/// <param name="Many">The body it takes when that has many objects; null when it has not.</param>
/// <param name="Query">The query parameters it takes.</param>
/// <param name="PathIdPrefix">Prefix of the id in its path, such as <c>dev_</c>; null when there is none.</param>
/// <param name="Codes">Every code it may answer with, except those named after members.</param>
internal sealed record DescribedCall(
    bool IsAuthorised,
    string? Policy,
    RequestSchema? Body,
    ManyRequest? Many,
    IReadOnlyList<QueryParameter> Query,
    string? PathIdPrefix,
    IReadOnlyList<string> Codes)
{
    private static readonly string[] CodesOfEveryCall =
    [
        ErrorCodes.RequestInvalid, ErrorCodes.VersionInvalid, ErrorCodes.InternalError, ErrorCodes.StorageUnavailable,
    ];

    private static readonly string[] CodesOfAuthorisedCalls =
    [
        ErrorCodes.AuthorizationMissing, ErrorCodes.TokenInvalid, ErrorCodes.TokenExpired, ErrorCodes.AccountDisabled,
        ErrorCodes.RateLimitExceeded,
    ];

    private static readonly string[] CodesOfCallsWithBody =
    [
        ErrorCodes.JsonInvalid, ErrorCodes.RequestTimeout, ErrorCodes.BodyTooLarge, ErrorCodes.MediaTypeUnsupported,
    ];

    /// <summary>How the caller is known: by token, or by key at the sign-in; null where nobody asks.</summary>
    public string? SecurityScheme =>
        IsAuthorised ? DocumentDetails.Bearer
        : Codes.Contains(ErrorCodes.CredentialsInvalid) ? DocumentDetails.Basic
        : null;

    /// <summary>Whether an Idempotency-Key is taken.</summary>
    public bool IsIdempotentCreation => Codes.Contains(ErrorCodes.IdempotencyKeyConflict);

    /// <summary>Whether a repeated write is answered as the first was.</summary>
    public bool MayReplay => IsIdempotentCreation || Codes.Contains(ErrorCodes.RecordReferenceIdConflict);

    /// <summary>Reads the endpoint behind a description.</summary>
    public static DescribedCall Of(ApiDescription description)
    {
        var metadata = description.ActionDescriptor.EndpointMetadata;
        var authorised = metadata.OfType<IAuthorizeData>().Any() && !metadata.OfType<IAllowAnonymous>().Any();
        var policy = authorised ? metadata.OfType<IAuthorizeData>().Single().Policy : null;
        var body = metadata.OfType<RequestSchema>().SingleOrDefault();
        var many = metadata.OfType<ManyRequest>().SingleOrDefault();
        IEnumerable<string> codes = metadata.OfType<FailureCodes>().SelectMany(one => one.Codes)
            .Concat(CodesOfEveryCall);
        if (authorised)
        {
            codes = codes.Concat(CodesOfAuthorisedCalls);
        }
        if (authorised && policy != Scopes.Any)
        {
            codes = codes.Append(ErrorCodes.ScopeInsufficient);
        }
        if (body is not null || many is not null)
        {
            codes = codes.Concat(CodesOfCallsWithBody);
        }
        return new(
            authorised, policy, body, many,
            metadata.OfType<QueryParameters>().SingleOrDefault()?.Parameters ?? [],
            PathIdPrefixOf(description), [.. codes.Distinct()]);
    }

    private static string? PathIdPrefixOf(ApiDescription description) => description.ParameterDescriptions
        .Where(parameter => parameter.Source == BindingSource.Path)
        .Select(parameter => parameter.ParameterDescriptor.ParameterType)
        .Where(type => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(PathId<>))
        .Select(type => AnswerSchemas.PrefixOf(type.GetGenericArguments()[0]))
        .SingleOrDefault();
}
