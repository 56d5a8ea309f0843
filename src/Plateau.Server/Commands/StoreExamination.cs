using System.Data.Common;
using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Plateau.Contracts;
using Plateau.Server.Storage;

namespace Plateau.Server.Commands;

/// <summary>Looks at a store whose settings are valid.</summary>
internal sealed class StoreExamination(OperatorSession session)
{
    private readonly Engine _engine = session.Engine;

    /// <summary>Whether it can be reached and written, its schema, the clock against it, and its disk.</summary>
    public async Task<IReadOnlyList<DoctorFinding>> ExamineAsync(CancellationToken cancel)
    {
        try
        {
            return await CommandFailure.NamingStoreAsync(_engine, () => ExamineReachableAsync(cancel));
        }
        catch (CommandFailure failure)
        {
            return [new("store", DoctorVerdict.Fail, failure.Message), JudgeClock(null, null), ExamineDisk()];
        }
    }

    private async Task<IReadOnlyList<DoctorFinding>> ExamineReachableAsync(CancellationToken cancel)
    {
        if (_engine.Kind == EngineKind.Embedded && !File.Exists(_engine.File))
        {
            var missing = $"There is no {_engine.File}. Run plateau migrate to make it.";
            return [new("store", DoctorVerdict.Fail, missing), JudgeClock(null, null), ExamineDisk()];
        }
        var store = await ExamineStoreAsync(cancel);
        var migrator = session.Services.GetRequiredService<SchemaMigrator>();
        var version = await migrator.CurrentVersionAsync(cancel);
        var newest = version > 0 ? await FindNewestAsync(cancel) : null;
        return
        [
            store,
            DoctorRules.JudgeSchema(version, migrator.NewestVersion),
            JudgeClock(newest, await ReadStoreClockAsync(cancel)),
            ExamineDisk(),
        ];
    }

    private async Task<DoctorFinding> ExamineStoreAsync(CancellationToken cancel)
    {
        await using var connection = await _engine.OpenAsync(cancel);
        if (_engine.Kind == EngineKind.Postgres)
        {
            return await ExaminePostgresAsync(connection, cancel);
        }
        // A transaction that may write, and does not: it fails where the file or its folder may only be read.
        await using (var write = await connection.BeginTransactionAsync(
            System.Data.IsolationLevel.Serializable, cancel))
        {
            await write.RollbackAsync(cancel);
        }
        // What was written last may still be in the write-ahead log.
        var log = new FileInfo(_engine.File + "-wal");
        var size = (new FileInfo(_engine.File).Length + (log.Exists ? log.Length : 0)) / (double)(1 << 20);
        return new("store", DoctorVerdict.Ok, FormattableString.Invariant(
            $"{_engine.Place}, {size:0.0} MiB, SQLite {connection.ServerVersion}."));
    }

    private async Task<DoctorFinding> ExaminePostgresAsync(DbConnection connection, CancellationToken cancel)
    {
        if (await ReadAsync(connection, "show transaction_read_only", cancel) is "on")
        {
            return new("store", DoctorVerdict.Fail, $"{_engine.Place} takes no writes: it is a standby, or set so.");
        }
        var off = new List<string>();
        foreach (var setting in (string[])["fsync", "synchronous_commit"])
        {
            if (await ReadAsync(connection, $"show {setting}", cancel) is "off")
            {
                off.Add($"{setting}=off");
            }
        }
        if (off.Count > 0)
        {
            return new("store", DoctorVerdict.Warn,
                $"{_engine.Place} has {string.Join(", ", off)}: its crash may lose records that were answered.");
        }
        return new("store", DoctorVerdict.Ok, $"{_engine.Place}, version {connection.ServerVersion}.");
    }

    private DoctorFinding ExamineDisk()
    {
        if (_engine.Kind == EngineKind.Postgres)
        {
            return new("disk", DoctorVerdict.Ok, "PostgreSQL's own: watch it there.");
        }
        var folder = Path.GetDirectoryName(_engine.File)!; // a file's full path always has a folder
        while (!Directory.Exists(folder) && Path.GetDirectoryName(folder) is { } parent)
        {
            folder = parent;
        }
        return DoctorRules.JudgeDisk(folder, new DriveInfo(folder).AvailableFreeSpace);
    }

    private DoctorFinding JudgeClock(DateTimeOffset? newest, DateTimeOffset? storeNow) => DoctorRules.JudgeClock(
        session.Services.GetRequiredService<TimeProvider>().GetUtcNow(), newest, storeNow);

    private async Task<DateTimeOffset?> ReadStoreClockAsync(CancellationToken cancel)
    {
        if (_engine.Kind == EngineKind.Embedded)
        {
            return null;
        }
        await using var connection = await _engine.OpenAsync(cancel);
        var microseconds = await ReadAsync(
            connection, "select (extract(epoch from clock_timestamp()) * 1000000)::bigint", cancel);
        return Instant.FromUnixMicroseconds(Convert.ToInt64(microseconds, CultureInfo.InvariantCulture));
    }

    // Ids grow with time, so the newest of each kind is found at the end of its key.
    private async Task<DateTimeOffset?> FindNewestAsync(CancellationToken cancel)
    {
        var db = session.Db;
        DateTimeOffset?[] newest =
        [
            await NewestAsync(db.Accounts.OrderByDescending(row => row.Id).Select(row => row.TimeCreated), cancel),
            await NewestAsync(db.Keys.OrderByDescending(row => row.Id).Select(row => row.TimeCreated), cancel),
            await NewestAsync(db.SigningKeys.OrderByDescending(row => row.Id).Select(row => row.TimeCreated), cancel),
            await NewestAsync(db.Customers.OrderByDescending(row => row.Id).Select(row => row.TimeCreated), cancel),
            await NewestAsync(db.Locations.OrderByDescending(row => row.Id).Select(row => row.TimeCreated), cancel),
            await NewestAsync(db.Devices.OrderByDescending(row => row.Id).Select(row => row.TimeCreated), cancel),
        ];
        return newest.Max();
    }

    private static async Task<DateTimeOffset?> NewestAsync(
        IQueryable<DateTimeOffset> times, CancellationToken cancel) =>
        await times.Take(1).ToListAsync(cancel) is [var time] ? time : null;

    private static async Task<object?> ReadAsync(DbConnection connection, string sql, CancellationToken cancel)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        return await command.ExecuteScalarAsync(cancel);
    }
}
