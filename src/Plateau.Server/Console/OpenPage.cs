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

    private readonly CancellationTokenSource _closing = new();
    private readonly Lock _lock = new();
    private bool _isOpened;
    private string? _placeOf;

    public override async Task OnCircuitOpenedAsync(Circuit circuit, CancellationToken cancellationToken)
    {
        _isOpened = true;
        var account = (await client.VisitorAsync(cancellationToken)).AccountId;
        var closed = _closing.Token;
        var began = clock.GetTimestamp();
        while (!closed.IsCancellationRequested && !TryTake(account, closed))
        {
            if (clock.GetElapsedTime(began) >= WaitForPlace)
            {
                await LeaveAsync(account, closed);
                return;
            }
            await WaitAsync(BetweenTries, closed);
        }
    }

    /// <summary>Lets nothing happen on a page that has no place.</summary>
    public override Func<CircuitInboundActivityContext, Task> CreateInboundActivityHandler(
        Func<CircuitInboundActivityContext, Task> next) =>
        activity => _isOpened && _placeOf is null ? Task.CompletedTask : next(activity);

    public void Dispose()
    {
        _closing.Cancel();
        lock (_lock)
        {
            if (_placeOf is { } account)
            {
                pages.GiveBack(account);
                _placeOf = null;
            }
        }
        _closing.Dispose();
    }

    private bool TryTake(string account, CancellationToken closed)
    {
        lock (_lock)
        {
            if (closed.IsCancellationRequested || !pages.TryTake(account))
            {
                return false;
            }
            _placeOf = account;
            return true;
        }
    }

    // Asks the browser, whose answer nothing waits for. One that does as it is asked closes the page; another's fails.
    private async Task LeaveAsync(string account, CancellationToken closed)
    {
        pages.Refuse(account);
        _ = scripts.InvokeVoidAsync("location.reload", closed).AsTask();
        await WaitAsync(WaitForLeaving, closed);
        if (!closed.IsCancellationRequested)
        {
            throw new InvalidOperationException("A page of the console that has no place stays open.");
        }
    }

    private async Task WaitAsync(TimeSpan time, CancellationToken closed) =>
        await Task.Delay(time, clock, closed).ConfigureAwait(
            ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
}
