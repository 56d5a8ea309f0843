using System.Buffers;
using System.Reflection;
using Microsoft.AspNetCore.Http.Metadata;
using Plateau.Contracts;
using Plateau.Server.Http;

namespace Plateau.Server.Devices;

/// <summary>One page of devices, written as JSON device by device; sending it ends it.</summary>
internal sealed class DevicePage : IResult, IEndpointMetadataProvider, IDisposable
{
    private readonly JsonBuffer _json;
    private bool _any;

    /// <summary>Starts a page.</summary>
    /// <param name="count">Devices it is expected to have, 0 or more.</param>
    /// <param name="hasMore">Whether the list goes on in the direction of the walk.</param>
    public DevicePage(int count, bool hasMore)
    {
        _json = new((count + 1) * DeviceJson.UsualBytes);
        _json.Raw(hasMore
            ? "{\"object\":\"list\",\"url\":\"/devices\",\"has_more\":true,\"data\":["u8
            : "{\"object\":\"list\",\"url\":\"/devices\",\"has_more\":false,\"data\":["u8);
    }

    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder) =>
        builder.Metadata.Add(new ProducesResponseTypeMetadata(
            StatusCodes.Status200OK, typeof(ListPage<Device>), ["application/json"]));

    /// <summary>Adds the next device, newest first.</summary>
    public void Add(ListedDevice device, DateTimeOffset? lastSeen)
    {
        if (_any)
        {
            _json.Raw(","u8);
        }
        _any = true;
        _json.Raw(device.Json);
        DeviceJson.WriteLastSeen(_json, lastSeen);
    }

    public async Task ExecuteAsync(HttpContext context)
    {
        using (this)
        {
            _json.Raw("]}"u8);
            var response = context.Response;
            response.ContentType = "application/json; charset=utf-8";
            response.ContentLength = _json.Length;
            response.BodyWriter.Write(_json.Written);
            await response.BodyWriter.FlushAsync(context.RequestAborted);
        }
    }

    public void Dispose() => _json.Dispose();
}
