using System.Collections.Concurrent;

namespace Plateau.Server.Storage;

/// <summary>
/// Connections that only read the embedded store, kept open with their statements prepared: opening and preparing
/// cost more than reading a page. Reading takes a processor, so more at once than keep the processors busy would only
/// wait for each other; a caller waits for its turn without holding a thread.
/// </summary>
internal sealed class SqliteReaders(string file) : IDisposable
{
    private readonly ConcurrentBag<SqliteReader> _idle = [];
    private readonly SemaphoreSlim _turns = new(Environment.ProcessorCount * 2);
    private volatile bool _closed;

    /// <summary>A reader for the caller alone; disposing of it gives it back.</summary>
    public async ValueTask<SqliteReader> RentAsync(CancellationToken cancel)
    {
        await _turns.WaitAsync(cancel);
        try
        {
            return _idle.TryTake(out var reader) ? reader : new SqliteReader(this, file);
        }
        catch
        {
            _turns.Release();
            throw;
        }
    }

    /// <summary>Takes a reader back.</summary>
    public void Return(SqliteReader reader)
    {
        if (_closed)
        {
            reader.Close();
            return;
        }
        _idle.Add(reader);
        _turns.Release();
    }

    public void Dispose()
    {
        _closed = true;
        while (_idle.TryTake(out var reader))
        {
            reader.Close();
        }
        _turns.Dispose();
    }
}
