using System.Threading.Channels;
using Microsoft.Extensions.Time.Testing;

namespace Plateau.Server.Tests.Telemetry;

/// <summary>A clock that moves from one pause of the code under test to the next.</summary>
internal sealed class PausingClock : FakeTimeProvider
{
    private readonly Channel<TimeSpan> _pauses = Channel.CreateUnbounded<TimeSpan>();
    private readonly long _started;

    public PausingClock() => _started = GetTimestamp();

    /// <summary>Time since the clock was made.</summary>
    public TimeSpan Elapsed => GetElapsedTime(_started);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        _pauses.Writer.TryWrite(dueTime);
        return timer;
    }

    /// <summary>Ends the pause at hand, or the next one, and waits until the code comes to another.</summary>
    /// <param name="isLast">Whether no other follows; it is not waited for.</param>
    public async Task PassPauseAsync(bool isLast = false)
    {
        Advance(await _pauses.Reader.ReadAsync(TestContext.Current.CancellationToken));
        if (!isLast)
        {
            await _pauses.Reader.WaitToReadAsync(TestContext.Current.CancellationToken);
        }
    }
}
