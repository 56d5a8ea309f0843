using Microsoft.Extensions.Options;
using Plateau.Contracts;
using Plateau.Server.Storage;

namespace Plateau.Server.Telemetry;

/// <summary>
/// Packs what has been rows long enough into chunks, and erases what is past its account's retention. One process at a
/// time goes round all devices; it gives way to submissions that wait.
/// </summary>
internal sealed partial class Compactor(
    IChunkStore store, IStateLog log, StateWriter writer, Leases leases, TimeProvider clock,
    IOptions<TelemetryOptions> options, ILogger<Compactor> logger) : BackgroundService
{
    private const string Work = "compaction";
    private const int DevicesAtOnce = 200;
    private const int WaitingIsBusy = 100;
    private const int MostPauses = 50;
    private static readonly TimeSpan LeaseFor = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var every = TimeSpan.FromSeconds(options.Value.PackEverySeconds);
        while (!stoppingToken.IsCancellationRequested)
        {
            await Task.Delay(every, clock, stoppingToken);
            try
            {
                await GoRoundAsync(stoppingToken);
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                LogFailed(logger, exception.GetType().Name);
            }
        }
    }

    /// <summary>Goes once round all devices, while this process has the lease.</summary>
    public async Task GoRoundAsync(CancellationToken cancel)
    {
        var last = default(DeviceId);
        while (await leases.TryHoldAsync(Work, LeaseFor, cancel)
            && await store.SurveyAsync(last, DevicesAtOnce, cancel) is { Count: > 0 } page)
        {
            await FoldAsync(page, cancel);
            await EraseAsync(page, cancel);
            last = page[^1].DeviceId;
        }
        await log.PruneAsync(cancel);
        while (await store.ReleaseSpaceAsync(cancel))
        {
            await GiveWayAsync(cancel);
        }
    }

    private async Task FoldAsync(IReadOnlyList<SurveyedDevice> page, CancellationToken cancel)
    {
        var after = TimeSpan.FromMinutes(options.Value.PackAfterMinutes);
        var now = clock.GetUtcNow();
        var until = Instant.ToUnixMicroseconds(now - after);
        var dueBefore = Instant.ToUnixMicroseconds(now - (after * 2));
        DeviceId[] due =
        [
            .. page.Where(rows => rows.OldestRow <= dueBefore && rows.OldestRow < rows.NewestRow)
                .Select(rows => rows.DeviceId),
        ];
        if (due.Length == 0)
        {
            return;
        }
        foreach (var device in await store.MoveMarksAsync(due, until, cancel))
        {
            try
            {
                do
                {
                    await GiveWayAsync(cancel);
                }
                while (await store.FoldAsync(device, until, cancel) == IChunkStore.FoldAtOnce);
            }
            catch (Exception exception)
                when (!StorageFaults.IsUnavailable(exception) && !cancel.IsCancellationRequested)
            {
                // One device whose chunk cannot be read must not keep all others from being packed.
                LogDeviceFailed(logger, exception, device);
            }
        }
    }

    private async Task EraseAsync(IReadOnlyList<SurveyedDevice> page, CancellationToken cancel)
    {
        var today = StoredChunk.DayOf(Instant.ToUnixMicroseconds(clock.GetUtcNow()));
        foreach (var device in page)
        {
            if (device.RetentionDays is not { } days || !device.HasBefore(today - days))
            {
                continue;
            }
            while (await store.EraseBeforeAsync(device.DeviceId, today - days, cancel) > 0)
            {
                await GiveWayAsync(cancel);
            }
        }
    }

    // Submissions that wait come first, but not for ever.
    private async Task GiveWayAsync(CancellationToken cancel)
    {
        for (var pauses = 0; writer.Waiting > WaitingIsBusy && pauses < MostPauses; pauses++)
        {
            await Task.Delay(Pause, clock, cancel);
        }
    }

    [LoggerMessage(2201, LogLevel.Warning, "Packing will be tried again: {Fault}")]
    private static partial void LogFailed(ILogger logger, string fault);

    [LoggerMessage(2202, LogLevel.Error, "The records of {DeviceId} cannot be packed")]
    private static partial void LogDeviceFailed(ILogger logger, Exception exception, DeviceId deviceId);
}
