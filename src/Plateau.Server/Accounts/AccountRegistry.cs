using Plateau.Contracts;
using Plateau.Server.Access;
using Plateau.Server.Storage;

namespace Plateau.Server.Accounts;

/// <summary>Makes accounts and keys; for the API, the command line and the demo alike.</summary>
internal sealed class AccountRegistry(RegistryIds ids, TimeProvider clock)
{
    /// <summary>A new account, not yet stored.</summary>
    public AccountRow NewAccount(string name) =>
        new() { Id = ids.Next<AccountId>(), Name = name, TimeCreated = clock.GetUtcNow() };

    /// <summary>A new key, not yet stored, and its secret, which is stored nowhere.</summary>
    public (KeyRow Key, string Secret) NewKey(AccountId account, bool liveMode, AccountKeyDraft draft)
    {
        var secret = Secrets.NewSecretKey(liveMode);
        var key = new KeyRow
        {
            Id = ids.Next<KeyId>(),
            AccountId = account,
            LiveMode = liveMode,
            Scope = draft.Scope,
            Name = draft.Name,
            SecretHash = Secrets.Hash(secret),
            TimeCreated = clock.GetUtcNow(),
        };
        return (key, secret);
    }
}
