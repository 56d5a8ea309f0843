using Microsoft.EntityFrameworkCore;

namespace Plateau.Server.Storage;

/// <summary>
/// Deletes the rows of a table when their time is over, every hour and the oldest first, in pieces: each is a write of
/// its own, so that those of callers go between. Nothing is written where nothing has ended.
/// </summary>
/// <param name="registry">Where the table is.</param>
/// <param name="clock">The time.</param>
/// <param name="keptFor">How long rows are kept.</param>
internal abstract class HourlyCleaner<TRow>(
    IDbContextFactory<PlateauDb> registry, TimeProvider clock, TimeSpan keptFor) : BackgroundService
    where TRow : class, ITimedRow
{
    /// <summary>Rows that are deleted in one write; a few more where they are of the same microsecond.</summary>
    public const int PieceSize = 1_000;

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
                LogFailed(exception.GetType().Name);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    /// <summary>Logs that it is tried again in an hour.</summary>
    protected abstract void LogFailed(string fault);

    private async Task CleanAsync(CancellationToken cancel)
    {
        await using var db = await registry.CreateDbContextAsync(cancel);
        var rows = db.Set<TRow>();
        var endedBefore = clock.GetUtcNow() - keptFor;
        var piece = rows.Select(row => row.TimeCreated)
            .Where(time => time < endedBefore).Order().Take(PieceSize);
        while (await piece.MaxAsync(time => (DateTimeOffset?)time, cancel) is { } last)
        {
            await using var write = await db.BeginWriteAsync(cancel);
            await rows.Where(row => row.TimeCreated <= last).ExecuteDeleteAsync(cancel);
            await write.CommitAsync(cancel);
        }
    }
}
