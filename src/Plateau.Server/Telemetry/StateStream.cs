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
/// <param name="keys">Tells whether the caller's key still counts.</param>
/// <param name="clock">Tells the pace.</param>
/// <param name="stopping">The process stops: the reader may go on at another.</param>
internal sealed class StateStream(
    IStateLog log, Caller caller, DeviceId? device, EventId? last, IDisposable place, KeyStatuses keys,
    TimeProvider clock, CancellationToken stopping) : IResult, IEndpointMetadataProvider
{
    private const int AtOnce = 500;
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan RenewEvery = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan SignOfLifeEvery = TimeSpan.FromSeconds(15);

    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder) =>
        builder.Metadata.Add(new ProducesResponseTypeMetadata(
            StatusCodes.Status200OK, typeof(DeviceState), ["text/event-stream"]));

    public async Task ExecuteAsync(HttpContext context)
    {
        using (place)
        {
            using var ending = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
            var cancel = ending.Token;
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
                // The reader has gone, or the process stops.
            }
        }
    }

    private async Task FollowAsync(PipeWriter writer, LogPlace position, CancellationToken cancel)
    {
        var (renewed, spoken) = (clock.GetTimestamp(), clock.GetTimestamp());
        // All that was accepted before the first of the two times has been read; what was accepted before the second
        // has been once the position has passed the end that the log had then.
        var (readBefore, asked) = (clock.GetUtcNow(), clock.GetUtcNow());
        LogPlace? end = null;
        while (true)
        {
            var now = clock.GetUtcNow();
            var page = await log.ReadAsync(caller, position, device, AtOnce, cancel);
            if (clock.GetUtcNow() - readBefore > IStateLog.KeptFor)
            {
                // What came between may have been removed before it was read.
                WriteGap(writer, readBefore);
                await FlushAsync(writer, cancel);
                return;
            }
            foreach (var one in page.States)
            {
                Write(writer, one);
            }
            position = page.ReadUpTo;
            if (end is { } passed && !passed.IsAfter(position))
            {
                (readBefore, end) = (asked, null);
            }
            if (end is null)
            {
                (asked, end) = (now, page.End);
            }
            if (page.States.Count == 0 && clock.GetElapsedTime(spoken) >= SignOfLifeEvery)
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
                if (await keys.OfAsync(caller.KeyId, cancel) != KeyStatus.Valid)
                {
                    return;
                }
                await log.WatchAsync(caller, cancel);
                renewed = clock.GetTimestamp();
            }
            if (page.States.Count < AtOnce)
            {
                await Task.Delay(LookEvery, clock, cancel);
            }
        }
    }

    private bool IsLost(EventId had, LogWatch watch) =>
        had.Time < watch.Since || clock.GetUtcNow() - had.Time > IStateLog.KeptFor || had.Place.IsAfter(watch.Now);

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
            $"event: gap\ndata: {{\"object\":\"gap\",\"time\":\"{Instant.Format(time - IStateLog.MayBeOpen)}\"}}\n\n"));

    private static async ValueTask FlushAsync(PipeWriter writer, CancellationToken cancel)
    {
        if ((await writer.FlushAsync(cancel)).IsCompleted)
        {
            throw new OperationCanceledException(cancel);
        }
    }
}
