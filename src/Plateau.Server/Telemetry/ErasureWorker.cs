using Microsoft.EntityFrameworkCore;
using Plateau.Contracts;
using Plateau.Server.Storage;

namespace Plateau.Server.Telemetry;

/// <summary>
/// Erases the records of deleted devices, and ranges of records, in the background. Every process does.
/// </summary>
/// <remarks>
/// A submission that had checked its device just before the deletion may commit just after it. Its transaction is two
/// statements and a commit, none of which, nor the time between them, lasts longer than the statement timeout, so a
/// device's erasure ends only with a pass that began after five of those, by clocks that may differ by a minute. A
/// longer one, for a new place, holds the row.
/// A range's erasure ends with the first pass that finds nothing more. A record whose acceptance was still under way by
/// then counts as accepted after it. Going on would take records of later from a process whose clock is behind.
/// </remarks>
internal sealed partial class ErasureWorker(
    IServiceScopeFactory scopes, IChunkStore chunks, IStateReader reader, Engine engine, TimeProvider clock,
    ILogger<ErasureWorker> logger)
    : BackgroundService
{
    private const int DevicesAtOnce = 100;
    private const int LongestSubmissionInTimeouts = 5;
    private static readonly TimeSpan ClocksDiffer = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan BetweenReleases = TimeSpan.FromMilliseconds(10);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await EraseAllAsync(stoppingToken);
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                LogFailed(logger, exception.GetType().Name);
            }
            await Task.Delay(Pause, clock, stoppingToken);
        }
    }

    private async Task EraseAllAsync(CancellationToken cancel)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<PlateauDb>();
        var last = default(DeviceId);
        while (await EraseAsync(db, last, cancel) is { } next)
        {
            last = next;
        }
        foreach (var range in await db.RangeErasures.AsNoTracking().OrderBy(row => row.TimeCreated)
            .Take(DevicesAtOnce).ToListAsync(cancel))
        {
            try
            {
                await EraseRangeAsync(db, range, cancel);
            }
            catch (Exception exception)
                when (!StorageFaults.IsUnavailable(exception) && !cancel.IsCancellationRequested)
            {
                // A chunk that cannot be read must not keep all others from being erased.
                LogRangeFailed(logger, exception, range.DeviceId);
            }
        }
        while (await chunks.ReleaseSpaceAsync(cancel))
        {
            await Task.Delay(BetweenReleases, clock, cancel);
        }
    }

    private async Task EraseRangeAsync(PlateauDb db, RangeErasureRow range, CancellationToken cancel)
    {
        int? erased;
        var sum = 0;
        while ((erased = await chunks.EraseRangeAsync(range, cancel)) > 0)
        {
            sum += erased.Value;
        }
        if (sum > 0)
        {
            LogErased(logger, sum, range.DeviceId);
        }
        // A device that is held is being changed, or is gone: then its whole erasure is under way.
        if (erased is null && await db.Devices.AnyAsync(row => row.Id == range.DeviceId, cancel))
        {
            return;
        }
        await using var write = await db.BeginWriteAsync(cancel);
        await db.RangeErasures.Where(row => row.DeviceId == range.DeviceId && row.TimeCreated == range.TimeCreated
            && row.StartTime == range.StartTime && row.EndTime == range.EndTime).ExecuteDeleteAsync(cancel);
        await write.CommitAsync(cancel);
    }

    // Erases the records of the next deleted devices, in the order of their ids; null at the end.
    private async Task<DeviceId?> EraseAsync(PlateauDb db, DeviceId after, CancellationToken cancel)
    {
        var began = clock.GetUtcNow();
        var erasures = await db.Erasures.AsNoTracking().Where(row => row.DeviceId > after)
            .OrderBy(row => row.DeviceId).Take(DevicesAtOnce).ToListAsync(cancel);
        if (erasures.Count == 0)
        {
            return null;
        }
        var settled = began - ClocksDiffer
            - TimeSpan.FromSeconds(LongestSubmissionInTimeouts * engine.Options.StatementTimeoutSeconds);
        var finished = new List<DeviceId>();
        foreach (var erasure in erasures)
        {
            var erased = 0;
            while (await chunks.EraseDeviceAsync(erasure.DeviceId, cancel) is > 0 and var some)
            {
                erased += some;
            }
            if (erased > 0)
            {
                LogErased(logger, erased, erasure.DeviceId);
            }
            // Nothing to erase may also mean that another process is erasing just that.
            if (erasure.TimeCreated < settled && (await reader.FindLatestAsync([erasure.DeviceId], cancel))[0] is null)
            {
                finished.Add(erasure.DeviceId);
            }
        }
        if (finished.Count > 0)
        {
            await using var write = await db.BeginWriteAsync(cancel);
            await db.Erasures.Where(row => finished.Contains(row.DeviceId)).ExecuteDeleteAsync(cancel);
            await write.CommitAsync(cancel);
        }
        return erasures[^1].DeviceId;
    }

    [LoggerMessage(2101, LogLevel.Information, "Erased {Count} rows and chunks of records of {DeviceId}")]
    private static partial void LogErased(ILogger logger, int count, DeviceId deviceId);

    [LoggerMessage(2103, LogLevel.Error, "A range of {DeviceId} cannot be erased; it will be tried again")]
    private static partial void LogRangeFailed(ILogger logger, Exception exception, DeviceId deviceId);

    [LoggerMessage(2102, LogLevel.Warning, "Erasure will be tried again: {Fault}")]
    private static partial void LogFailed(ILogger logger, string fault);
}
