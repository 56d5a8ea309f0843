using System.CommandLine;
using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Plateau.Contracts;
using Plateau.Server.Accounts;
using Plateau.Server.Audit;

namespace Plateau.Server.Commands;

/// <summary><c>plateau accounts</c>: accounts of makers and aggregators.</summary>
internal static class AccountsCommand
{
    private const string DisableHelp = """
        Disable an account: its keys and tokens are refused until it is enabled again.

        Running servers follow within 60 seconds. Nothing is deleted.
        """;

    private const int Forever = 0;

    private const string RetainHelp = """
        Set for how many days an account's records are kept, or forever.

        Running servers follow within a minute: records that are older are erased, day by day, and refused.
        """;

    private static readonly Argument<string> Days = new("days")
    {
        Description = "Days, 1 to 36500, or the word forever.",
        Validators =
        {
            result =>
            {
                if (ReadDays(result.GetValueOrDefault<string>()) is null)
                {
                    result.AddError("Say a number of days from 1 to 36500, or the word forever.");
                }
            },
        },
    };

    private static readonly Argument<string> Name = new("name")
    {
        Description = "Name of the account, 1 to 255 characters.",
        Validators = { OperatorArguments.CheckName },
    };

    private static readonly Argument<AccountId> Id =
        OperatorArguments.Id<AccountId>("account", "Id of the account, acc_….");

    public static Command Create()
    {
        var create = OperatorSession.CreateCommand("create", "Create an account and print its id.", CreateAsync);
        create.Add(Name);
        var list = OperatorSession.CreateCommand("list", "List the accounts, newest first.", ListAsync);
        list.Add(OperatorArguments.Limit);
        var disable = OperatorSession.CreateCommand("disable", DisableHelp, (result, session, cancel) =>
            SetDisabledAsync(result, session, disabled: true, cancel));
        disable.Add(Id);
        var enable = OperatorSession.CreateCommand("enable", "Enable an account again.", (result, session, cancel) =>
            SetDisabledAsync(result, session, disabled: false, cancel));
        enable.Add(Id);
        var retain = OperatorSession.CreateCommand("retain", RetainHelp, RetainAsync);
        retain.Add(Id);
        retain.Add(Days);
        return new Command("accounts", "Create, list, disable and enable accounts, and say how long they keep records.")
        {
            create, list, disable, enable, retain,
        };
    }

    private static async Task<int> CreateAsync(ParseResult result, OperatorSession session, CancellationToken cancel)
    {
        var account = session.Services.GetRequiredService<AccountRegistry>().NewAccount(result.GetRequiredValue(Name));
        await using var write = await session.Db.BeginWriteAsync(cancel);
        session.Db.Accounts.Add(account);
        Note(session, account.Id, "account.created");
        await write.CommitAsync(cancel);
        Report.Write(result, AccountReport.Of(account), account.Id.ToString());
        return CommandLine.Succeeded;
    }

    private static async Task<int> ListAsync(ParseResult result, OperatorSession session, CancellationToken cancel)
    {
        var limit = result.GetValue(OperatorArguments.Limit);
        var rows = await session.Db.Accounts.AsNoTracking().OrderByDescending(row => row.Id).Take(limit + 1)
            .ToListAsync(cancel);
        var accounts = new AccountList([.. rows.Take(limit).Select(AccountReport.Of)], rows.Count > limit);
        if (result.GetValue(Report.Json))
        {
            result.InvocationConfiguration.Output.WriteLine(Report.ToJson(accounts));
            return CommandLine.Succeeded;
        }
        ReportTable.Write(
            result, ["Account", "Name", "Created", "Disabled", "Keeps records"],
            accounts.Data.Select(account => (string[])
            [
                account.Id.ToString(), account.Name, Instant.Format(account.TimeCreated),
                ReportTable.TextOf(account.TimeDisabled),
                account.RetentionDays is { } days ? $"{days} days" : "forever",
            ]),
            accounts.HasMore);
        return CommandLine.Succeeded;
    }

    private static async Task<int> SetDisabledAsync(
        ParseResult result, OperatorSession session, bool disabled, CancellationToken cancel)
    {
        var id = result.GetValue(Id);
        await using var write = await session.Db.BeginWriteAsync(cancel);
        var account = await FindAsync(session, id, cancel);
        if (account.TimeDisabled is not null != disabled)
        {
            account.TimeDisabled = disabled ? session.Services.GetRequiredService<TimeProvider>().GetUtcNow() : null;
            Note(session, id, disabled ? "account.disabled" : "account.enabled");
        }
        await write.CommitAsync(cancel);
        Report.Write(result, AccountReport.Of(account), $"{id} is {(disabled ? "disabled" : "enabled")}.");
        return CommandLine.Succeeded;
    }

    private static async Task<int> RetainAsync(ParseResult result, OperatorSession session, CancellationToken cancel)
    {
        var id = result.GetValue(Id);
        var days = ReadDays(result.GetRequiredValue(Days));
        await using var write = await session.Db.BeginWriteAsync(cancel);
        var account = await FindAsync(session, id, cancel);
        account.RetentionDays = days == Forever ? null : days;
        Note(session, id, "account.retention_changed");
        await write.CommitAsync(cancel);
        Report.Write(
            result, AccountReport.Of(account),
            days == Forever ? $"{id} keeps its records forever." : $"{id} keeps its records for {days} days.");
        return CommandLine.Succeeded;
    }

    // Null when it is neither.
    private static int? ReadDays(string? text) =>
        text == "forever" ? Forever
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var days)
            && days is >= 1 and <= 36_500
            ? days
            : null;

    /// <summary>The account.</summary>
    /// <exception cref="CommandFailure">There is none of that id.</exception>
    internal static async Task<AccountRow> FindAsync(OperatorSession session, AccountId id, CancellationToken cancel)
    {
        await session.Db.LockRowsAsync("accounts", [id.Value], cancel);
        return await session.Db.Accounts.SingleOrDefaultAsync(row => row.Id == id, cancel)
            ?? throw new CommandFailure($"There is no account {id}.");
    }

    private static void Note(OperatorSession session, AccountId account, string action) =>
        session.Services.GetRequiredService<AuditTrail>().NoteByOperator(session.Db, account, action);
}
