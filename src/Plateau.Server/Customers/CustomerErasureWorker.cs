using Microsoft.EntityFrameworkCore;
using Plateau.Contracts;
using Plateau.Server.Access;
using Plateau.Server.Storage;

namespace Plateau.Server.Customers;

/// <summary>
/// Erases, step by step, what was too much for the write that deleted its customer. One process at a time does.
/// </summary>
internal sealed partial class CustomerErasureWorker(
    IServiceScopeFactory scopes, CustomerErasure erasure, Leases leases, TimeProvider clock,
    ILogger<CustomerErasureWorker> logger) : BackgroundService
{
    private const string Work = "customer erasure";
    private static readonly TimeSpan LeaseFor = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

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
        var last = default(CustomerId);
        while (await FindNextAsync(last, cancel) is { } next)
        {
            try
            {
                while (await leases.TryHoldAsync(Work, LeaseFor, cancel) && !await EraseSomeAsync(next, cancel))
                {
                    // One more step.
                }
            }
            catch (Exception exception)
                when (!StorageFaults.IsUnavailable(exception) && !cancel.IsCancellationRequested)
            {
                // One customer must not keep all others from being erased.
                LogCustomerFailed(logger, exception, next.CustomerId);
            }
            last = next.CustomerId;
        }
    }

    private async Task<CustomerErasureRow?> FindNextAsync(CustomerId after, CancellationToken cancel)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<PlateauDb>();
        return await db.CustomerErasures.AsNoTracking().Where(row => row.CustomerId > after)
            .OrderBy(row => row.CustomerId).FirstOrDefaultAsync(cancel);
    }

    // A step of its own context and write; answers whether it was the last.
    private async Task<bool> EraseSomeAsync(CustomerErasureRow row, CancellationToken cancel)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<PlateauDb>();
        await using var write = await db.BeginWriteAsync(cancel);
        var caller = new Caller(row.AccountId, row.LiveMode, row.KeyId, KeyScope.Manage);
        var isDone = await erasure.EraseSomeAsync(db, caller, row.CustomerId, cancel);
        if (isDone)
        {
            await db.CustomerErasures.Where(one => one.CustomerId == row.CustomerId).ExecuteDeleteAsync(cancel);
        }
        await write.CommitAsync(cancel);
        if (isDone)
        {
            LogErased(logger, row.CustomerId);
        }
        return isDone;
    }

    [LoggerMessage(2301, LogLevel.Information, "Erased everything of the deleted customer {CustomerId}")]
    private static partial void LogErased(ILogger logger, CustomerId customerId);

    [LoggerMessage(2303, LogLevel.Error, "{CustomerId} cannot be erased; it will be tried again")]
    private static partial void LogCustomerFailed(ILogger logger, Exception exception, CustomerId customerId);

    [LoggerMessage(2302, LogLevel.Warning, "Erasing a customer will be tried again: {Fault}")]
    private static partial void LogFailed(ILogger logger, string fault);
}
