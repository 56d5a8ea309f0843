using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Plateau.Server.Storage;

namespace Plateau.Server.Requests;

/// <summary>Deletes failed calls when their days are over. Reading passes over them until then.</summary>
internal sealed partial class FailedRequestCleaner(
    IDbContextFactory<PlateauDb> registry, TimeProvider clock, IOptions<RequestsOptions> options,
    ILogger<FailedRequestCleaner> logger) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromHours(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, clock);
        do
        {
            try
            {
                await CleanAsync(stoppingToken);
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                LogFailed(logger, exception.GetType().Name);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task CleanAsync(CancellationToken cancel)
    {
        await using var db = await registry.CreateDbContextAsync(cancel);
        var endedBefore = clock.GetUtcNow() - TimeSpan.FromDays(options.Value.MaxDays);
        var ended = db.FailedRequests.Where(row => row.TimeCreated < endedBefore);
        if (!await ended.AnyAsync(cancel))
        {
            return;
        }
        await using var write = await db.BeginWriteAsync(cancel);
        await ended.ExecuteDeleteAsync(cancel);
        await write.CommitAsync(cancel);
    }

    [LoggerMessage(1302, LogLevel.Warning, "Failed calls of long ago will be deleted within the hour: {Fault}")]
    private static partial void LogFailed(ILogger logger, string fault);
}
