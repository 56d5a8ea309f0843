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

    /// <summary>Refreshes until it is cancelled.</summary>
    /// <param name="events">Opens the stream of events; when it ends or fails, it is opened again with time.</param>
    /// <param name="refreshAsync">Refreshes.</param>
    /// <param name="cancel">Ends it.</param>
    public async Task RunAsync(
        Func<CancellationToken, IAsyncEnumerable<DeviceStateEvent>> events,
        Func<CancellationToken, Task> refreshAsync, CancellationToken cancel)
    {
        try
        {
            await Task.WhenAll(WatchAsync(events, cancel), RefreshAsync(refreshAsync, cancel));
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            // The page was left.
        }
    }

    private async Task WatchAsync(
        Func<CancellationToken, IAsyncEnumerable<DeviceStateEvent>> events, CancellationToken cancel)
    {
        while (true)
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
            await Task.Delay(LongestInterval, clock, cancel);
        }
    }

    private async Task RefreshAsync(Func<CancellationToken, Task> refreshAsync, CancellationToken cancel)
    {
        var last = clock.GetTimestamp();
        while (true)
        {
            await Task.Delay(Interval, clock, cancel);
            if (Interlocked.Exchange(ref _hasChanged, 0) == 1 || clock.GetElapsedTime(last) >= LongestInterval)
            {
                await refreshAsync(cancel);
                last = clock.GetTimestamp();
            }
        }
    }
}
