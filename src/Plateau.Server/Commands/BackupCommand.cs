using System.CommandLine;
using Plateau.Server.Storage;

namespace Plateau.Server.Commands;

/// <summary><c>plateau backup FILE</c>: a copy of the embedded store while the server runs.</summary>
internal static class BackupCommand
{
    private const string Help = """
        Copy the embedded store into a file, consistent as of one moment, while the server runs.

        The file must not exist. It is readable by you only: whoever reads it can sign in as anyone. To restore, put it
        into an empty data directory as plateau.db. On PostgreSQL use pg_dump.
        """;

    private static readonly Argument<string> Target = new("file") { Description = "File to make." };

    public static Command Create()
    {
        var command = OperatorSession.CreateCommand("backup", Help, BackUpAsync);
        command.Add(Target);
        return command;
    }

    private static async Task<int> BackUpAsync(ParseResult result, OperatorSession session, CancellationToken cancel)
    {
        if (session.Engine.Kind == EngineKind.Postgres)
        {
            throw new CommandFailure("backup copies the embedded store only; use pg_dump for PostgreSQL.");
        }
        var target = Path.GetFullPath(result.GetRequiredValue(Target));
        await SqliteBackup.CopyAsync(session.Engine, target, cancel);
        var report = new BackupReport(
            target, new FileInfo(target).Length, session.Services.GetRequiredService<SchemaMigrator>().NewestVersion);
        Report.Write(result, report, FormattableString.Invariant(
            $"Copied {report.SizeBytes} bytes at schema version {report.SchemaVersion} to {target}."));
        return CommandLine.Succeeded;
    }
}
