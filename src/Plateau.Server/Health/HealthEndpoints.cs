using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Plateau.Server.Storage;

namespace Plateau.Server.Health;

/// <summary>Whether the process lives, and whether it can serve.</summary>
internal static class HealthEndpoints
{
    private static readonly TimeSpan CheckTimeout = TimeSpan.FromSeconds(2);

    /// <summary>What the slice needs.</summary>
    public static void AddHealth(this IServiceCollection services)
    {
        services.AddSingleton<Readiness>();
        services.AddHealthChecks()
            .AddCheck<StoreCheck>("store", timeout: CheckTimeout)
            .AddCheck<Readiness>("startup");
    }

    /// <summary>Maps <c>/health/live</c> and <c>/health/ready</c>.</summary>
    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        routes.MapHealthChecks("/health/live", new HealthCheckOptions { Predicate = _ => false })
            .WithName("HealthLive").WithTags("Health").AllowAnonymous();
        routes.MapHealthChecks("/health/ready").WithName("HealthReady").WithTags("Health").AllowAnonymous();
    }

    private sealed class StoreCheck(Engine engine) : IHealthCheck
    {
        public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken)
        {
            try
            {
                await using var connection = await engine.OpenAsync(cancellationToken);
                await using var command = connection.CreateCommand();
                command.CommandText = "select count(*) from schema_versions";
                await command.ExecuteScalarAsync(cancellationToken);
                return HealthCheckResult.Healthy();
            }
            catch (Exception exception) when (StorageFaults.IsUnavailable(exception))
            {
                return HealthCheckResult.Unhealthy("The store cannot be reached.");
            }
        }
    }
}

/// <summary>Holds readiness back until what the process does at its start is complete.</summary>
internal sealed class Readiness : IHealthCheck
{
    private int _pending;

    /// <summary>Holds readiness back until <see cref="Complete"/>.</summary>
    public void Await() => Interlocked.Increment(ref _pending);

    /// <summary>Ends one wait.</summary>
    public void Complete() => Interlocked.Decrement(ref _pending);

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken) =>
        Task.FromResult(Volatile.Read(ref _pending) == 0
            ? HealthCheckResult.Healthy()
            : HealthCheckResult.Unhealthy("The start is not complete."));
}
