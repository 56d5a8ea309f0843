using System.Reflection;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Metadata;
using Plateau.Contracts;
using Plateau.Server.Http;

namespace Plateau.Server.Devices;

/// <summary>An answer of one device, written from its stored form.</summary>
internal sealed class DeviceAnswer(DeviceRow device, int status = StatusCodes.Status200OK)
    : IResult, IEndpointMetadataProvider
{
    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder) =>
        builder.Metadata.Add(new ProducesResponseTypeMetadata(
            StatusCodes.Status200OK, typeof(Device), ["application/json"]));

    /// <summary>The device as JSON.</summary>
    public byte[] ToUtf8()
    {
        var buffer = new System.Buffers.ArrayBufferWriter<byte>(2048);
        using (var writer = new Utf8JsonWriter(buffer, WireJson.Writer))
        {
            DeviceJson.Write(writer, device);
        }
        return buffer.WrittenSpan.ToArray();
    }

    public async Task ExecuteAsync(HttpContext context)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json; charset=utf-8";
        var body = ToUtf8();
        context.Response.ContentLength = body.Length;
        await context.Response.Body.WriteAsync(body, context.RequestAborted);
    }
}

/// <summary>One page of devices, written from their stored form.</summary>
internal sealed class DevicePageAnswer(IReadOnlyList<DeviceRow> devices, bool hasMore)
    : IResult, IEndpointMetadataProvider
{
    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder) =>
        builder.Metadata.Add(new ProducesResponseTypeMetadata(
            StatusCodes.Status200OK, typeof(ListPage<Device>), ["application/json"]));

    public async Task ExecuteAsync(HttpContext context)
    {
        context.Response.ContentType = "application/json; charset=utf-8";
        await using (var writer = new Utf8JsonWriter(context.Response.BodyWriter, WireJson.Writer))
        {
            writer.WriteStartObject();
            writer.WriteString("object"u8, "list"u8);
            writer.WriteString("url"u8, "/devices"u8);
            writer.WriteBoolean("has_more"u8, hasMore);
            writer.WriteStartArray("data"u8);
            foreach (var device in devices)
            {
                DeviceJson.Write(writer, device);
            }
            writer.WriteEndArray();
            writer.WriteEndObject();
        }
        await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
    }
}
