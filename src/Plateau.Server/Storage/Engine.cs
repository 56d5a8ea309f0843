using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Options;
using Npgsql;
using SQLitePCL;

namespace Plateau.Server.Storage;

/// <summary>The two engines.</summary>
internal enum EngineKind
{
    /// <summary>SQLite, in this process, one file.</summary>
    Embedded,

    /// <summary>PostgreSQL, shared by any number of processes.</summary>
    Postgres,
}

/// <summary>The engine of this process: how to connect, and the one writer of the embedded store.</summary>
internal sealed class Engine : IAsyncDisposable
{
    // How long the embedded store waits for another process's lock.
    private const int BusyMilliseconds = 2_000;

    private readonly NpgsqlDataSource? _postgres;
    private readonly SqliteReaders? _readers;

    public Engine(IOptions<StorageOptions> options)
    {
        Options = options.Value;
        if (Options.Postgres is { Length: > 0 } connection)
        {
            Kind = EngineKind.Postgres;
            var named = new NpgsqlConnectionStringBuilder(connection);
            Place = $"PostgreSQL {named.Database ?? named.Username} at {named.Host}:{named.Port}";
            _postgres = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(connection)
            {
                MaxPoolSize = Options.MaxConnections,
                CommandTimeout = Options.StatementTimeoutSeconds,
                MaxAutoPrepare = 50,
                AutoPrepareMinUsages = 2,
                ApplicationName = "plateau",
                Timezone = "UTC",
                // No statement of ours leaves anything in a session, and clearing it takes a message of its own.
                NoResetOnClose = true,
                // Its detail quotes rows, and rows are people's readings.
                IncludeErrorDetail = false,
                // The server's own bounds, for when the client's word to cancel does not reach it, and for a process
                // that stands still in a transaction: what it had checked must not be committed much later.
                // They follow the operator's own, of which the last of a name counts.
                Options = $"{named.Options} -c statement_timeout={Options.StatementTimeoutSeconds * 1000}"
                    + $" -c idle_in_transaction_session_timeout={Options.StatementTimeoutSeconds * 1000}",
            });
        }
        else
        {
            Place = File = Path.GetFullPath(Path.Combine(Options.DataDirectory, "plateau.db"));
            _readers = new SqliteReaders(File);
            SqliteConnectionString = new SqliteConnectionStringBuilder
            {
                DataSource = File,
                // The migrator makes the file. A server whose file is gone must not go on with an empty one.
                Mode = SqliteOpenMode.ReadWrite,
                DefaultTimeout = Options.StatementTimeoutSeconds,
                ForeignKeys = false,
            }.ToString();
        }
    }

    /// <summary>Which engine it is.</summary>
    public EngineKind Kind { get; }

    /// <summary>The settings it was made from.</summary>
    public StorageOptions Options { get; }

    /// <summary>Full path of the embedded store's file; empty on PostgreSQL.</summary>
    public string File { get; } = "";

    /// <summary>Where the store is, in words for an operator, without secrets.</summary>
    public string Place { get; }

    /// <summary>How to open the embedded store; empty on PostgreSQL.</summary>
    public string SqliteConnectionString { get; } = "";

    /// <summary>The connections to PostgreSQL.</summary>
    /// <exception cref="InvalidOperationException">The engine is the embedded one.</exception>
    public NpgsqlDataSource Postgres => _postgres ?? throw new InvalidOperationException("The engine is embedded.");

    /// <summary>Readers of the embedded store for the hottest calls.</summary>
    /// <exception cref="InvalidOperationException">The engine is PostgreSQL.</exception>
    public SqliteReaders Readers => _readers ?? throw new InvalidOperationException("The engine is PostgreSQL.");

    /// <summary>All writes of this process to the embedded store, one after the other.</summary>
    public SemaphoreSlim Writer { get; } = new(1, 1);

    /// <summary>Opens a connection for reading, or for a write that holds <see cref="Writer"/>.</summary>
    public async ValueTask<DbConnection> OpenAsync(CancellationToken cancel)
    {
        if (_postgres is not null)
        {
            return await _postgres.OpenConnectionAsync(cancel);
        }
        return await OpenSqliteAsync(cancel);
    }

    /// <summary>Opens the embedded store.</summary>
    public async ValueTask<SqliteConnection> OpenSqliteAsync(CancellationToken cancel)
    {
        var connection = new SqliteConnection(SqliteConnectionString);
        await connection.OpenAsync(cancel);
        PrepareSqlite(connection);
        return connection;
    }

    /// <summary>
    /// Opens the embedded store on a connection that nobody had before and nobody gets afterwards, so that whatever is
    /// left in it ends with it.
    /// </summary>
    public async ValueTask<SqliteConnection> OpenOwnSqliteAsync(CancellationToken cancel)
    {
        var connection = new SqliteConnection($"{SqliteConnectionString};Pooling=False");
        await connection.OpenAsync(cancel);
        PrepareSqlite(connection);
        return connection;
    }

    /// <summary>
    /// Sets what SQLite forgets between connections: to wait for another process's write rather than fail, to overwrite
    /// what is deleted, to be durable at every commit, and to move the write-ahead log into the file at 160 MB, should
    /// <see cref="CheckpointWorker"/> not have done it before.
    /// </summary>
    public static void PrepareSqlite(SqliteConnection connection)
    {
        PrepareSqlite(connection.Handle!); // of an open connection
        var code = raw.sqlite3_exec(
            connection.Handle,
            "pragma secure_delete = on; pragma synchronous = full; pragma wal_autocheckpoint = 40000");
        if (code != raw.SQLITE_OK)
        {
            SqliteException.ThrowExceptionForRC(code, connection.Handle);
        }
    }

    /// <summary>
    /// Sets what a connection that only reads needs too: to wait, and to keep a statement's plan when other values are
    /// bound, which is otherwise prepared anew for each.
    /// </summary>
    public static void PrepareSqlite(sqlite3 database)
    {
        raw.sqlite3_busy_timeout(database, BusyMilliseconds);
        raw.sqlite3_db_config(database, raw.SQLITE_DBCONFIG_ENABLE_QPSG, 1, out _);
    }

    public async ValueTask DisposeAsync()
    {
        Writer.Dispose();
        _readers?.Dispose();
        if (_postgres is not null)
        {
            await _postgres.DisposeAsync();
        }
    }
}
