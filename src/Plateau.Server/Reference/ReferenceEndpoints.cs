using Microsoft.OpenApi;
using Scalar.AspNetCore;

namespace Plateau.Server.Reference;

/// <summary>The reference of the API: <c>/openapi.json</c> for programs, <c>/docs</c> for people.</summary>
internal static class ReferenceEndpoints
{
    private const string DocumentPath = "/openapi.json";
    private const string Tag = "Reference";

    /// <summary>What the slice needs.</summary>
    public static void AddReference(this IServiceCollection services)
    {
        services.AddSingleton<ReferenceDocument>();
        services.AddOpenApi(ReferenceDocument.Name, options =>
        {
            options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
            options.AddOperationTransformer<OperationDetails>();
            options.AddDocumentTransformer<AnswerSchemas>();
            options.AddDocumentTransformer<DocumentDetails>();
        });
    }

    /// <summary>Maps <c>/openapi.json</c> and <c>/docs</c>.</summary>
    public static void MapReference(this IEndpointRouteBuilder routes)
    {
        routes.MapGet(DocumentPath, Get).WithName("OpenApiGet").WithTags(Tag).ExcludeFromDescription().AllowAnonymous();
        // Each switch keeps the page from fetching something of another host, or from offering to send something there.
        routes.MapScalarApiReference("/docs", options => options
            .WithTitle("Plateau API")
            .WithOpenApiRoutePattern(DocumentPath)
            .WithTheme(ScalarTheme.Default)
            .WithDynamicBaseServerUrl()
            .AddPreferredSecuritySchemes(DocumentDetails.Bearer)
            .DisableDefaultFonts()
            .DisableAgent()
            .DisableMcp()
            .DisableTelemetry()
            .HideDeveloperTools()
            .HideClientButton()).WithTags(Tag).ExcludeFromDescription().AllowAnonymous();
    }

    private static async Task<IResult> Get(ReferenceDocument document, CancellationToken cancel) =>
        TypedResults.Bytes(await document.ToUtf8Async(cancel), "application/json; charset=utf-8");
}
