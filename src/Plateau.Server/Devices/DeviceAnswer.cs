using System.Reflection;
using Microsoft.AspNetCore.Http.Metadata;
using Plateau.Contracts;

namespace Plateau.Server.Devices;

/// <summary>An answer of one device, written from its stored form.</summary>
internal sealed class DeviceAnswer(DeviceRow device) : IResult, IEndpointMetadataProvider
{
    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder) =>
        builder.Metadata.Add(new ProducesResponseTypeMetadata(
            StatusCodes.Status200OK, typeof(Device), ["application/json"]));

    public async Task ExecuteAsync(HttpContext context)
    {
        context.Response.ContentType = "application/json; charset=utf-8";
        var body = DeviceJson.ToUtf8(device);
        context.Response.ContentLength = body.Length;
        await context.Response.Body.WriteAsync(body, context.RequestAborted);
    }
}
