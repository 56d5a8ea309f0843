using Microsoft.AspNetCore.Http.HttpResults;
using Plateau.Contracts;
using Plateau.Server.Access;
using Plateau.Server.Http;

namespace Plateau.Server.Telemetry;

/// <summary>Accepted states as they come.</summary>
internal static class StreamEndpoints
{
    private const string LastEventIdHeader = "Last-Event-ID";

    /// <summary>Maps <c>/device-states/stream</c>.</summary>
    public static void MapStateStream(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/device-states/stream", Stream).WithName("DeviceStateStream").WithTags("Device states")
            .RequireAuthorization(Scopes.Read)
            .WithSummary(
                "Follow accepted states as server-sent events: each at least once, those of a device in the order of "
                + "acceptance. `Last-Event-ID` resumes for 15 minutes; otherwise an event `gap` tells the time from "
                + "which to read the history again. The stream of a key that is revoked ends within two minutes.")
            .TakesQuery(QueryParameter.ById("device_id", "Only the states of this device."))
            .Fails(ErrorCodes.DeviceNotFound, ErrorCodes.TelemetryConsentMissing)
            .DisableRequestTimeout();
    }

    private static async Task<Results<StateStream, ApiError>> Stream(
        HttpContext context, Caller caller, IStateReader reader, IStateLog log, BulkPlaces places, KeyStatuses keys,
        TimeProvider clock, IHostApplicationLifetime host, CancellationToken cancel)
    {
        var query = new QueryReader(context);
        var device = query.Id<DeviceId>("device_id");
        EventId? last = null;
        if (context.Request.Headers[LastEventIdHeader] is [{ Length: > 0 } text])
        {
            if (EventId.TryParse(text, out var id))
            {
                last = id;
            }
            else
            {
                query.Refuse(
                    LastEventIdHeader, "last_event_id_invalid",
                    $"{LastEventIdHeader} must be the id of an event of this stream; it was {Quote.Of(text)}.");
            }
        }
        if (query.Error is { } error)
        {
            return error;
        }
        if (device is { } one && (await TelemetryAccess.FindAsync(reader, caller, one, cancel)).Error is { } refusal)
        {
            return refusal;
        }
        return places.TryTakeStream() is { } place
            ? new StateStream(log, caller, device, last, place, keys, clock, host.ApplicationStopping)
            : ApiError.StorageUnavailable("As many streams as may be are open. Repeat the request later.");
    }
}
