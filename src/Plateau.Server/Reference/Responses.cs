using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.OpenApi;
using Plateau.Server.Http;

namespace Plateau.Server.Reference;

/// <summary>What a call answers: the success it declares, and each status of its codes.</summary>
internal static class Responses
{
    /// <summary>Completes the answers of an operation.</summary>
    /// <param name="operation">The operation, with its successes.</param>
    /// <param name="call">What its endpoint declares.</param>
    /// <param name="error">The schema of refusals.</param>
    public static void Complete(OpenApiOperation operation, DescribedCall call, IOpenApiSchema error)
    {
        var responses = operation.Responses ??= [];
        foreach (var success in responses.Values.OfType<OpenApiResponse>())
        {
            success.Headers = SuccessHeaders(call);
        }
        foreach (var status in call.Codes.GroupBy(ErrorCatalog.StatusOf).OrderBy(group => group.Key))
        {
            responses[status.Key.ToString(CultureInfo.InvariantCulture)] = new OpenApiResponse
            {
                Description = Describe(status.Key, status, call),
                Headers = ErrorHeaders(status.Key),
                Content = new Dictionary<string, OpenApiMediaType> { ["application/json"] = new() { Schema = error } },
            };
        }
    }

    private static string Describe(int status, IEnumerable<string> codes, DescribedCall call)
    {
        var text = new StringBuilder(ReasonPhrases.GetReasonPhrase(status)).Append(". Codes:\n");
        foreach (var code in codes.Order(StringComparer.Ordinal))
        {
            text.Append("\n- `").Append(code).Append("`: ").Append(ErrorCatalog.Of(code).Sentence);
        }
        if (status == StatusCodes.Status400BadRequest && call.Body is not null)
        {
            text.Append("\n- `<member>_missing`, `<member>_invalid`, `<member>_unknown`, `<member>_duplicate`: ")
                .Append("a member of the body; all of them are in `errors`.");
        }
        if (status == StatusCodes.Status400BadRequest)
        {
            text.Append(call.Query.Count > 0
                ? "\n- `<parameter>_invalid`, `<parameter>_unknown`, `<parameter>_duplicate`: "
                    + "a parameter of the query; all of them are in `errors`."
                : "\n- `<parameter>_unknown`: a parameter of the query; the call takes none.");
        }
        return text.ToString();
    }

    private static Dictionary<string, IOpenApiHeader> SuccessHeaders(DescribedCall call)
    {
        var headers = new Dictionary<string, IOpenApiHeader> { ["X-Request-Id"] = RequestId };
        if (call.MayReplay)
        {
            headers[IdempotentCreation.ReplayedHeader] = Header(
                "`true` when this is the answer to an earlier, equal request.");
        }
        if (call.IsAuthorised)
        {
            headers["RateLimit-Limit"] = Whole("Calls a minute the account may make. Only while a limit is set.");
            headers["RateLimit-Remaining"] = Whole("Calls left until the reset. Only while a limit is set.");
            headers["RateLimit-Reset"] = Whole("Seconds until the reset. Only while a limit is set.");
        }
        return headers;
    }

    private static Dictionary<string, IOpenApiHeader> ErrorHeaders(int status)
    {
        var headers = new Dictionary<string, IOpenApiHeader> { ["X-Request-Id"] = RequestId };
        if (status == StatusCodes.Status401Unauthorized)
        {
            headers["WWW-Authenticate"] = Header("The wanted scheme.");
        }
        if (status is StatusCodes.Status429TooManyRequests or StatusCodes.Status503ServiceUnavailable)
        {
            headers["Retry-After"] = Whole("Seconds to wait before the next try.");
        }
        return headers;
    }

    private static OpenApiHeader RequestId => Header("Name of the request in logs.");

    private static OpenApiHeader Header(string description) =>
        new() { Description = description, Schema = new OpenApiSchema { Type = JsonSchemaType.String } };

    private static OpenApiHeader Whole(string description) =>
        new()
        {
            Description = description,
            Schema = new OpenApiSchema { Type = JsonSchemaType.Integer, Minimum = "0" },
        };
}
