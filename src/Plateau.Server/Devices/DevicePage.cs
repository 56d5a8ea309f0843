using System.Buffers;
using System.Reflection;
using Microsoft.AspNetCore.Http.Metadata;
using Plateau.Contracts;
using Plateau.Server.Http;

namespace Plateau.Server.Devices;

/// <summary>
/// One page of devices: each is written as JSON when it is added, and all are put in order when it is sent, which
/// ends it.
/// </summary>
internal sealed class DevicePage(DeviceQuery query) : IResult, IEndpointMetadataProvider, IDisposable
{
    private readonly JsonBuffer _json = new(query.Page.Limit * DeviceJson.UsualBytes);
    private readonly List<int> _ends = new(query.Page.Limit);

    /// <summary>Whether the list goes on in the direction of the walk.</summary>
    public bool HasMore { get; set; }

    /// <summary>Whether it has all the devices that were asked for.</summary>
    public bool IsFull => _ends.Count == query.Page.Limit;

    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder) =>
        builder.Metadata.Add(new ProducesResponseTypeMetadata(
            StatusCodes.Status200OK, typeof(ListPage<Device>), ["application/json"]));

    /// <summary>Adds the next device in the direction of the walk.</summary>
    public void Add(in DeviceFields device, DateTimeOffset? lastSeen)
    {
        DeviceJson.WriteVersioned(_json, query.Caller.AccountId, query.Caller.LiveMode, device);
        End(lastSeen);
    }

    /// <inheritdoc cref="Add(in DeviceFields, DateTimeOffset?)"/>
    public void Add(ListedDevice device, DateTimeOffset? lastSeen)
    {
        _json.Raw(device.Json);
        End(lastSeen);
    }

    public async Task ExecuteAsync(HttpContext context)
    {
        using (this)
        {
            var response = context.Response;
            response.ContentType = "application/json; charset=utf-8";
            response.ContentLength = Write(null);
            Write(response.BodyWriter);
            await response.BodyWriter.FlushAsync(context.RequestAborted);
        }
    }

    public void Dispose() => _json.Dispose();

    private void End(DateTimeOffset? lastSeen)
    {
        DeviceJson.WriteLastSeen(_json, lastSeen);
        _ends.Add(_json.Length);
    }

    // Newest first, whichever way the walk goes. Without a writer it only counts.
    private int Write(IBufferWriter<byte>? writer)
    {
        var length = Part(writer, HasMore
            ? "{\"object\":\"list\",\"url\":\"/devices\",\"has_more\":true,\"data\":["u8
            : "{\"object\":\"list\",\"url\":\"/devices\",\"has_more\":false,\"data\":["u8);
        for (var place = 0; place < _ends.Count; place++)
        {
            var index = query.Page.Backwards ? _ends.Count - 1 - place : place;
            var start = index == 0 ? 0 : _ends[index - 1];
            length += place == 0 ? 0 : Part(writer, ","u8);
            length += Part(writer, _json.Written[start.._ends[index]]);
        }
        return length + Part(writer, "]}"u8);
    }

    private static int Part(IBufferWriter<byte>? writer, ReadOnlySpan<byte> part)
    {
        writer?.Write(part);
        return part.Length;
    }
}
