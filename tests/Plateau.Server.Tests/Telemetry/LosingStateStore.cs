using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Npgsql;
using Plateau.Server.Storage;
using Plateau.Server.Telemetry;

namespace Plateau.Server.Tests.Telemetry;

/// <summary>The real store, which loses the answer of a commit when told to.</summary>
internal sealed class LosingStateStore(IStateStore store) : IStateStore
{
    /// <summary>What happens between the next commit and the loss of its answer; null loses nothing.</summary>
    public Func<Task>? OnNextCommit { get; set; }

    public static void Wrap(IServiceCollection services) =>
        services.Replace(ServiceDescriptor.Singleton<IStateStore>(provider => new LosingStateStore(
            provider.GetRequiredService<Engine>().Kind == EngineKind.Postgres
                ? ActivatorUtilities.CreateInstance<PostgresStateStore>(provider)
                : ActivatorUtilities.CreateInstance<SqliteStateStore>(provider))));

    public async Task<SubmissionOutcome[]> CommitAsync(IReadOnlyList<PendingRecord> batch, CancellationToken cancel)
    {
        var outcomes = await store.CommitAsync(batch, cancel);
        if (OnNextCommit is { } happens)
        {
            OnNextCommit = null;
            await happens();
            throw new NpgsqlException("The connection was lost.");
        }
        return outcomes;
    }
}
