using System.Buffers;
using System.Reflection;
using Microsoft.AspNetCore.Http.Metadata;
using Plateau.Contracts;
using Plateau.Server.Access;
using Plateau.Server.Http;

namespace Plateau.Server.Devices;

/// <summary>
/// One page of devices: each is written as JSON when it is read, and all are put in order when it is sent.
/// </summary>
internal sealed class DevicePage(Caller caller, ListQuery query) : IResult, IEndpointMetadataProvider, IDisposable
{
    private const int UsualBytesOfDevice = 1_200;

    private readonly JsonBuffer _json = new((query.Limit + 1) * UsualBytesOfDevice);
    private readonly List<int> _ends = new(query.Limit + 1);

    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder) =>
        builder.Metadata.Add(new ProducesResponseTypeMetadata(
            StatusCodes.Status200OK, typeof(ListPage<Device>), ["application/json"]));

    /// <summary>
    /// Adds the next device in the order of the query's walk; one more than the limit says that there are more.
    /// </summary>
    public void Add(in DeviceFields device)
    {
        if (_ends.Count <= query.Limit)
        {
            DeviceJson.Write(_json, caller.AccountId, caller.LiveMode, device);
            _ends.Add(_json.Length);
        }
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

    // Without a writer it only counts.
    private int Write(IBufferWriter<byte>? writer)
    {
        var count = Math.Min(_ends.Count, query.Limit);
        var length = Part(writer, _ends.Count > query.Limit
            ? "{\"object\":\"list\",\"url\":\"/devices\",\"has_more\":true,\"data\":["u8
            : "{\"object\":\"list\",\"url\":\"/devices\",\"has_more\":false,\"data\":["u8);
        for (var place = 0; place < count; place++)
        {
            var index = query.Backwards ? count - 1 - place : place;
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
