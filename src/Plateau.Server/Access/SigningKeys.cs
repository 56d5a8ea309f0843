using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;
using Plateau.Contracts;
using Plateau.Server.Storage;

namespace Plateau.Server.Access;

/// <summary>
/// The keys that sign bearer tokens. They live in the store, so that every process takes every process's tokens; a new
/// one replaces the one in use after its time, and the old one is kept until its last token has ended.
/// </summary>
internal sealed class SigningKeys(
    IServiceScopeFactory scopes, RegistryIds ids, TimeProvider clock, IOptions<AccessOptions> options) : IDisposable
{
    private const int SecretBytes = 64;
    private static readonly TimeSpan RereadAfter = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan RereadAtMostEvery = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _reading = new(1, 1);
    private volatile Snapshot _snapshot = new([], DateTimeOffset.MinValue);

    /// <summary>The key that signs now; made when there is none, or the newest is past its time.</summary>
    public async ValueTask<SecurityKey> CurrentAsync(CancellationToken cancel)
    {
        if (clock.GetUtcNow() - _snapshot.Time > RereadAfter || !IsFresh(_snapshot))
        {
            await ReadAsync(create: true, RereadAtMostEvery, cancel);
        }
        return ToKey(_snapshot.Keys[0]);
    }

    /// <summary>
    /// The key of that name; null when there is none. Another process's new key is read from the store.
    /// </summary>
    public async ValueTask<SecurityKey?> FindAsync(string? name, CancellationToken cancel)
    {
        if (Find(name) is { } known)
        {
            return known;
        }
        await ReadAsync(create: false, RereadAtMostEvery, cancel);
        return Find(name);
    }

    public void Dispose() => _reading.Dispose();

    private SymmetricSecurityKey? Find(string? name) =>
        _snapshot.Keys.FirstOrDefault(key => key.Id.ToString() == name) is { } row ? ToKey(row) : null;

    private static SymmetricSecurityKey ToKey(SigningKeyRow row) => new(row.Secret) { KeyId = row.Id.ToString() };

    private bool IsFresh(Snapshot snapshot) => snapshot.Keys is [var newest, ..]
        && clock.GetUtcNow() - newest.TimeCreated < TimeSpan.FromDays(options.Value.SigningKeyDays);

    private async Task ReadAsync(bool create, TimeSpan notWithin, CancellationToken cancel)
    {
        await _reading.WaitAsync(cancel);
        try
        {
            if (clock.GetUtcNow() - _snapshot.Time < notWithin && (!create || IsFresh(_snapshot)))
            {
                return;
            }
            await using var scope = scopes.CreateAsyncScope();
            var db = scope.ServiceProvider.GetRequiredService<PlateauDb>();
            var snapshot = await ReadAsync(db, cancel);
            if (create && !IsFresh(snapshot))
            {
                await CreateAsync(db, cancel);
                snapshot = await ReadAsync(db, cancel);
            }
            _snapshot = snapshot;
        }
        finally
        {
            _reading.Release();
        }
    }

    private async Task<Snapshot> ReadAsync(PlateauDb db, CancellationToken cancel) =>
        new(
            await db.SigningKeys.AsNoTracking().OrderByDescending(key => key.Id).ToArrayAsync(cancel),
            clock.GetUtcNow());

    // Two processes may each make one: both are good, and the newer one wins everywhere.
    private async Task CreateAsync(PlateauDb db, CancellationToken cancel)
    {
        await using var write = await db.BeginWriteAsync(cancel);
        var now = clock.GetUtcNow();
        db.SigningKeys.Add(new SigningKeyRow
        {
            Id = ids.Next<KeyId>(),
            Secret = Secrets.RandomBytes(SecretBytes),
            TimeCreated = now,
        });
        var endedBefore = now - TimeSpan.FromDays(options.Value.SigningKeyDays)
            - TimeSpan.FromSeconds(options.Value.TokenSeconds) - BearerTokens.ClockSkew;
        await db.SigningKeys.Where(key => key.TimeCreated < endedBefore).ExecuteDeleteAsync(cancel);
        await write.CommitAsync(cancel);
    }

    private sealed record Snapshot(SigningKeyRow[] Keys, DateTimeOffset Time);
}
