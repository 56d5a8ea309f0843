using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Plateau.Contracts;
using Plateau.Server.Access;
using Plateau.Server.Http;
using Plateau.Server.Storage;

namespace Plateau.Server.Requests;

/// <summary>The caller's own calls that failed lately.</summary>
internal static class RequestsEndpoints
{
    /// <summary>What the slice needs.</summary>
    public static void AddRequests(this IServiceCollection services)
    {
        services.AddOptions<RequestsOptions>().BindConfiguration("Plateau:Requests").ValidateDataAnnotations()
            .ValidateOnStart();
        services.AddSingleton<FailedRequestMetrics>();
        services.AddSingleton<FailedRequestLog>();
        services.AddHostedService<FailedRequestWriter>();
        services.AddHostedService<FailedRequestCleaner>();
    }

    /// <summary>Maps <c>/account/requests</c>.</summary>
    public static void MapRequests(this IEndpointRouteBuilder routes)
    {
        var requests = routes.MapGroup("/account/requests").WithTags("Account");
        requests.MapGet("", List).WithName("FailedRequestList").RequireAuthorization(Scopes.Read)
            .WithSummary(
                "List the calls of the token's mode that failed lately, newest first. One is listed within about two "
                    + "seconds; only the newest are kept, for some days.")
            .TakesQuery(QueryParameter.EndingBefore, QueryParameter.Limit, QueryParameter.StartingAfter)
            .Fails(ErrorCodes.CursorInvalid, ErrorCodes.CursorConflict, ErrorCodes.FailedRequestNotFound);
    }

    private static async Task<Results<Ok<ListPage<FailedRequest>>, ApiError>> List(
        HttpContext context, Caller caller, PlateauDb db, IOptions<RequestsOptions> options, TimeProvider clock,
        CancellationToken cancel)
    {
        var query = new QueryReader(context);
        ListQuery.Read<FailedRequestId>(query, ErrorCodes.FailedRequestNotFound, out var page);
        if (query.Error is { } error)
        {
            return error;
        }
        var keptSince = clock.GetUtcNow() - TimeSpan.FromDays(options.Value.MaxDays);
        var rows = db.FailedRequests.AsNoTracking().Where(row =>
            row.AccountId == caller.AccountId && row.LiveMode == caller.LiveMode && row.TimeCreated >= keptSince);
        var found = await RegistryPage.ReadAsync(rows, page, row => row.Id, cancel);
        return TypedResults.Ok(found.ToWire("/account/requests", row => row.ToWire()));
    }
}
