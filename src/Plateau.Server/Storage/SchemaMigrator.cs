using System.Data;
using System.Data.Common;
using System.Reflection;

namespace Plateau.Server.Storage;

/// <summary>
/// Brings the schema up to date: numbered scripts, in one transaction under the engine's own lock, so that it may be
/// killed at any moment and started any number of times at once.
/// </summary>
internal sealed partial class SchemaMigrator(Engine engine, TimeProvider clock, ILogger<SchemaMigrator> logger)
{
    /// <summary>The advisory lock that a migration holds: "plateau".</summary>
    internal const long PostgresLock = 0x706c6174656175;

    // Waiting for another process's migration, or one script on large tables.
    private const int TimeoutSeconds = 600;

    /// <summary>The scripts of this engine, by number.</summary>
    public IReadOnlyList<MigrationScript> Scripts { get; } = ReadScripts(engine.Kind);

    /// <summary>Number of the newest script.</summary>
    public int NewestVersion => Scripts[^1].Version;

    /// <summary>Applies what is missing and returns how many scripts that were.</summary>
    /// <exception cref="SchemaTooNewException">A newer Plateau has used this store.</exception>
    public async Task<int> MigrateAsync(CancellationToken cancel)
    {
        // A role that may not create tables can still serve a store that is up to date.
        var before = await CurrentVersionAsync(cancel);
        ThrowIfTooNew(before);
        if (before == NewestVersion)
        {
            return 0;
        }
        await using var connection = await OpenForMigrationAsync(cancel);
        // PostgreSQL: what another process has committed while this one waited for the lock must be seen after it.
        // SQLite: serializable begins as a writer, and waits its turn there.
        await using var transaction = await connection.BeginTransactionAsync(
            engine.Kind == EngineKind.Postgres ? IsolationLevel.ReadCommitted : IsolationLevel.Serializable, cancel);
        if (engine.Kind == EngineKind.Postgres)
        {
            await ExecuteAsync(
                connection, transaction, $"set local statement_timeout = {TimeoutSeconds * 1000}", cancel);
            await ExecuteAsync(connection, transaction, $"select pg_advisory_xact_lock({PostgresLock})", cancel);
        }
        var integer = engine.Kind == EngineKind.Postgres ? "bigint" : "integer";
        await ExecuteAsync(
            connection, transaction,
            $"create table if not exists schema_versions "
                + $"(version {integer} primary key, name text not null, time_applied {integer} not null)",
            cancel);
        var current = await ReadVersionAsync(connection, transaction, cancel);
        ThrowIfTooNew(current);
        var applied = 0;
        foreach (var script in Scripts.Where(script => script.Version > current))
        {
            await ExecuteAsync(connection, transaction, script.Sql, cancel);
            var time = Contracts.Instant.ToUnixMicroseconds(clock.GetUtcNow());
            await ExecuteAsync(
                connection, transaction,
                "insert into schema_versions (version, name, time_applied) "
                    + $"values ({script.Version}, '{script.Name}', {time})",
                cancel);
            LogApplied(logger, script.Name);
            applied++;
        }
        await transaction.CommitAsync(cancel);
        return applied;
    }

    /// <summary>Number of the newest script that was applied; 0 for an empty store.</summary>
    public async Task<int> CurrentVersionAsync(CancellationToken cancel)
    {
        if (engine.Kind == EngineKind.Embedded && !File.Exists(engine.File))
        {
            return 0;
        }
        await using var connection = await engine.OpenAsync(cancel);
        await using var command = connection.CreateCommand();
        command.CommandText = engine.Kind == EngineKind.Postgres
            ? "select count(*) from information_schema.tables "
                + "where table_name = 'schema_versions' and table_schema = any(current_schemas(false))"
            : "select count(*) from sqlite_master where name = 'schema_versions'";
        return Convert.ToInt64(await command.ExecuteScalarAsync(cancel), null) == 0
            ? 0
            : await ReadVersionAsync(connection, null, cancel);
    }

    private void ThrowIfTooNew(int version)
    {
        if (version > NewestVersion)
        {
            throw new SchemaTooNewException(version, NewestVersion);
        }
    }

    private async Task<DbConnection> OpenForMigrationAsync(CancellationToken cancel)
    {
        if (engine.Kind == EngineKind.Postgres)
        {
            return await engine.OpenAsync(cancel);
        }
        DataFolder.Create(Path.GetDirectoryName(engine.File)!);
        DataFolder.CreateFile(engine.File);
        var connection = await engine.OpenSqliteAsync(cancel);
        connection.DefaultTimeout = TimeoutSeconds;
        foreach (var pragma in SqlitePragmas)
        {
            await ExecuteAsync(connection, null, pragma, cancel);
        }
        return connection;
    }

    // These stay with the file; the first takes effect only before the first table is made.
    private static readonly string[] SqlitePragmas = ["pragma auto_vacuum = incremental", "pragma journal_mode = wal"];

    private static async Task<int> ReadVersionAsync(
        DbConnection connection, DbTransaction? transaction, CancellationToken cancel)
    {
        await using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = "select coalesce(max(version), 0) from schema_versions";
        return Convert.ToInt32(await command.ExecuteScalarAsync(cancel), null);
    }

    private static async Task ExecuteAsync(
        DbConnection connection, DbTransaction? transaction, string sql, CancellationToken cancel)
    {
        await using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandTimeout = TimeoutSeconds;
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync(cancel);
    }

    private static MigrationScript[] ReadScripts(EngineKind kind)
    {
        var assembly = Assembly.GetExecutingAssembly();
        var folder = kind == EngineKind.Postgres ? ".Migrations.postgres." : ".Migrations.sqlite.";
        return [.. assembly.GetManifestResourceNames()
            .Where(name => name.Contains(folder, StringComparison.Ordinal))
            .Select(name => ReadScript(
                assembly, name, name[(name.IndexOf(folder, StringComparison.Ordinal) + folder.Length)..]))
            .OrderBy(script => script.Version)];
    }

    private static MigrationScript ReadScript(Assembly assembly, string resource, string file)
    {
        using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!);
        var name = Path.GetFileNameWithoutExtension(file).TrimStart('_');
        return new(int.Parse(name.AsSpan(0, 4), provider: null), name, reader.ReadToEnd());
    }

    [LoggerMessage(1101, LogLevel.Information, "Applied schema script {Name}")]
    private static partial void LogApplied(ILogger logger, string name);
}

/// <summary>One numbered script.</summary>
/// <param name="Version">Its number, from 1, without gaps.</param>
/// <param name="Name">Its file's name without the ending.</param>
/// <param name="Sql">What it does.</param>
internal sealed record MigrationScript(int Version, string Name, string Sql);

/// <summary>A newer Plateau has used this store.</summary>
internal sealed class SchemaTooNewException(int current, int newest) : Exception(
    $"The store's schema is version {current}; this Plateau knows {newest}. "
        + "Start the newer Plateau, or restore a backup.");
