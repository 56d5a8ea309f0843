using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using Microsoft.OpenApi;
using Plateau.Contracts;
using Plateau.Server.Access;
using Plateau.Server.Devices;
using Plateau.Server.Http;
using Plateau.Server.Locations;
using Plateau.Server.Storage;
using Plateau.Telemetry;

namespace Plateau.Server.Telemetry;

/// <summary>States of all devices of a caller whose owners have agreed to telemetry.</summary>
internal static class FleetEndpoints
{
    private static readonly QueryParameter Timezone = new(
        "timezone", "tz database name of the clock and calendar that buckets follow. Default `UTC`.",
        () => new() { Type = JsonSchemaType.String });

    /// <summary>Maps <c>/device-states</c>.</summary>
    public static void MapFleetStates(this IEndpointRouteBuilder routes)
    {
        var states = routes.MapGroup("/device-states").WithTags("Device states");
        states.MapGet("", ListLatest).WithName("DeviceStateLatestList").RequireAuthorization(Scopes.Read)
            .WithSummary(
                "List the latest state of each device that has one, newest device first. Cursors are ids of devices.")
            .TakesQuery([
                .. DeviceFilter.Parameters, QueryParameter.EndingBefore, QueryParameter.Limit,
                QueryParameter.StartingAfter,
            ])
            .Fails(
                ErrorCodes.CursorInvalid, ErrorCodes.CursorConflict, ErrorCodes.DeviceNotFound,
                ErrorCodes.LocationNotFound);
        states.MapGet("/aggregates", Aggregate).WithName("FleetStateAggregateList").RequireAuthorization(Scopes.Read)
            .WithSummary("Sum up the states of the fleet in buckets, oldest first.")
            .TakesQuery([.. DeviceFilter.Parameters, .. AggregateQuery.Parameters, Timezone])
            .Fails(ErrorCodes.LocationNotFound);
    }

    private static async Task<Results<Ok<ListPage<DeviceState>>, ApiError>> ListLatest(
        HttpContext context, Caller caller, PlateauDb db, FleetReader fleet, CancellationToken cancel)
    {
        var query = new QueryReader(context);
        ListQuery.Read<DeviceId>(query, ErrorCodes.DeviceNotFound, out var page);
        var filter = DeviceFilter.Read(query);
        if (query.Error is { } error)
        {
            return error;
        }
        if (filter.LocationId is { } place && !await db.HasLocationAsync(caller, place, cancel))
        {
            return LocationEndpoints.NotFound(place);
        }
        var (records, hasMore) = await fleet.ReadLatestAsync(db.DevicesWithTelemetry(caller, filter), page, cancel);
        return TypedResults.Ok(new ListPage<DeviceState>
        {
            Url = "/device-states",
            HasMore = hasMore,
            Data = records.ConvertAll(record => DeviceStates.ToWire(record, caller.AccountId)),
        });
    }

    private static async Task<Results<Ok<AggregateList<FleetStateAggregate>>, ApiError>> Aggregate(
        HttpContext context, Caller caller, PlateauDb db, FleetReader fleet, IOptions<TelemetryOptions> options,
        TimeProvider clock, CancellationToken cancel)
    {
        var reader = new QueryReader(context);
        var now = clock.GetUtcNow();
        var timezone = reader.Text(Timezone.Name) ?? TimezoneNames.Utc;
        if (!TimezoneNames.IsKnown(timezone))
        {
            reader.Refuse(
                Timezone.Name, "timezone_invalid",
                $"timezone must be a name of the tz database; it was {Quote.Of(timezone)}.");
        }
        var filter = DeviceFilter.Read(reader);
        if (AggregateQuery.Read(reader, now) is not { } query)
        {
            return reader.Error!; // there is no query only where something is wrong
        }
        var (edges, error) = query.FindEdges(TimeZoneInfo.FindSystemTimeZoneById(timezone));
        if (edges is null)
        {
            return error!; // there are no edges only where something is wrong
        }
        if (filter.LocationId is { } place && !await db.HasLocationAsync(caller, place, cancel))
        {
            return LocationEndpoints.NotFound(place);
        }
        var buckets = await fleet.AggregateAsync(
            db.DevicesWithTelemetry(caller, filter), [.. edges.Select(Instant.ToUnixMicroseconds)],
            options.Value.GapLimitMinutes * 60_000_000L, Instant.ToUnixMicroseconds(now), cancel);
        return TypedResults.Ok(new AggregateList<FleetStateAggregate>
        {
            Url = "/device-states/aggregates",
            Timezone = timezone,
            Interval = query.IntervalText,
            Data = [.. buckets.Select((bucket, index) => ToWire(bucket, edges[index], edges[index + 1]))],
        });
    }

    private static FleetStateAggregate ToWire(FleetBucket bucket, DateTimeOffset start, DateTimeOffset end) => new()
    {
        StartTime = start,
        EndTime = end,
        Count = bucket.Count,
        Devices = bucket.Devices,
        StateOfChargePercent = bucket.StateOfChargePercent,
        BatteryPowerKw = bucket.BatteryPowerKw,
        EnergyChargedKwh = bucket.EnergyChargedKwh,
        EnergyDischargedKwh = bucket.EnergyDischargedKwh,
    };
}
