using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Plateau.Contracts;
using Plateau.Server.Access;
using Plateau.Server.Devices;
using Plateau.Server.Storage;

namespace Plateau.Server.Telemetry;

/// <summary>
/// Summaries of fleets. However many ask, one of an account and mode is counted at a time, and serves those who ask
/// within the next seconds.
/// </summary>
internal sealed class FleetSummaries(
    FleetSummaryReader reader, IDbContextFactory<PlateauDb> registry, TimeProvider clock,
    IOptions<DevicesOptions> options, IHostApplicationLifetime lifetime)
{
    private const int MaxRemembered = 10_000;
    private static readonly TimeSpan ReusedFor = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private readonly Dictionary<(AccountId, bool), Task<FleetSummary>> _summaries = [];

    /// <summary>The summary of a caller's devices, at most some seconds old.</summary>
    /// <param name="caller">Whose.</param>
    /// <param name="cancel">Gives up waiting; the counting goes on for the others.</param>
    public Task<FleetSummary> ReadAsync(Caller caller, CancellationToken cancel)
    {
        var key = (caller.AccountId, caller.LiveMode);
        lock (_lock)
        {
            if (!_summaries.TryGetValue(key, out var summary) || !IsUsable(summary))
            {
                if (_summaries.Count >= MaxRemembered)
                {
                    _summaries.Clear();
                }
                // Started elsewhere, because nothing of it may run while the lock is held.
                _summaries[key] = summary = Task.Run(
                    () => CountAsync(caller, lifetime.ApplicationStopping), lifetime.ApplicationStopping);
            }
            return summary.WaitAsync(cancel);
        }
    }

    private bool IsUsable(Task<FleetSummary> summary) => !summary.IsCompleted
        || (summary.IsCompletedSuccessfully && clock.GetUtcNow() - summary.Result.TimeCreated < ReusedFor);

    private async Task<FleetSummary> CountAsync(Caller caller, CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        var freshSeconds = options.Value.FreshForSeconds;
        var tally = new FleetTally(Instant.ToUnixMicroseconds(now.AddSeconds(-freshSeconds)));
        await reader.ReadAsync(caller, tally, cancel);
        DeviceId[] quietest = [.. tally.Quietest.Select(device => device.Id)];
        await using var db = await registry.CreateDbContextAsync(cancel);
        var references = await db.Devices.AsNoTracking().Where(row => quietest.Contains(row.Id))
            .Select(row => new { row.Id, row.ReferenceId })
            .ToDictionaryAsync(row => row.Id, row => row.ReferenceId, cancel);
        return tally.Finish(caller.AccountId, caller.LiveMode, freshSeconds, now, references);
    }
}
