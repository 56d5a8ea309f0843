using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Plateau.Server.Reference;

/// <summary>The OpenAPI document. It is the same for every caller, so it is made once and kept.</summary>
internal sealed class ReferenceDocument([FromKeyedServices(ReferenceDocument.Name)] IOpenApiDocumentProvider provider)
{
    /// <summary>Name of the document among those of the framework.</summary>
    public const string Name = "v1";

    private byte[]? _utf8;

    /// <summary>The document as JSON. Two callers who ask first at once both make it, and both the same.</summary>
    public async ValueTask<byte[]> ToUtf8Async(CancellationToken cancel)
    {
        if (_utf8 is { } made)
        {
            return made;
        }
        var document = await provider.GetOpenApiDocumentAsync(cancel);
        using var buffer = new MemoryStream();
        await document.SerializeAsJsonAsync(buffer, OpenApiSpecVersion.OpenApi3_1, cancel);
        return _utf8 = buffer.ToArray();
    }
}
