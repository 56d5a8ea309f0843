using System.Reflection;
using Microsoft.AspNetCore.Http.Metadata;
using Plateau.Contracts;
using Plateau.Server.Http;

namespace Plateau.Server.Devices;

/// <summary>An answer of one device, written from its stored form.</summary>
internal sealed class DeviceAnswer(DeviceRow device) : IResult, IEndpointMetadataProvider
{
    private const int UsualBytes = 2_048;

    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder) =>
        builder.Metadata.Add(new ProducesResponseTypeMetadata(
            StatusCodes.Status200OK, typeof(Device), ["application/json"]));

    /// <summary>The device as JSON.</summary>
    public byte[] ToUtf8()
    {
        using var json = new JsonBuffer(UsualBytes);
        DeviceJson.Write(json, device.AccountId, device.LiveMode, DeviceFields.Of(device));
        return json.Written.ToArray();
    }

    public async Task ExecuteAsync(HttpContext context)
    {
        context.Response.ContentType = "application/json; charset=utf-8";
        var body = ToUtf8();
        context.Response.ContentLength = body.Length;
        await context.Response.Body.WriteAsync(body, context.RequestAborted);
    }
}
