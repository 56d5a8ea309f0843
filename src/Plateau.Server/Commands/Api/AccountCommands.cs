using System.CommandLine;
using Plateau.Contracts;
using Plateau.Server.Access;

namespace Plateau.Server.Commands.Api;

/// <summary><c>plateau account</c>: the account that calls, over the API.</summary>
internal static class AccountCommands
{
    private const string KeysHelp = """
        Keys of your account, in the mode of the key that calls: create, list and revoke.

        They are made over the API by a key that may manage. The operator of a server makes the first one, of any
        account and mode, on the store itself: plateau keys.
        """;

    private static readonly Column<Account>[] Columns =
    [
        new("id", one => one.Id.ToString()),
        new("name", one => one.Name),
        new("mode", one => one.LiveMode ? "live" : "test"),
        new("scope", one => ScopeNames.Of(one.Scope)),
        new("key_id", one => one.KeyId.ToString()),
    ];

    private static readonly Column<AccountKey>[] KeyColumns =
    [
        new("id", one => one.Id.ToString()),
        new("mode", one => one.LiveMode ? "live" : "test"),
        new("scope", one => ScopeNames.Of(one.Scope)),
        new("name", one => one.Name),
        new("time_created", one => Output.Text(one.TimeCreated)),
        new("last_used", one => Output.Text(one.LastUsed)),
    ];

    private static readonly Column<AuditEntry>[] AuditColumns =
    [
        new("time", one => Output.Text(one.Time)),
        new("action", one => one.Action),
        new("object_id", one => one.ObjectId),
        new("key_id", one => one.KeyId?.ToString() ?? "operator"),
    ];

    private static readonly Column<FailedRequest>[] RequestColumns =
    [
        new("time_created", one => Output.Text(one.TimeCreated)),
        new("status", one => Output.Text(one.Status)),
        new("code", one => one.Code),
        new("method", one => one.Method),
        new("path", one => one.Path),
        new("key_id", one => one.KeyId.ToString()),
        new("request_id", one => one.RequestId),
    ];

    public static Command Create()
    {
        var account = ApiCommand.Create(
            "account", "Show the account that calls, and what its key may do; its keys, changes and failed calls.",
            "plateau account",
            async (result, client, cancel) => await Output.WriteAsync(
                result, await client.Account.GetAsync(cancel), ContractsJsonContext.Default.Account, Columns, cancel),
            Output.Json, Output.Csv);
        account.Add(Keys());
        account.Add(ApiCommand.Create(
            "audit", "List what was changed, and by which key, newest first.", "plateau account audit --limit 20",
            (result, client, cancel) => Output.WriteAsync(
                result, client.Account.ListAuditAsync(cancel), ContractsJsonContext.Default.AuditEntry, AuditColumns,
                cancel),
            Output.Limit, Output.Json, Output.Csv));
        account.Add(ApiCommand.Create(
            "requests", "List the calls that failed lately, newest first.", "plateau account requests --limit 20",
            (result, client, cancel) => Output.WriteAsync(
                result, client.Account.ListFailedRequestsAsync(cancel), ContractsJsonContext.Default.FailedRequest,
                RequestColumns, cancel),
            Output.Limit, Output.Json, Output.Csv));
        return account;
    }

    private static Command Keys()
    {
        var key = OperatorArguments.Id<KeyId>("key", "Id of the key, key_….");
        return new Command("keys", KeysHelp)
        {
            CreateKey(),
            ApiCommand.Create(
                "list", "List the keys that work, newest first.", "plateau account keys list",
                (result, client, cancel) => Output.WriteAsync(
                    result, client.Account.ListKeysAsync(cancel), ContractsJsonContext.Default.AccountKey, KeyColumns,
                    cancel),
                Output.Limit, Output.Json, Output.Csv),
            DeleteCommand.Create(
                "revoke", "Revoke a key for good: it signs in no more, and its tokens stop within 60 seconds.",
                "plateau account keys revoke key_65f0c2a4b1d2e3f405060708", key, id => $"Revoke {id} for good?",
                (client, _, id, cancel) => client.Account.RevokeKeyAsync(id, cancel)),
        };
    }

    private static Command CreateKey()
    {
        var scope = new Option<string>("--scope")
        {
            Description = "What it may do. submit: send states; read: read everything; manage: everything.",
            Required = true,
        };
        scope.AcceptOnlyFromAmong([.. ScopeNames.All]);
        var name = new Option<string?>("--name") { Description = "What it is for.", HelpName = "text" };
        return ApiCommand.Create(
            "create", "Create a key and print its secret, which is shown only now.",
            "plateau account keys create --scope submit --name \"Gateway 7\"",
            async (result, client, cancel) =>
            {
                ScopeNames.TryParse(result.GetValue(scope), out var allowed);
                var key = await client.Account.CreateKeyAsync(
                    new AccountKeyDraft { Scope = allowed, Name = result.GetValue(name) }, cancel: cancel);
                await Output.WriteAsync(
                    result, key, ContractsJsonContext.Default.AccountKey,
                    [new("id", one => one.Id.ToString()), new("secret_key", one => one.SecretKey)], cancel);
            },
            scope, name, Output.Json, Output.Csv);
    }
}
