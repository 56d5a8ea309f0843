using Plateau.Server.Commands;
using Microsoft.EntityFrameworkCore;
using Plateau.Contracts;
using Plateau.Server.Access;
using Plateau.Server.Accounts;
using Plateau.Server.Audit;
using Plateau.Server.Storage;

namespace Plateau.Server.Demo;

/// <summary>Who the demo is, and how far its registration has come.</summary>
/// <param name="Id">Its account.</param>
/// <param name="SecretKey">A key of it, of the test mode, that may do everything.</param>
/// <param name="IsKeyReplaced">Whether the account was there and its key had to be made anew.</param>
/// <param name="IsComplete">Whether its devices were all registered before; then none is added.</param>
internal sealed record DemoIdentity(AccountId Id, string SecretKey, bool IsKeyReplaced, bool IsComplete)
{
    /// <summary>The record as text, without the secret.</summary>
    public override string ToString() => Id.ToString();
}

/// <summary>The demo's account in the store. What an account cannot make for itself is made here.</summary>
internal sealed class DemoAccount(PlateauDb db, AccountRegistry registry, AuditTrail audit)
{
    private const string Name = "Plateau demo";
    private const string CreatedAction = "demo.created";
    private const string CompletedAction = "demo.completed";

    /// <summary>Finds the demo's account and key, or makes what is missing.</summary>
    /// <param name="saved">What the last start has written; null when there is nothing.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task<DemoIdentity> EnsureAsync(CallerFile? saved, CancellationToken cancel)
    {
        await using var write = await db.BeginWriteAsync(cancel);
        // Of two first starts at once the later finds what the earlier has made.
        await db.LockStoreAsync(cancel);
        if (saved is not null && await FindWorkingAsync(saved, cancel) is { } known)
        {
            return new(known, saved.SecretKey, IsKeyReplaced: false, await IsCompleteAsync(known, cancel));
        }
        var found = await FindMadeAsync(cancel);
        var account = found ?? AddAccount();
        var (key, secret) = registry.NewKey(
            account, liveMode: false, new AccountKeyDraft { Scope = KeyScope.Manage, Name = Name });
        db.Keys.Add(key);
        audit.NoteByOperator(db, account, liveMode: false, "key.created", key.Id.ToString());
        await write.CommitAsync(cancel);
        return new(account, secret, IsKeyReplaced: found is not null, await IsCompleteAsync(account, cancel));
    }

    /// <summary>
    /// Notes that every device is registered, so that a later start adds none that was deleted since.
    /// </summary>
    public async Task CompleteAsync(AccountId account, CancellationToken cancel)
    {
        await using var write = await db.BeginWriteAsync(cancel);
        audit.NoteByOperator(db, account, liveMode: false, CompletedAction, account.ToString());
        await write.CommitAsync(cancel);
    }

    // The file may be of another store, or its key may have been revoked.
    private async Task<AccountId?> FindWorkingAsync(CallerFile saved, CancellationToken cancel) =>
        ObjectIdText.TryParse(saved.AccountId, out AccountId id)
        && await db.Accounts.AnyAsync(row => row.Id == id && row.TimeDisabled == null, cancel)
        && await WorksAsync(id, saved.SecretKey, cancel)
            ? id
            : null;

    // A customer's account may have the same name, and must not be given a key that is printed here: the demo's is the
    // one whose trail says, in words that only the demo writes there, that the demo has made it.
    private async Task<AccountId?> FindMadeAsync(CancellationToken cancel) => (await db.Accounts.AsNoTracking()
        .Where(row => row.Name == Name && row.TimeDisabled == null)
        .Where(row => db.AuditEntries.Any(entry =>
            entry.AccountId == row.Id && !entry.LiveMode && entry.KeyId == null && entry.Action == CreatedAction))
        .OrderBy(row => row.Id).FirstOrDefaultAsync(cancel))?.Id;

    private async Task<bool> WorksAsync(AccountId account, string secret, CancellationToken cancel)
    {
        var hash = Secrets.Hash(secret);
        return await db.Keys.AnyAsync(
            row => row.AccountId == account && row.SecretHash == hash && row.TimeRevoked == null && !row.LiveMode
                && row.Scope == KeyScope.Manage,
            cancel);
    }

    private Task<bool> IsCompleteAsync(AccountId account, CancellationToken cancel) => db.AuditEntries.AnyAsync(
        row => row.AccountId == account && !row.LiveMode && row.Action == CompletedAction, cancel);

    private AccountId AddAccount()
    {
        var account = registry.NewAccount(Name);
        db.Accounts.Add(account);
        audit.NoteByOperator(db, account.Id, "account.created");
        audit.NoteByOperator(db, account.Id, liveMode: false, CreatedAction, account.Id.ToString());
        return account.Id;
    }
}
