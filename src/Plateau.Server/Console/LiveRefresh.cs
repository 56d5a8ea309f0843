using Plateau.Client;

namespace Plateau.Server.WebConsole;

/// <summary>
/// Keeps something up to date with what devices submit: soon after an event, not more often than its interval, and now
/// and then without one, because time alone makes devices silent.
/// </summary>
/// <param name="clock">Tells the pace.</param>
internal sealed class LiveRefresh(TimeProvider clock)
{
    /// <summary>The least time between two refreshes.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(3);

    /// <summary>The longest time without one.</summary>
    public static readonly TimeSpan LongestInterval = TimeSpan.FromSeconds(30);

    private int _hasChanged;

    /// <summary>Refreshes until it is cancelled, or there is no use in it any more.</summary>
    /// <param name="events">Opens the stream of events; when it ends or fails, it is opened again with time.</param>
    /// <param name="refreshAsync">Refreshes, and tells whether there is use in doing it again.</param>
    /// <param name="cancel">Ends it.</param>
    public async Task RunAsync(
        Func<CancellationToken, IAsyncEnumerable<DeviceStateEvent>> events,
        Func<CancellationToken, Task<bool>> refreshAsync, CancellationToken cancel)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var watching = WatchAsync(events, ending.Token);
        try
        {
            await RefreshAsync(refreshAsync, cancel);
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            // The page was left.
        }
        finally
        {
            await ending.CancelAsync(); // events without refreshes are of no use
            await watching;
        }
    }

    private async Task WatchAsync(
        Func<CancellationToken, IAsyncEnumerable<DeviceStateEvent>> events, CancellationToken cancel)
    {
        while (!cancel.IsCancellationRequested)
        {
            try
            {
                await foreach (var _ in events(cancel).WithCancellation(cancel))
                {
                    Volatile.Write(ref _hasChanged, 1);
                }
            }
            catch (PlateauException)
            {
                // The refreshes go on, and say what is wrong.
            }
            catch (OperationCanceledException) when (cancel.IsCancellationRequested)
            {
                return;
            }
            await Task.Delay(LongestInterval, clock, cancel).ConfigureAwait(
                ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        }
    }

    private async Task RefreshAsync(Func<CancellationToken, Task<bool>> refreshAsync, CancellationToken cancel)
    {
        var last = clock.GetTimestamp();
        var isOfUse = true;
        while (isOfUse)
        {
            await Task.Delay(Interval, clock, cancel);
            if (Interlocked.Exchange(ref _hasChanged, 0) == 1 || clock.GetElapsedTime(last) >= LongestInterval)
            {
                isOfUse = await refreshAsync(cancel);
                last = clock.GetTimestamp();
            }
        }
    }
}
