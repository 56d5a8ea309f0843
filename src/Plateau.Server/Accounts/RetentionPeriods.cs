using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using Plateau.Contracts;
using Plateau.Server.Storage;

namespace Plateau.Server.Accounts;

/// <summary>
/// For how long accounts keep records, from memory for a minute and then from the store: it is asked for every record.
/// </summary>
internal sealed class RetentionPeriods(IDbContextFactory<PlateauDb> registry, TimeProvider clock)
{
    private const int MaxRemembered = 10_000;
    private static readonly TimeSpan UsableFor = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<AccountId, Remembered> _remembered = new();

    /// <summary>Days for which an account keeps records; null for ever.</summary>
    public ValueTask<int?> OfAsync(AccountId account, CancellationToken cancel) =>
        _remembered.TryGetValue(account, out var remembered) && clock.GetElapsedTime(remembered.Asked) < UsableFor
            ? new(remembered.Days)
            : new(ReadAsync(account, cancel));

    private async Task<int?> ReadAsync(AccountId account, CancellationToken cancel)
    {
        var asked = clock.GetTimestamp();
        await using var db = await registry.CreateDbContextAsync(cancel);
        var days = await db.Accounts.Where(row => row.Id == account).Select(row => row.RetentionDays)
            .FirstOrDefaultAsync(cancel);
        if (_remembered.Count >= MaxRemembered)
        {
            _remembered.Clear();
        }
        _remembered[account] = new(days, asked);
        return days;
    }

    private readonly record struct Remembered(int? Days, long Asked);
}
