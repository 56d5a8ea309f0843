using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Plateau.Server.Storage;

/// <summary>
/// A connection that only reads the embedded store, with the statements it has met. One caller has it at a time, so
/// SQLite's own locking is off.
/// </summary>
internal sealed class SqliteReader : IDisposable
{
    private readonly SqliteReaders _owner;
    private readonly sqlite3 _database;
    private readonly Dictionary<string, SqliteStatement> _statements = [];
    private SqliteStatement? _current;
    private bool _isHolding;

    public SqliteReader(SqliteReaders owner, string file)
    {
        _owner = owner;
        var code = raw.sqlite3_open_v2(file, out _database, raw.SQLITE_OPEN_READONLY | raw.SQLITE_OPEN_NOMUTEX, null);
        if (code != raw.SQLITE_OK)
        {
            using (_database)
            {
                SqliteException.ThrowExceptionForRC(code, _database);
            }
        }
        Engine.PrepareSqlite(_database);
    }

    /// <summary>A statement ready to be bound; the reader keeps it, and runs one at a time.</summary>
    public SqliteStatement Prepare(string sql)
    {
        if (!_statements.TryGetValue(sql, out var statement))
        {
            statement = new SqliteStatement(_database, sql);
            _statements.Add(sql, statement);
        }
        return _current = statement;
    }

    /// <summary>
    /// Lets all that is read until the reader is given back be of one moment: the store is then locked once, not by
    /// every statement, which for short ones is much of their time.
    /// </summary>
    public void Hold()
    {
        Prepare("begin").Execute();
        _isHolding = true;
    }

    /// <summary>Ends what is running, which would hold the write-ahead log back, and gives the reader back.</summary>
    public void Dispose()
    {
        _current?.Reset();
        _current = null;
        if (_isHolding)
        {
            Prepare("commit").Execute();
            _isHolding = false;
        }
        _owner.Return(this);
    }

    /// <summary>Closes the connection.</summary>
    public void Close()
    {
        foreach (var statement in _statements.Values)
        {
            statement.Dispose();
        }
        _database.Dispose();
    }
}
