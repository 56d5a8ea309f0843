using System.CommandLine;
using Microsoft.EntityFrameworkCore;
using Plateau.Contracts;
using Plateau.Server.Access;
using Plateau.Server.Accounts;
using Plateau.Server.Audit;

namespace Plateau.Server.Commands;

/// <summary><c>plateau keys</c>: secret keys of accounts.</summary>
internal static class KeysCommand
{
    private const string Help = """
        Create, list and revoke keys of any account, on the store: for the operator of the server.

        Who has a key that may manage, makes others over the API: plateau account keys.
        """;

    private const string CreateHelp = """
        Create a key and print its secret, which is shown only now.

        A key works in one mode: test, or live with --live. Give each gateway one of its own with --scope submit.
        """;

    private const string RevokeHelp = """
        Revoke a key for good: it signs in no more, and its tokens are refused.

        Running servers follow within 60 seconds.
        """;

    private static readonly Argument<AccountId> Account =
        OperatorArguments.Id<AccountId>("account", "Id of the account, acc_….");

    private static readonly Argument<KeyId> Key = OperatorArguments.Id<KeyId>("key", "Id of the key, key_….");

    private static readonly Option<bool> Live = new("--live")
    {
        Description = "For the live mode. [default: test mode]",
    };

    private static readonly Option<string> Scope = CreateScope();

    private static readonly Option<string?> Name = new("--name")
    {
        Description = "What it is for, 1 to 255 characters.",
        HelpName = "name",
        Validators = { OperatorArguments.CheckName },
    };

    public static Command Create()
    {
        var create = OperatorSession.CreateCommand("create", CreateHelp, CreateAsync);
        create.Add(Account);
        create.Add(Scope);
        create.Add(Live);
        create.Add(Name);
        var list = OperatorSession.CreateCommand(
            "list", "List an account's keys of both modes, revoked ones too, newest first.", ListAsync);
        list.Add(Account);
        list.Add(OperatorArguments.Limit);
        var revoke = OperatorSession.CreateCommand("revoke", RevokeHelp, RevokeAsync);
        revoke.Add(Key);
        return new Command("keys", Help) { create, list, revoke };
    }

    private static Option<string> CreateScope()
    {
        var scope = new Option<string>("--scope")
        {
            Description = "What it may do. submit: send states; read: read everything; manage: everything.",
            DefaultValueFactory = _ => ScopeNames.Of(KeyScope.Manage),
        };
        return scope.AcceptOnlyFromAmong([.. ScopeNames.All]);
    }

    private static async Task<int> CreateAsync(ParseResult result, OperatorSession session, CancellationToken cancel)
    {
        ScopeNames.TryParse(result.GetValue(Scope), out var scope);
        var (key, secret) = session.Services.GetRequiredService<AccountRegistry>().NewKey(
            result.GetValue(Account), result.GetValue(Live),
            new AccountKeyDraft { Scope = scope, Name = result.GetValue(Name) });
        await using var write = await session.Db.BeginWriteAsync(cancel);
        await AccountsCommand.FindAsync(session, key.AccountId, cancel);
        session.Db.Keys.Add(key);
        Note(session, key, "key.created");
        await write.CommitAsync(cancel);
        Report.Write(result, KeyReport.Of(key) with { SecretKey = secret }, secret);
        return CommandLine.Succeeded;
    }

    private static async Task<int> ListAsync(ParseResult result, OperatorSession session, CancellationToken cancel)
    {
        var account = await AccountsCommand.FindAsync(session, result.GetValue(Account), cancel);
        var limit = result.GetValue(OperatorArguments.Limit);
        var rows = await session.Db.Keys.AsNoTracking().Where(row => row.AccountId == account.Id)
            .OrderByDescending(row => row.Id).Take(limit + 1).ToListAsync(cancel);
        var keys = new KeyList([.. rows.Take(limit).Select(KeyReport.Of)], rows.Count > limit);
        if (result.GetValue(Report.Json))
        {
            result.InvocationConfiguration.Output.WriteLine(Report.ToJson(keys));
            return CommandLine.Succeeded;
        }
        ReportTable.Write(
            result, ["Key", "Mode", "Scope", "Name", "Created", "Last used", "Revoked"],
            keys.Data.Select(key => (string[])
            [
                key.Id.ToString(), key.LiveMode ? "live" : "test", ScopeNames.Of(key.Scope), key.Name ?? "",
                Instant.Format(key.TimeCreated), ReportTable.TextOf(key.LastUsed), ReportTable.TextOf(key.TimeRevoked),
            ]),
            keys.HasMore);
        return CommandLine.Succeeded;
    }

    private static async Task<int> RevokeAsync(ParseResult result, OperatorSession session, CancellationToken cancel)
    {
        var id = result.GetValue(Key);
        await using var write = await session.Db.BeginWriteAsync(cancel);
        await session.Db.LockRowsAsync("account_keys", [id.Value], cancel);
        var key = await session.Db.Keys.SingleOrDefaultAsync(row => row.Id == id, cancel)
            ?? throw new CommandFailure($"There is no key {id}.");
        if (key.TimeRevoked is null)
        {
            key.TimeRevoked = session.Services.GetRequiredService<TimeProvider>().GetUtcNow();
            Note(session, key, "key.revoked");
        }
        await write.CommitAsync(cancel);
        Report.Write(result, KeyReport.Of(key), $"{id} is revoked.");
        return CommandLine.Succeeded;
    }

    private static void Note(OperatorSession session, KeyRow key, string action) =>
        session.Services.GetRequiredService<AuditTrail>()
            .NoteByOperator(session.Db, key.AccountId, key.LiveMode, action, key.Id.ToString());
}
