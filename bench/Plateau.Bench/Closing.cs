namespace Plateau.Bench;

/// <summary>What is open during a work, closed in reverse order.</summary>
internal sealed class Closing : IAsyncDisposable
{
    private readonly Stack<IAsyncDisposable> _open = new();

    /// <summary>Has something closed at the end.</summary>
    public T Keep<T>(T open)
        where T : IAsyncDisposable
    {
        _open.Push(open);
        return open;
    }

    public async ValueTask DisposeAsync()
    {
        while (_open.TryPop(out var one))
        {
            await one.DisposeAsync();
        }
    }
}
