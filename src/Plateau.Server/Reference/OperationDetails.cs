using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using Plateau.Server.Access;
using Plateau.Server.Http;

namespace Plateau.Server.Reference;

/// <summary>Completes each operation from what its endpoint declares of itself.</summary>
internal sealed class OperationDetails : IOpenApiOperationTransformer
{
    public async Task TransformAsync(
        OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var document = context.Document
            ?? throw new InvalidOperationException($"{operation.OperationId} is described outside the document.");
        var call = DescribedCall.Of(context.Description);
        operation.Parameters = Parameters.Of(call);
        operation.RequestBody = call.Body is { } body ? Describe(body, document)
            : call.Many is { } many ? Describe(many, document)
            : null;
        if (call.SecurityScheme is { } scheme)
        {
            operation.Security = [new() { [new OpenApiSecuritySchemeReference(scheme, document)] = [] }];
        }
        if (call.Policy is { } policy)
        {
            operation.Description = "Scopes: " + string.Join(", ", Scopes.Allowed(policy).Select(ScopeNames.Of)) + ".";
        }
        var error = await ErrorSchemas.AddAsync(document, context, cancellationToken);
        Responses.Complete(operation, call, error);
    }

    private static OpenApiRequestBody Describe(ManyRequest many, OpenApiDocument document)
    {
        document.AddComponent(many.Item.Name, many.Item.Describe());
        var item = new OpenApiSchemaReference(many.Item.Name, document);
        var (type, schema) = many.Form == ManyForm.Lines
            ? ("application/x-ndjson", (IOpenApiSchema)item)
            : ("application/json", new OpenApiSchema
            {
                Type = JsonSchemaType.Object,
                AdditionalPropertiesAllowed = false,
                Required = new HashSet<string> { "data" },
                Properties = new Dictionary<string, IOpenApiSchema>
                {
                    ["data"] = new OpenApiSchema { Type = JsonSchemaType.Array, Items = item, MaxItems = many.Max },
                },
            });
        return new OpenApiRequestBody
        {
            Required = true,
            Description = many.Form == ManyForm.Lines
                ? "One object a line; the schema is that of a line. Plain or `Content-Encoding: gzip`."
                : "Plain or `Content-Encoding: gzip`.",
            Content = new Dictionary<string, OpenApiMediaType> { [type] = new() { Schema = schema } },
        };
    }

    private static OpenApiRequestBody Describe(RequestSchema body, OpenApiDocument document)
    {
        var name = RequestSchemas.NameOf(body);
        document.AddComponent(name, RequestSchemas.Describe(body));
        var media = new Dictionary<string, OpenApiMediaType>
        {
            ["application/json"] = new() { Schema = new OpenApiSchemaReference(name, document) },
        };
        if (body.Patch)
        {
            media["application/merge-patch+json"] = new() { Schema = new OpenApiSchemaReference(name, document) };
        }
        return new OpenApiRequestBody { Required = true, Content = media };
    }
}
