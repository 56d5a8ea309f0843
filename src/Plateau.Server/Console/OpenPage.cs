using Microsoft.AspNetCore.Components.Server.Circuits;
using Microsoft.JSInterop;

namespace Plateau.Server.WebConsole;

/// <summary>
/// The place of one open page. A page that finds none, not even after a moment, is loaded again, to be told why; until
/// it has gone it shows nothing.
/// </summary>
internal sealed class OpenPage(OpenPages pages, ConsoleClient client, IJSRuntime scripts, TimeProvider clock)
    : CircuitHandler, IDisposable
{
    // Its browser tells of a page that it has left when the next one is there already.
    private static readonly TimeSpan WaitForPlace = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan BetweenTries = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan WaitForLeaving = TimeSpan.FromSeconds(5);

    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _lock = new();
    private bool _isOpened;
    private string? _placeOf;

    public override async Task OnCircuitOpenedAsync(Circuit circuit, CancellationToken cancellationToken)
    {
        _isOpened = true;
        var account = (await client.VisitorAsync(cancellationToken)).AccountId;
        var began = clock.GetTimestamp();
        while (!TryTake(account))
        {
            if (clock.GetElapsedTime(began) >= WaitForPlace)
            {
                await LeaveAsync(account);
                return;
            }
            await Task.Delay(BetweenTries, clock, CancellationToken.None);
        }
    }

    /// <summary>Lets nothing happen on a page that has no place.</summary>
    public override Func<CircuitInboundActivityContext, Task> CreateInboundActivityHandler(
        Func<CircuitInboundActivityContext, Task> next) =>
        activity => _isOpened && _placeOf is null ? Task.CompletedTask : next(activity);

    public void Dispose()
    {
        lock (_lock)
        {
            _closed.TrySetResult();
            if (_placeOf is { } account)
            {
                pages.GiveBack(account);
                _placeOf = null;
            }
        }
    }

    // A page that is closed by now needs none.
    private bool TryTake(string account)
    {
        lock (_lock)
        {
            if (!_closed.Task.IsCompleted && pages.TryTake(account))
            {
                _placeOf = account;
            }
            return _closed.Task.IsCompleted || _placeOf is not null;
        }
    }

    // Asks the browser, whose answer nothing waits for. One that does as it is asked closes the page; another's fails.
    private async Task LeaveAsync(string account)
    {
        pages.Refuse(account);
        _ = scripts.InvokeVoidAsync("location.reload").AsTask();
        var leaving = Task.Delay(WaitForLeaving, clock, CancellationToken.None);
        if (await Task.WhenAny(_closed.Task, leaving) == leaving)
        {
            throw new InvalidOperationException("A page of the console that has no place stays open.");
        }
    }
}
