using System.Collections.Concurrent;
using Plateau.Client;
using Plateau.Contracts;

namespace Plateau.Server.WebConsole.OneDevice;

/// <summary>
/// Follows the records of a device as they are accepted, and hands them on now and then, so that a busy device does not
/// keep a page busy.
/// </summary>
/// <param name="states">Reads the API.</param>
/// <param name="device">The device.</param>
/// <param name="clock">The clock of the pauses.</param>
internal sealed class LiveRecords(DeviceStatesClient states, DeviceId device, TimeProvider clock)
{
    /// <summary>The pause between two hand-overs.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    private readonly ConcurrentQueue<DeviceStateEvent> _waiting = [];

    /// <summary>Follows until it is given up.</summary>
    /// <param name="take">
    /// Takes the records since the last time, none when there were none, and whether some may be missing.
    /// </param>
    /// <param name="cancel">Ends it.</param>
    /// <exception cref="PlateauException">The stream could not be opened, or not again.</exception>
    public async Task FollowAsync(
        Func<IReadOnlyList<DeviceState>, bool, Task> take, CancellationToken cancel)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var reading = ReadAsync(ending.Token);
        using var pauses = new PeriodicTimer(Pause, clock);
        try
        {
            while (!reading.IsCompleted && await pauses.WaitForNextTickAsync(cancel))
            {
                var (records, isGap) = TakeWaiting();
                await take(records, isGap);
            }
            await reading;
        }
        finally
        {
            await ending.CancelAsync();
        }
    }

    private (List<DeviceState> Records, bool IsGap) TakeWaiting()
    {
        var (records, isGap) = (new List<DeviceState>(), false);
        while (_waiting.TryDequeue(out var one))
        {
            isGap |= one.GapSince is not null;
            if (one.State is { } state)
            {
                records.Add(state);
            }
        }
        return (records, isGap);
    }

    private async Task ReadAsync(CancellationToken cancel)
    {
        await foreach (var one in states.StreamAsync(device, cancel: cancel))
        {
            _waiting.Enqueue(one);
            if (_waiting.Count > DeviceTelemetry.MostRecords)
            {
                // Nobody has looked for long: what is shown is read again rather than gathered here.
                _waiting.Clear();
                _waiting.Enqueue(new DeviceStateEvent(null, null, clock.GetUtcNow()));
            }
        }
    }
}
