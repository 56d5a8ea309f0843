using System.CommandLine;
using Plateau.Contracts;
using Plateau.Server.Accounts;
using Plateau.Server.Audit;
using Plateau.Server.Storage;

namespace Plateau.Server.Commands;

/// <summary><c>plateau keys</c>: secret keys of accounts.</summary>
internal static class KeysCommand
{
    private static readonly Argument<string> Account = new("account") { Description = "Id of the account, acc_…" };
    private static readonly Option<bool> Live = new("--live") { Description = "For the live mode. Default: test." };

    public static Command Create() => new("keys", "Create, list and revoke keys.") { CreateKey() };

    private static Command CreateKey()
    {
        var command = new Command("create", "Create a key; its secret is shown only now.") { Account, Live };
        command.SetAction(async (result, cancel) =>
        {
            await using var session = await OperatorSession.OpenAsync(result, cancel);
            var db = session.Services.GetRequiredService<PlateauDb>();
            ObjectIdText.TryParse(result.GetValue(Account), out AccountId account);
            var (key, secret) = session.Services.GetRequiredService<AccountRegistry>()
                .NewKey(account, result.GetValue(Live), new AccountKeyDraft { Scope = KeyScope.Manage });
            await using var write = await db.BeginWriteAsync(cancel);
            db.Keys.Add(key);
            session.Services.GetRequiredService<AuditTrail>()
                .NoteByOperator(db, account, key.LiveMode, "key.created", key.Id.ToString());
            await write.CommitAsync(cancel);
            result.InvocationConfiguration.Output.WriteLine(secret);
            return 0;
        });
        return command;
    }
}
