using Microsoft.EntityFrameworkCore;
using Plateau.Contracts;
using Plateau.Server.Storage;

namespace Plateau.Server.Telemetry;

/// <summary>
/// Erases, in the background, the records of deleted devices, and the answers kept for Idempotency-Keys after their day.
/// </summary>
/// <remarks>
/// A submission that had checked its device just before the deletion may commit just after it. No statement lasts
/// longer than its timeout, so a device's erasure ends only with a pass that began well after that.
/// </remarks>
internal sealed partial class ErasureWorker(
    IServiceScopeFactory scopes, IStateStore store, Engine engine, TimeProvider clock, ILogger<ErasureWorker> logger)
    : BackgroundService
{
    private const int DevicesAtOnce = 100;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan AnswersKeptFor = TimeSpan.FromHours(24);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Pause, clock);
        do
        {
            try
            {
                await EraseAsync(stoppingToken);
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                LogFailed(logger, exception.GetType().Name);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task EraseAsync(CancellationToken cancel)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<PlateauDb>();
        var began = clock.GetUtcNow();
        var erasures = await db.Erasures.AsNoTracking().OrderBy(row => row.DeviceId).Take(DevicesAtOnce).ToListAsync(cancel);
        foreach (var erasure in erasures)
        {
            var erased = 0;
            while (await store.EraseSomeAsync(erasure.DeviceId, cancel) is > 0 and var some)
            {
                erased += some;
            }
            if (erased > 0)
            {
                LogErased(logger, erased, erasure.DeviceId);
            }
        }
        var settled = began - TimeSpan.FromSeconds(2 * engine.Options.StatementTimeoutSeconds);
        var finished = erasures.Where(row => row.TimeCreated < settled).Select(row => row.DeviceId).ToList();
        var staleBefore = began - AnswersKeptFor;
        await using var write = await db.BeginWriteAsync(cancel);
        await db.Erasures.Where(row => finished.Contains(row.DeviceId)).ExecuteDeleteAsync(cancel);
        await db.IdempotencyKeys.Where(row => row.TimeCreated < staleBefore).ExecuteDeleteAsync(cancel);
        await write.CommitAsync(cancel);
    }

    [LoggerMessage(2101, LogLevel.Information, "Erased {Count} records of the deleted device {DeviceId}")]
    private static partial void LogErased(ILogger logger, int count, DeviceId deviceId);

    [LoggerMessage(2102, LogLevel.Warning, "Erasure will be tried again: {Fault}")]
    private static partial void LogFailed(ILogger logger, string fault);
}
