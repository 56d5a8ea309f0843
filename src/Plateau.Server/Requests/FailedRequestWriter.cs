using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Plateau.Contracts;
using Plateau.Server.Storage;

namespace Plateau.Server.Requests;

/// <summary>
/// Writes the failed calls that were noted, once a second at the most, and deletes those beyond what is kept of an
/// account and mode. A batch that the store does not take is let go: its calls have been answered long since.
/// </summary>
internal sealed partial class FailedRequestWriter(
    FailedRequestLog log, IDbContextFactory<PlateauDb> registry, RegistryIds ids, FailedRequestMetrics metrics,
    TimeProvider clock, IOptions<RequestsOptions> options, ILogger<FailedRequestWriter> logger) : BackgroundService
{
    // What takes some ten milliseconds, for which submissions wait on the embedded engine.
    private const int MaxBatch = 500;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>Stops, after what is noted already has been written.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        while (log.Waiting.TryPeek(out _))
        {
            await WriteWaitingAsync(cancellationToken);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (await log.Waiting.WaitToReadAsync(stoppingToken))
        {
            // What is taken out of the queue is written to its end; stopping waits for it.
            await WriteWaitingAsync(CancellationToken.None);
            await Task.Delay(Pause, clock, stoppingToken);
        }
    }

    private async Task WriteWaitingAsync(CancellationToken cancel)
    {
        var batch = new List<NotedRequest>();
        while (batch.Count < MaxBatch && log.Waiting.TryRead(out var request))
        {
            batch.Add(request);
        }
        if (batch.Count == 0)
        {
            return;
        }
        try
        {
            await WriteAsync(batch, cancel);
            metrics.Count(FailedRequestFate.Kept, batch.Count);
        }
        catch (Exception exception)
        {
            metrics.Count(FailedRequestFate.Lost, batch.Count);
            LogLost(logger, batch.Count, exception.GetType().Name);
        }
    }

    // The ids are made here, so that what is read page by page appears in the order of ids.
    private async Task WriteAsync(List<NotedRequest> batch, CancellationToken cancel)
    {
        await using var db = await registry.CreateDbContextAsync(cancel);
        await using var write = await db.BeginWriteAsync(cancel);
        db.FailedRequests.AddRange(batch.Select(ToRow));
        await db.SaveChangesAsync(cancel);
        foreach (var (account, liveMode) in batch
            .Select(request => (request.Caller.AccountId, request.Caller.LiveMode)).Distinct())
        {
            var rows = db.FailedRequests.Where(row => row.AccountId == account && row.LiveMode == liveMode);
            var surplus = await rows.OrderByDescending(row => row.Id).Skip(options.Value.MaxKept)
                .Select(row => new { row.Id }).FirstOrDefaultAsync(cancel);
            if (surplus is not null)
            {
                await rows.Where(row => !(row.Id > surplus.Id)).ExecuteDeleteAsync(cancel);
            }
        }
        await write.CommitAsync(cancel);
    }

    private FailedRequestRow ToRow(NotedRequest request) => new()
    {
        Id = ids.Next<FailedRequestId>(),
        AccountId = request.Caller.AccountId,
        LiveMode = request.Caller.LiveMode,
        KeyId = request.Caller.KeyId,
        Method = request.Method,
        Path = request.Path,
        Route = request.Route,
        Status = (short)request.Status,
        Code = request.Code,
        RequestId = request.RequestId,
        TimeCreated = request.Time,
    };

    [LoggerMessage(1301, LogLevel.Warning, "The notes of {Count} failed calls were lost: {Fault}")]
    private static partial void LogLost(ILogger logger, int count, string fault);
}
