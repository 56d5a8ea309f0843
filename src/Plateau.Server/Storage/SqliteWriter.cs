using Microsoft.Data.Sqlite;

namespace Plateau.Server.Storage;

/// <summary>
/// A connection that writes to the embedded store, with the statements it has met; its transactions take turns with all
/// other writes of the process.
/// </summary>
internal sealed class SqliteWriter(Engine engine) : IDisposable
{
    private SqliteConnection? _connection;
    private readonly Dictionary<string, SqliteStatement> _statements = [];

    /// <summary>Does some work in a transaction, and returns after its commit.</summary>
    /// <param name="work">
    /// The work, by statements of this writer only; it may run on a thread that others wait for, so it is short.
    /// </param>
    /// <param name="cancel">Gives up waiting for the turn.</param>
    public async Task<T> WriteAsync<T>(Func<SqliteWriter, T> work, CancellationToken cancel)
    {
        await engine.Writer.WaitAsync(cancel);
        try
        {
            _connection ??= await engine.OpenOwnSqliteAsync(cancel);
            Prepare("begin immediate").Execute();
            var result = work(this);
            Prepare("commit").Execute();
            return result;
        }
        catch
        {
            // Whatever broke, closing takes it back, and the next try starts with a new connection.
            Close();
            throw;
        }
        finally
        {
            engine.Writer.Release();
        }
    }

    /// <summary>Moves the write-ahead log into the file and begins it anew; false while a reader needs it.</summary>
    public async Task<bool> TryEmptyLogAsync(CancellationToken cancel)
    {
        await engine.Writer.WaitAsync(cancel);
        try
        {
            await using var connection = await engine.OpenOwnSqliteAsync(cancel);
            // Whoever waits to write waits with it, so it does not wait for readers.
            using var hurry = new SqliteStatement(connection, "pragma busy_timeout = 0");
            hurry.Execute();
            using var checkpoint = new SqliteStatement(connection, "pragma wal_checkpoint(truncate)");
            var isDone = checkpoint.Step() && checkpoint.Int64(0) == 0;
            checkpoint.Reset();
            return isDone;
        }
        finally
        {
            engine.Writer.Release();
        }
    }

    /// <summary>A statement ready to be bound; the writer keeps it.</summary>
    public SqliteStatement Prepare(string sql)
    {
        if (!_statements.TryGetValue(sql, out var statement))
        {
            var connection = _connection ?? throw new InvalidOperationException("The writer has no turn.");
            statement = new SqliteStatement(connection, sql);
            _statements.Add(sql, statement);
        }
        return statement;
    }

    public void Dispose() => Close();

    private void Close()
    {
        foreach (var statement in _statements.Values)
        {
            statement.Dispose();
        }
        _statements.Clear();
        _connection?.Dispose();
        _connection = null;
    }
}
