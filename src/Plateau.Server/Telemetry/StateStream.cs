using System.Buffers;
using System.IO.Pipelines;
using System.Reflection;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Metadata;
using Plateau.Contracts;
using Plateau.Server.Access;
using Plateau.Server.Http;

namespace Plateau.Server.Telemetry;

/// <summary>
/// Server-sent events of accepted records, read from the log at the pace of the reader: a slow one holds no memory, and
/// is told of a gap when what it has not read is no longer there.
/// </summary>
/// <param name="log">The log.</param>
/// <param name="caller">Whose records.</param>
/// <param name="device">Only this device's; null for all of the caller's.</param>
/// <param name="last">The last event the reader had; null when it begins.</param>
/// <param name="place">What is given back when the reader has gone.</param>
/// <param name="clock">Tells the pace.</param>
internal sealed class StateStream(
    IStateLog log, Caller caller, DeviceId? device, EventId? last, IDisposable place, TimeProvider clock)
    : IResult, IEndpointMetadataProvider
{
    private const int AtOnce = 500;
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(200);
    // A record is accepted with the time of its arrival, and its transaction may end somewhat later.
    private static readonly TimeSpan MayBeOpen = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan RenewEvery = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan SignOfLifeEvery = TimeSpan.FromSeconds(15);

    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder) =>
        builder.Metadata.Add(new ProducesResponseTypeMetadata(
            StatusCodes.Status200OK, typeof(DeviceState), ["text/event-stream"]));

    public async Task ExecuteAsync(HttpContext context)
    {
        using (place)
        {
            var cancel = context.RequestAborted;
            var watch = await log.WatchAsync(caller, cancel);
            var response = context.Response;
            response.ContentType = "text/event-stream; charset=utf-8";
            response.Headers.CacheControl = "no-store";
            var writer = response.BodyWriter;
            var position = watch.Now;
            if (last is { } had)
            {
                if (IsLost(had, watch))
                {
                    WriteGap(writer, had.Time);
                }
                else
                {
                    position = had.Place;
                }
            }
            writer.Write(": the stream is open\n\n"u8);
            await FlushAsync(writer, cancel);
            try
            {
                await FollowAsync(writer, position, cancel);
            }
            catch (OperationCanceledException) when (cancel.IsCancellationRequested)
            {
                // The reader has gone.
            }
        }
    }

    private async Task FollowAsync(PipeWriter writer, LogPlace position, CancellationToken cancel)
    {
        var (renewed, spoken) = (clock.GetTimestamp(), clock.GetTimestamp());
        var upTo = clock.GetUtcNow();
        while (true)
        {
            var asked = clock.GetUtcNow();
            var events = await log.ReadAsync(caller, position, device, AtOnce, cancel);
            if (clock.GetUtcNow() - upTo > IStateLog.KeptFor)
            {
                // What came between may have been removed before it was read.
                WriteGap(writer, upTo);
                await FlushAsync(writer, cancel);
                return;
            }
            foreach (var one in events)
            {
                Write(writer, one);
                position = one.Place;
            }
            upTo = events.Count == AtOnce ? events[^1].Id.Time : asked;
            if (events.Count == 0 && clock.GetElapsedTime(spoken) >= SignOfLifeEvery)
            {
                writer.Write(": still here\n\n"u8);
            }
            if (writer.UnflushedBytes > 0)
            {
                await FlushAsync(writer, cancel);
                spoken = clock.GetTimestamp();
            }
            if (clock.GetElapsedTime(renewed) >= RenewEvery)
            {
                await log.WatchAsync(caller, cancel);
                renewed = clock.GetTimestamp();
            }
            if (events.Count < AtOnce)
            {
                await Task.Delay(LookEvery, clock, cancel);
            }
        }
    }

    private bool IsLost(EventId had, LogWatch watch) =>
        had.Time < watch.Since || clock.GetUtcNow() - had.Time > IStateLog.KeptFor;

    private void Write(PipeWriter writer, LoggedState one)
    {
        writer.Write(Encoding.UTF8.GetBytes($"id: {one.Id}\nevent: device_state\ndata: "));
        using (var json = new Utf8JsonWriter(writer, WireJson.Writer))
        {
            JsonSerializer.Serialize(
                json, DeviceStates.ToWire(one.Record, caller.AccountId), WireJson.Context.DeviceState);
        }
        writer.Write("\n\n"u8);
    }

    private static void WriteGap(PipeWriter writer, DateTimeOffset time) =>
        writer.Write(Encoding.UTF8.GetBytes(
            $"event: gap\ndata: {{\"object\":\"gap\",\"time\":\"{Instant.Format(time - MayBeOpen)}\"}}\n\n"));

    private static async ValueTask FlushAsync(PipeWriter writer, CancellationToken cancel)
    {
        if ((await writer.FlushAsync(cancel)).IsCompleted)
        {
            throw new OperationCanceledException(cancel);
        }
    }
}
