using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using Plateau.Contracts;

namespace Plateau.Server.Reference;

/// <summary>The schema of the error object, which no handler names as its answer.</summary>
internal static class ErrorSchemas
{
    /// <summary>Adds it to the components where it is not yet, and refers to it.</summary>
    public static async Task<IOpenApiSchema> AddAsync(
        OpenApiDocument document, OpenApiOperationTransformerContext context, CancellationToken cancel)
    {
        if (document.Components?.Schemas?.ContainsKey(nameof(ErrorObject)) != true)
        {
            var fault = await context.GetOrCreateSchemaAsync(typeof(FieldError), null, cancel);
            var error = await context.GetOrCreateSchemaAsync(typeof(ErrorObject), null, cancel);
            document.AddComponent(nameof(FieldError), fault);
            document.AddComponent(nameof(ErrorObject), error);
            if (error.Properties?["errors"] is OpenApiSchema errors)
            {
                errors.Items = new OpenApiSchemaReference(nameof(FieldError), document);
            }
        }
        return new OpenApiSchemaReference(nameof(ErrorObject), document);
    }
}
