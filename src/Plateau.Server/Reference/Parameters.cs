using Microsoft.OpenApi;

namespace Plateau.Server.Reference;

/// <summary>What a call takes beside its body: the id in the path, the query, headers.</summary>
internal static class Parameters
{
    /// <summary>Every parameter of a call.</summary>
    public static List<IOpenApiParameter> Of(DescribedCall call)
    {
        var parameters = new List<IOpenApiParameter>();
        if (call.PathIdPrefix is { } prefix)
        {
            parameters.Add(new OpenApiParameter
            {
                Name = "id",
                In = ParameterLocation.Path,
                Required = true,
                Description = $"`{prefix}` and 24 hex digits; anything else is the id of nothing: 404.",
                Schema = new OpenApiSchema { Type = JsonSchemaType.String, Pattern = $"^{prefix}[0-9a-f]{{24}}$" },
            });
        }
        parameters.AddRange(call.Query.Select(parameter => new OpenApiParameter
        {
            Name = parameter.Name,
            In = ParameterLocation.Query,
            Description = parameter.Description,
            Schema = parameter.Describe(),
        }));
        if (call.IsIdempotentCreation)
        {
            parameters.Add(Header(
                "Idempotency-Key", "^[!-~]{1,255}$",
                "Your name for this request: with the same body within 24 hours it gives the first answer again."));
        }
        parameters.Add(Header(
            "X-Request-Id", "^[!-~]{1,64}$",
            "Your name for this request in errors and logs; made when absent or ill-formed."));
        parameters.Add(Header(
            "Flatpeak-Version", @"^\d{4}-\d{2}-\d{2}\.[A-Za-z0-9_.-]+$",
            "Version of the Flatpeak API you were written for; echoed, without effect."));
        return parameters;
    }

    private static OpenApiParameter Header(string name, string pattern, string description) => new()
    {
        Name = name,
        In = ParameterLocation.Header,
        Description = description,
        Schema = new OpenApiSchema { Type = JsonSchemaType.String, Pattern = pattern },
    };
}
