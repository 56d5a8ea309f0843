using System.Data.Common;
using Microsoft.AspNetCore.Http.HttpResults;
using Plateau.Contracts;
using Plateau.Server.Http;
using Plateau.Server.Storage;

namespace Plateau.Server.Health;

/// <summary>Whether the process lives, and whether it can serve.</summary>
internal static class HealthEndpoints
{
    private static readonly TimeSpan StoreTimeout = TimeSpan.FromSeconds(2);

    /// <summary>What the slice needs.</summary>
    public static void AddHealth(this IServiceCollection services) => services.AddSingleton<Readiness>();

    /// <summary>Maps <c>/health/live</c> and <c>/health/ready</c>.</summary>
    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        var health = routes.MapGroup("/health").WithTags("Health").AllowAnonymous();
        health.MapGet("/live", Live).WithName("HealthLive").WithSummary("Whether the process runs.");
        health.MapGet("/ready", Ready).WithName("HealthReady")
            .WithSummary("Whether the process can serve: its start is complete and it reaches the store.")
            .Fails(ErrorCodes.NotReady);
    }

    private static Ok<Contracts.Health> Live(HttpContext context) => Answer(context);

    private static async Task<Results<Ok<Contracts.Health>, ApiError>> Ready(
        HttpContext context, Engine engine, Readiness readiness, TimeProvider clock, CancellationToken cancel)
    {
        if (!readiness.IsComplete)
        {
            return new ApiError(ErrorCodes.NotReady, "The start is not complete.")
            {
                RetryAfter = TimeSpan.FromSeconds(1),
            };
        }
        using var timeout = new CancellationTokenSource(StoreTimeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancel);
        try
        {
            await using var connection = await engine.OpenAsync(either.Token);
            await using var command = connection.CreateCommand();
            command.CommandText = "select count(*) from schema_versions";
            await command.ExecuteScalarAsync(either.Token);
            return Answer(context);
        }
        catch (Exception exception) when (exception is DbException || timeout.IsCancellationRequested
            || StorageFaults.IsUnavailable(exception))
        {
            return ApiError.StorageUnavailable("The store cannot be reached.");
        }
    }

    private static Ok<Contracts.Health> Answer(HttpContext context)
    {
        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Ok(new Contracts.Health());
    }
}
