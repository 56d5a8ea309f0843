using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Plateau.Contracts;
using Plateau.Server.Access;
using Plateau.Server.Devices;
using Plateau.Server.Storage;

namespace Plateau.Server.Telemetry;

/// <summary>
/// Summaries of fleets. However many ask, one of an account and mode is counted at a time, and serves those who ask
/// within the next seconds. Who asks later waits a moment for the next; where counting takes longer, the last one is
/// told meanwhile.
/// </summary>
internal sealed class FleetSummaries(
    FleetSummaryReader reader, IDbContextFactory<PlateauDb> registry, TimeProvider clock,
    IOptions<DevicesOptions> options, IHostApplicationLifetime lifetime)
{
    private const int MaxRemembered = 10_000;
    private static readonly TimeSpan ReusedFor = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ToldFor = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(250);

    private readonly Lock _lock = new();
    private readonly Dictionary<(AccountId, bool), Counted> _summaries = [];

    /// <summary>
    /// The summary of a caller's devices, at most 5 seconds old; at most 30 where counting takes longer than a moment.
    /// </summary>
    /// <param name="caller">Whose.</param>
    /// <param name="cancel">Gives up waiting; the counting goes on for the others.</param>
    public async Task<FleetSummary> ReadAsync(Caller caller, CancellationToken cancel)
    {
        var counted = Find(caller);
        if (counted.Last is { } last && !counted.Next.IsCompleted && IsWithin(last, ToldFor))
        {
            using var moment = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            await Task.WhenAny(counted.Next, Task.Delay(Moment, clock, moment.Token));
            await moment.CancelAsync();
            cancel.ThrowIfCancellationRequested();
            if (!counted.Next.IsCompleted)
            {
                return last;
            }
        }
        return await counted.Next.WaitAsync(cancel);
    }

    private Counted Find(Caller caller)
    {
        var key = (caller.AccountId, caller.LiveMode);
        lock (_lock)
        {
            var counted = _summaries.GetValueOrDefault(key);
            if (counted is not null && IsUsable(counted.Next))
            {
                return counted;
            }
            if (_summaries.Count >= MaxRemembered)
            {
                _summaries.Clear();
            }
            var last = counted is { Next.IsCompletedSuccessfully: true } ? counted.Next.Result : counted?.Last;
            // Started elsewhere, because nothing of it may run while the lock is held.
            var next = Task.Run(() => CountAsync(caller, lifetime.ApplicationStopping), lifetime.ApplicationStopping);
            return _summaries[key] = new(last, next);
        }
    }

    private bool IsUsable(Task<FleetSummary> summary) => !summary.IsCompleted
        || (summary.IsCompletedSuccessfully && IsWithin(summary.Result, ReusedFor));

    private bool IsWithin(FleetSummary summary, TimeSpan age) => clock.GetUtcNow() - summary.TimeCreated < age;

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

    /// <summary>What is known of a fleet.</summary>
    /// <param name="Last">The summary before; null where there is none.</param>
    /// <param name="Next">The one that is counted, or was.</param>
    private sealed record Counted(FleetSummary? Last, Task<FleetSummary> Next);
}
