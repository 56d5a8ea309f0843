using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using Plateau.Contracts;
using Plateau.Server.Access;
using Plateau.Server.Devices;
using Plateau.Server.Http;
using Plateau.Telemetry;

namespace Plateau.Server.Telemetry;

/// <summary>Sums of a device's records.</summary>
internal static class AggregateEndpoints
{
    /// <summary>Maps <c>/devices/{id}/states/aggregates</c>.</summary>
    public static void MapAggregates(this IEndpointRouteBuilder routes)
    {
        var states = routes.MapGroup("/devices/{id}/states/aggregates").WithTags("Device states");
        states.Names<DeviceId>(DeviceDirectory.HasDeviceAsync, DeviceEndpoints.NotFound);
        states.MapGet("", Get).WithName("DeviceStateAggregateList").RequireAuthorization(Scopes.Read)
            .WithSummary("Sum up a device's states in buckets of its time zone, oldest first.")
            .TakesQuery(AggregateQuery.Parameters)
            .Fails(ErrorCodes.DeviceNotFound, ErrorCodes.TelemetryConsentMissing);
    }

    private static async Task<Results<Ok<AggregateList<DeviceStateAggregate>>, ApiError>> Get(
        PathId<DeviceId> id, HttpContext context, Caller caller, IStateReader states, StateAggregator aggregator,
        IOptions<TelemetryOptions> options, TimeProvider clock, CancellationToken cancel)
    {
        var reader = new QueryReader(context);
        var now = clock.GetUtcNow();
        var query = AggregateQuery.Read(reader, now);
        var access = await TelemetryAccess.FindAsync(states, caller, id.Value, cancel);
        if (access.Device is not { } device || query is null)
        {
            return access.Error?.Code == ErrorCodes.DeviceNotFound ? access.Error : reader.Error ?? access.Error!;
        }
        var timezone = device.Timezone ?? TimezoneNames.Utc;
        var (edges, error) = query.FindEdges(TimeZoneInfo.FindSystemTimeZoneById(timezone));
        if (edges is null)
        {
            return error!;
        }
        var buckets = await aggregator.AggregateAsync(
            [id.Value], [.. edges.Select(Instant.ToUnixMicroseconds)],
            options.Value.GapLimitMinutes * 60_000_000L, Instant.ToUnixMicroseconds(now), cancel);
        return TypedResults.Ok(new AggregateList<DeviceStateAggregate>
        {
            Url = $"/devices/{id.Value}/states/aggregates",
            Timezone = timezone,
            Interval = query.IntervalText,
            Data = [.. buckets[0].Select((bucket, index) => ToWire(bucket, edges[index], edges[index + 1]))],
        });
    }

    private static DeviceStateAggregate ToWire(StateBucket bucket, DateTimeOffset start, DateTimeOffset end) => new()
    {
        StartTime = start,
        EndTime = end,
        Count = bucket.Count,
        StateOfChargePercent = bucket.StateOfCharge is { } charge
            ? new(charge.Mean, charge.Min, charge.Max, charge.First, charge.Last)
            : null,
        BatteryPowerKw = bucket.BatteryPower is { } power ? new(power.Mean, power.Min, power.Max) : null,
        EnergyChargedKwh = bucket.EnergyChargedKwh,
        EnergyDischargedKwh = bucket.EnergyDischargedKwh,
    };
}
