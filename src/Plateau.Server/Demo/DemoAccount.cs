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
internal sealed record DemoIdentity(AccountId Id, string SecretKey, bool IsKeyReplaced, bool IsComplete);

/// <summary>The demo's account in the store. What an account cannot make for itself is made here.</summary>
internal sealed class DemoAccount(PlateauDb db, AccountRegistry registry, AuditTrail audit)
{
    private const string Name = "Plateau demo";
    private const string CompletedAction = "demo.completed";

    /// <summary>Finds the demo's account and key, or makes what is missing.</summary>
    /// <param name="saved">What the last start has written; null when there is nothing.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task<DemoIdentity> EnsureAsync(DemoFile? saved, CancellationToken cancel)
    {
        await using var write = await db.BeginWriteAsync(cancel);
        var account = await FindAsync(saved, cancel);
        if (account is not null && saved is not null && await WorksAsync(account, saved.SecretKey, cancel))
        {
            return new(account.Id, saved.SecretKey, IsKeyReplaced: false, await IsCompleteAsync(account, cancel));
        }
        var isNew = account is null;
        account ??= AddAccount();
        var (key, secret) = registry.NewKey(
            account.Id, liveMode: false, new AccountKeyDraft { Scope = KeyScope.Manage, Name = Name });
        db.Keys.Add(key);
        audit.NoteByOperator(db, account.Id, liveMode: false, "key.created", key.Id.ToString());
        await write.CommitAsync(cancel);
        return new(account.Id, secret, IsKeyReplaced: !isNew, !isNew && await IsCompleteAsync(account, cancel));
    }

    /// <summary>Notes that every device is registered, so that a later start adds none that was deleted since.</summary>
    public async Task CompleteAsync(AccountId account, CancellationToken cancel)
    {
        await using var write = await db.BeginWriteAsync(cancel);
        audit.NoteByOperator(db, account, liveMode: false, CompletedAction, account.ToString());
        await write.CommitAsync(cancel);
    }

    // The file may be of another store; then its account is not here. A killed first start has left no file.
    private async Task<AccountRow?> FindAsync(DemoFile? saved, CancellationToken cancel)
    {
        var working = db.Accounts.AsNoTracking().Where(row => row.TimeDisabled == null);
        if (saved is not null && ObjectIdText.TryParse(saved.AccountId, out AccountId id)
            && await working.SingleOrDefaultAsync(row => row.Id == id, cancel) is { } account)
        {
            return account;
        }
        return await working.Where(row => row.Name == Name).OrderBy(row => row.TimeCreated)
            .FirstOrDefaultAsync(cancel);
    }

    private async Task<bool> WorksAsync(AccountRow account, string secret, CancellationToken cancel)
    {
        var hash = Secrets.Hash(secret);
        return await db.Keys.AnyAsync(
            row => row.AccountId == account.Id && row.SecretHash == hash && row.TimeRevoked == null && !row.LiveMode
                && row.Scope == KeyScope.Manage,
            cancel);
    }

    private Task<bool> IsCompleteAsync(AccountRow account, CancellationToken cancel) => db.AuditEntries.AnyAsync(
        row => row.AccountId == account.Id && !row.LiveMode && row.Action == CompletedAction, cancel);

    private AccountRow AddAccount()
    {
        var account = registry.NewAccount(Name);
        db.Accounts.Add(account);
        audit.NoteByOperator(db, account.Id, liveMode: true, "account.created", account.Id.ToString());
        return account;
    }
}
