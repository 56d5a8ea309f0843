using System.Collections.Concurrent;

namespace Plateau.Server.Storage;

/// <summary>
/// Connections that only read the embedded store, kept open with their statements prepared: opening and preparing
/// cost more than reading a page.
/// </summary>
internal sealed class SqliteReaders(string file) : IDisposable
{
    private static readonly int MostIdle = Environment.ProcessorCount * 2;

    private readonly ConcurrentBag<SqliteReader> _idle = [];
    private volatile bool _closed;

    /// <summary>A reader for the caller alone; disposing of it gives it back.</summary>
    public SqliteReader Rent() => _idle.TryTake(out var reader) ? reader : new SqliteReader(this, file);

    /// <summary>
    /// Takes a reader back. More than can be busy at once were only wanted by a burst, and are closed.
    /// </summary>
    public void Return(SqliteReader reader)
    {
        if (_closed || _idle.Count >= MostIdle)
        {
            reader.Close();
        }
        else
        {
            _idle.Add(reader);
        }
    }

    public void Dispose()
    {
        _closed = true;
        while (_idle.TryTake(out var reader))
        {
            reader.Close();
        }
    }
}
