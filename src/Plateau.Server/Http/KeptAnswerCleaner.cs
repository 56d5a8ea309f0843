using Microsoft.EntityFrameworkCore;
using Plateau.Server.Storage;

namespace Plateau.Server.Http;

/// <summary>Deletes the answers kept for an Idempotency-Key when their day is over.</summary>
internal sealed partial class KeptAnswerCleaner(
    IServiceScopeFactory scopes, TimeProvider clock, ILogger<KeptAnswerCleaner> logger) : BackgroundService
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
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<PlateauDb>();
        var endedBefore = clock.GetUtcNow() - IdempotentCreation.KeptFor;
        var ended = db.IdempotencyKeys.Where(row => row.TimeCreated < endedBefore);
        if (!await ended.AnyAsync(cancel))
        {
            return;
        }
        await using var write = await db.BeginWriteAsync(cancel);
        await ended.ExecuteDeleteAsync(cancel);
        await write.CommitAsync(cancel);
    }

    [LoggerMessage(1004, LogLevel.Warning, "Kept answers will be deleted within the hour: {Fault}")]
    private static partial void LogFailed(ILogger logger, string fault);
}
