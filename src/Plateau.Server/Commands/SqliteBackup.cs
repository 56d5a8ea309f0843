using Microsoft.Data.Sqlite;
using Plateau.Server.Storage;
using SQLitePCL;

namespace Plateau.Server.Commands;

/// <summary>Copies the embedded store while others write to it.</summary>
internal static class SqliteBackup
{
    private const int PagesPerStep = 4_096;

    /// <summary>Makes the file, complete and checked, or none.</summary>
    /// <exception cref="CommandFailure">The file exists, or cannot be made.</exception>
    public static async Task CopyAsync(Engine engine, string target, CancellationToken cancel)
    {
        if (Path.Exists(target))
        {
            throw new CommandFailure($"{target} exists already; a backup overwrites nothing.");
        }
        // Under its own name stands only a complete copy, also when this process is killed on the way.
        var part = target + ".part";
        CreateEmpty(part);
        try
        {
            await using (var source = await engine.OpenSqliteAsync(cancel))
            await using (var copy = new SqliteConnection(
                new SqliteConnectionStringBuilder { DataSource = part, Pooling = false }.ToString()))
            {
                await copy.OpenAsync(cancel);
                // One read transaction around all steps: the copy is of one moment, and no write starts it again.
                await using var reading = source.BeginTransaction(deferred: true);
                Read(source, "select count(*) from schema_versions", reading);
                Copy(source, copy, cancel);
                // The source's mode came along; a backup is one file.
                Read(copy, "pragma journal_mode = delete", null);
                if (Read(copy, "pragma quick_check(1)", null) is not "ok" and var fault)
                {
                    throw new CommandFailure($"The copy is damaged, and so may be the store: {fault}");
                }
            }
            MakeDurable(part);
            File.Move(part, target, overwrite: false);
        }
        catch (Exception exception)
        {
            File.Delete(part);
            if (exception is SqliteException or IOException)
            {
                throw new CommandFailure($"The backup cannot be made: {exception.Message}", exception);
            }
            throw;
        }
    }

    private static void CreateEmpty(string part)
    {
        try
        {
            // Signing keys are in the store: nobody else may read its copy.
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            }
            using var file = new FileStream(part, options);
            // SQLite's own, of a backup that was killed: it must not be taken for this one's.
            File.Delete(part + "-journal");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailure(File.Exists(part)
                ? $"{part} exists: another backup is under way, or was killed. Delete the file in the latter case."
                : $"The backup cannot be made: {exception.Message}", exception);
        }
    }

    private static void Copy(SqliteConnection source, SqliteConnection copy, CancellationToken cancel)
    {
        using var backup = raw.sqlite3_backup_init(copy.Handle, "main", source.Handle, "main");
        if (backup.IsInvalid)
        {
            SqliteException.ThrowExceptionForRC(raw.sqlite3_errcode(copy.Handle), copy.Handle);
        }
        int code;
        do
        {
            cancel.ThrowIfCancellationRequested();
            code = raw.sqlite3_backup_step(backup, PagesPerStep);
        }
        while (code == raw.SQLITE_OK);
        if (code != raw.SQLITE_DONE)
        {
            SqliteException.ThrowExceptionForRC(code, copy.Handle);
        }
    }

    private static object? Read(SqliteConnection connection, string sql, SqliteTransaction? transaction)
    {
        using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = sql;
        return command.ExecuteScalar();
    }

    private static void MakeDurable(string file)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.ReadWrite);
        stream.Flush(flushToDisk: true);
    }
}
