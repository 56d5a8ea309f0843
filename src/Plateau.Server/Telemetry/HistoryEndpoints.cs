using Microsoft.AspNetCore.Http.HttpResults;
using Plateau.Contracts;
using Plateau.Server.Access;
using Plateau.Server.Audit;
using Plateau.Server.Devices;
using Plateau.Server.Http;
using Plateau.Server.Storage;

namespace Plateau.Server.Telemetry;

/// <summary>The history of a device.</summary>
internal static class HistoryEndpoints
{
    private const string PagingWithCsv =
        "{0} does not go with text/csv, which streams all records of the range; narrow it by start_time and end_time.";

    /// <summary>Maps <c>/devices/{id}/states</c>.</summary>
    public static void MapHistory(this IEndpointRouteBuilder routes)
    {
        var states = routes.MapGroup("/devices/{id}/states").WithTags("Device states");
        states.Names<DeviceId>(DeviceDirectory.HasDeviceAsync, DeviceEndpoints.NotFound);
        states.MapGet("", List).WithName("DeviceStateList").RequireAuthorization(Scopes.Read)
            .WithSummary(
                "List a device's states, newest first by time. With `Accept: text/csv` all of the range is streamed.")
            .TakesQuery(
                TimeRange.StartTime, TimeRange.EndTime,
                new QueryParameter(
                    "record_reference_id", "Records with exactly this reference.",
                    () => new() { Type = Microsoft.OpenApi.JsonSchemaType.String, MaxLength = 255 }),
                QueryParameter.EndingBefore, QueryParameter.Limit, QueryParameter.StartingAfter)
            .Fails(
                ErrorCodes.DeviceNotFound, ErrorCodes.TelemetryConsentMissing, ErrorCodes.CursorInvalid,
                ErrorCodes.CursorConflict, ErrorCodes.DeviceStateNotFound);
        states.MapDelete("", Erase).WithName("DeviceStateErase").RequireAuthorization(Scopes.Manage)
            .WithSummary("Erase a device's states of a range, in the background. States accepted later stay.")
            .TakesQuery(TimeRange.StartTime, TimeRange.EndTime)
            .Fails(ErrorCodes.DeviceNotFound);
    }

    // Whatever was accepted before goes; what comes later stays.
    private static async Task<Results<Accepted<Deletion>, ApiError>> Erase(
        PathId<DeviceId> id, HttpContext context, Caller caller, PlateauDb db, AuditTrail audit, TimeProvider clock,
        CancellationToken cancel)
    {
        var query = new QueryReader(context);
        var range = TimeRange.Read(query);
        foreach (var name in new[] { TimeRange.StartTime.Name, TimeRange.EndTime.Name })
        {
            if (query.Text(name) is null)
            {
                query.Refuse(name, name + "_missing", $"{name} is required.");
            }
        }
        await using var write = await db.BeginWriteAsync(cancel);
        await db.LockRowsAsync("devices", [id.Value.Value], cancel);
        if (!await db.HasDeviceAsync(caller, id.Value, cancel))
        {
            return DeviceEndpoints.NotFound(id.Value);
        }
        if (query.Error is { } error || range is not { Start: { } start, End: { } end })
        {
            return query.Error!; // a range without both ends is an error
        }
        db.RangeErasures.Add(new RangeErasureRow
        {
            DeviceId = id.Value, TimeCreated = clock.GetUtcNow(), StartTime = start, EndTime = end,
        });
        audit.Note(db, caller, "device.states_erased", id.Value.ToString());
        await write.CommitAsync(cancel);
        return TypedResults.Accepted((string?)null, new Deletion());
    }

    private static async Task<Results<Ok<ListPage<DeviceState>>, StateCsv, ApiError>> List(
        PathId<DeviceId> id, HttpContext context, Caller caller, IStateReader reader, StateHistory history,
        BulkPlaces places, CancellationToken cancel)
    {
        var query = new QueryReader(context);
        ListQuery.Read<DeviceStateId>(query, ErrorCodes.DeviceStateNotFound, out var page);
        var range = TimeRange.Read(query);
        var reference = query.Reference("record_reference_id");
        var isCsv = StateCsv.IsAskedFor(context.Request);
        foreach (var name in new[] { "limit", "starting_after", "ending_before" })
        {
            if (isCsv && query.Text(name) is not null)
            {
                query.Refuse(name, name + "_invalid", string.Format(null, PagingWithCsv, name));
            }
        }
        var access = await TelemetryAccess.FindAsync(reader, caller, id.Value, cancel);
        if (access.Device is null || query.Error is not null)
        {
            // A missing device wins over a wrong query, which wins over a missing consent.
            return access.Error?.Code == ErrorCodes.DeviceNotFound ? access.Error : query.Error ?? access.Error!;
        }
        if (isCsv)
        {
            return places.TryTakeExport() is { } place
                ? new StateCsv(
                    history.StreamAsync(id.Value, range.ToKeys(), reference, newestFirst: true, cancel), place)
                : ApiError.StorageUnavailable("As many exports as may be are under way. Repeat the request.");
        }
        return TypedResults.Ok(await ReadAsync(history, id.Value, caller, range.ToKeys(), page, reference, cancel));
    }

    private static async Task<ListPage<DeviceState>> ReadAsync(
        StateHistory history, DeviceId device, Caller caller, KeyRange range, ListQuery page, string? reference,
        CancellationToken cancel)
    {
        var newestFirst = !page.Backwards;
        if ((page.After ?? page.Before) is { } cursor)
        {
            var place = await history.FindPlaceAsync(device, cursor, newestFirst, cancel);
            range = newestFirst ? range.Until(place) : range.From(place);
        }
        var records = await history.ReadAsync(device, range, reference, newestFirst, page.Limit + 1, cancel);
        var hasMore = records.Count > page.Limit;
        if (hasMore)
        {
            records.RemoveAt(page.Limit);
        }
        if (page.Backwards)
        {
            records.Reverse();
        }
        return new()
        {
            Url = $"/devices/{device}/states",
            HasMore = hasMore,
            Data = records.ConvertAll(record => DeviceStates.ToWire(record, caller.AccountId)),
        };
    }
}
