using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Plateau.Server.Reference;

/// <summary>What the document says of the API as a whole.</summary>
internal sealed class DocumentDetails : IOpenApiDocumentTransformer
{
    /// <summary>Name of the scheme of every call but the sign-in.</summary>
    public const string Bearer = "bearer";

    /// <summary>Name of the scheme of the sign-in.</summary>
    public const string Basic = "basic";

    public Task TransformAsync(
        OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        document.Info = new OpenApiInfo
        {
            Title = "Plateau",
            Version = "1",
            Description =
                "Devices of home energy and their states. Power is in kW, energy in kWh, shares are in percent; power "
                + "into a device is positive. Times are RFC 3339, answered in UTC. In requests null for an "
                + "optional member means that it is absent. A member without a value is left out "
                + "of answers unless it is marked nullable; answers may gain members. Every refusal is an error object "
                + "with a stable `code`.",
            License = new OpenApiLicense { Name = "Apache-2.0", Identifier = "Apache-2.0" },
        };
        // The document is the same wherever the server stands: addresses are relative to where it was fetched.
        document.Servers = [];
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
        {
            [Basic] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.Http,
                Scheme = "basic",
                Description = "Account id and secret key, to sign in with.",
            },
            [Bearer] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.Http,
                Scheme = "bearer",
                BearerFormat = "JWT",
                Description = "The token of a sign-in; it lasts as long as `expires_in` says.",
            },
        };
        return Task.CompletedTask;
    }
}
