using Microsoft.AspNetCore.Http.HttpResults;
using Plateau.Contracts;
using Plateau.Server.Access;

namespace Plateau.Server.Telemetry;

/// <summary>All devices of a caller at a glance.</summary>
internal static class FleetSummaryEndpoints
{
    /// <summary>Maps <c>/devices/summary</c>; the literal wins over the id of a device.</summary>
    public static void MapFleetSummary(this IEndpointRouteBuilder routes) =>
        routes.MapGroup("/devices").WithTags("Devices").MapGet("/summary", Get).WithName("DeviceSummary")
            .RequireAuthorization(Scopes.Read)
            .WithSummary(
                "Count the devices by their parts, whether they are heard of and how they are charged. The answer may "
                    + "be some seconds old, 30 at the most.");

    private static async Task<Ok<FleetSummary>> Get(
        Caller caller, FleetSummaries summaries, CancellationToken cancel) =>
        TypedResults.Ok(await summaries.ReadAsync(caller, cancel));
}
