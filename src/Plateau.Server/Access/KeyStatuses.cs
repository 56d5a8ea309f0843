using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Plateau.Contracts;
using Plateau.Server.Storage;

namespace Plateau.Server.Access;

/// <summary>Whether a key still counts.</summary>
internal enum KeyStatus
{
    /// <summary>It does.</summary>
    Valid,

    /// <summary>It was revoked, or never was.</summary>
    Revoked,

    /// <summary>Its account is disabled.</summary>
    AccountDisabled,
}

/// <summary>
/// Tells whether a token's key still counts, from memory for some seconds and then from the store, so that a revoked
/// key stops on every process within its bound.
/// </summary>
internal sealed class KeyStatuses(IServiceScopeFactory scopes, TimeProvider clock, IOptions<AccessOptions> options)
{
    private const int MaxRemembered = 10_000;

    // While the store is out of reach an answer this old still counts; after it nobody is let in.
    private static readonly TimeSpan UsableFor = TimeSpan.FromSeconds(55);

    private readonly ConcurrentDictionary<KeyId, Remembered> _remembered = new();

    /// <summary>Whether the key counts.</summary>
    public ValueTask<KeyStatus> OfAsync(KeyId key, CancellationToken cancel)
    {
        if (_remembered.TryGetValue(key, out var remembered)
            && AgeOf(remembered) < TimeSpan.FromSeconds(options.Value.KeyCacheSeconds))
        {
            return new(remembered.Status);
        }
        return ReadAsync(key, cancel);
    }

    /// <summary>Forgets a key whose status this process has just changed.</summary>
    public void Forget(KeyId key) => _remembered.TryRemove(key, out _);

    private async ValueTask<KeyStatus> ReadAsync(KeyId key, CancellationToken cancel)
    {
        KeyStatus status;
        var asked = clock.GetUtcNow();
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            var db = scope.ServiceProvider.GetRequiredService<PlateauDb>();
            var row = await db.Keys.Where(row => row.Id == key)
                .Join(db.Accounts, row => row.AccountId, account => account.Id, (row, account) =>
                    new { row.TimeRevoked, account.TimeDisabled })
                .FirstOrDefaultAsync(cancel);
            status = row switch
            {
                null or { TimeRevoked: not null } => KeyStatus.Revoked,
                { TimeDisabled: not null } => KeyStatus.AccountDisabled,
                _ => KeyStatus.Valid,
            };
        }
        catch (Exception exception) when (StorageFaults.IsUnavailable(exception)
            && _remembered.TryGetValue(key, out var remembered) && AgeOf(remembered) < UsableFor)
        {
            return remembered.Status;
        }
        if (_remembered.Count >= MaxRemembered)
        {
            _remembered.Clear();
        }
        _remembered[key] = new(status, asked);
        return status;
    }

    private TimeSpan AgeOf(Remembered remembered) => clock.GetUtcNow() - remembered.Time;

    private readonly record struct Remembered(KeyStatus Status, DateTimeOffset Time);
}
