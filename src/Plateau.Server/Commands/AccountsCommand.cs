using System.CommandLine;
using Plateau.Server.Accounts;
using Plateau.Server.Audit;
using Plateau.Server.Storage;

namespace Plateau.Server.Commands;

/// <summary><c>plateau accounts</c>: accounts of makers and aggregators.</summary>
internal static class AccountsCommand
{
    private static readonly Argument<string> Name = new("name") { Description = "Name of the account." };

    public static Command Create() => new("accounts", "Create, list and disable accounts.") { CreateAccount() };

    private static Command CreateAccount()
    {
        var command = new Command("create", "Create an account.") { Name };
        command.SetAction(async (result, cancel) =>
        {
            await using var session = await OperatorSession.OpenAsync(result, cancel);
            var db = session.Services.GetRequiredService<PlateauDb>();
            var account = session.Services.GetRequiredService<AccountRegistry>().NewAccount(result.GetValue(Name)!);
            await using var write = await db.BeginWriteAsync(cancel);
            db.Accounts.Add(account);
            session.Services.GetRequiredService<AuditTrail>()
                .NoteByOperator(db, account.Id, liveMode: true, "account.created", account.Id.ToString());
            await write.CommitAsync(cancel);
            result.InvocationConfiguration.Output.WriteLine(account.Id.ToString());
            return 0;
        });
        return command;
    }
}
