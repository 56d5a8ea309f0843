using System.Threading.Channels;
using Microsoft.Extensions.Time.Testing;
using Plateau.Client;
using Plateau.Server.WebConsole;

namespace Plateau.Server.Tests.WebConsole;

/// <summary>A page that is kept up to date with events.</summary>
public sealed class LiveRefreshTests
{
    private static readonly DeviceStateEvent Event = new(null, null, DateTimeOffset.UnixEpoch);

    [Fact]
    public async Task Many_events_make_one_refresh_and_time_alone_makes_one_now_and_then()
    {
        var clock = new FakeTimeProvider();
        var events = Channel.CreateUnbounded<DeviceStateEvent>();
        using var left = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var refreshes = 0;
        var running = new LiveRefresh(clock).RunAsync(events.Reader.ReadAllAsync, _ =>
        {
            Interlocked.Increment(ref refreshes);
            return Task.FromResult(true);
        }, left.Token);

        for (var number = 0; number < 1_000; number++)
        {
            events.Writer.TryWrite(Event);
        }
        await Until.TrueAsync("the events were read", () => Task.FromResult(events.Reader.Count == 0));
        await AdvanceAsync(clock, LiveRefresh.Interval - TimeSpan.FromSeconds(1));
        Assert.Equal(0, refreshes);
        await Until.TrueAsync("it was refreshed", async () =>
        {
            await AdvanceAsync(clock, TimeSpan.FromMilliseconds(100));
            return refreshes > 0;
        });

        // From here on nothing happens but time.
        await AdvanceAsync(clock, LiveRefresh.LongestInterval - (2 * LiveRefresh.Interval));
        Assert.Equal(1, refreshes);
        await AdvanceAsync(clock, 3 * LiveRefresh.Interval);
        Assert.Equal(2, refreshes);

        await left.CancelAsync();
        await running;
    }

    [Fact]
    public async Task A_stream_that_fails_is_opened_again()
    {
        var clock = new FakeTimeProvider();
        using var left = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var opened = 0;
        var running = new LiveRefresh(clock).RunAsync(
            _ => ++opened > 0 ? throw new PlateauException("Too many streams.", null, null, null) : null!,
            _ => Task.FromResult(true), left.Token);

        await AdvanceAsync(clock, 2 * LiveRefresh.LongestInterval);
        Assert.InRange(opened, 2, 3);

        await left.CancelAsync();
        await running;
    }

    [Fact]
    public async Task Refreshes_of_no_use_end_it_and_its_stream()
    {
        var clock = new FakeTimeProvider();
        var events = Channel.CreateUnbounded<DeviceStateEvent>();
        var refreshes = 0;
        var running = new LiveRefresh(clock).RunAsync(events.Reader.ReadAllAsync, _ =>
        {
            refreshes++;
            return Task.FromResult(false);
        }, TestContext.Current.CancellationToken);
        events.Writer.TryWrite(Event);

        await Until.TrueAsync("it ended", async () =>
        {
            await AdvanceAsync(clock, LiveRefresh.Interval);
            return running.IsCompleted;
        });

        await running;
        Assert.Equal(1, refreshes);
        events.Writer.TryWrite(Event);
        Assert.Equal(1, events.Reader.Count);
    }

    [Theory]
    [InlineData(typeof(NotSupportedException))]
    [InlineData(typeof(OperationCanceledException))] // of something else than the page
    public async Task A_refresh_that_fails_ends_it_and_is_told(Type fault)
    {
        var clock = new FakeTimeProvider();
        var events = Channel.CreateUnbounded<DeviceStateEvent>();
        var running = new LiveRefresh(clock).RunAsync(
            events.Reader.ReadAllAsync, _ => throw (Exception)Activator.CreateInstance(fault)!,
            TestContext.Current.CancellationToken);
        events.Writer.TryWrite(Event);

        await Until.TrueAsync("it ended", async () =>
        {
            await AdvanceAsync(clock, LiveRefresh.Interval);
            return running.IsCompleted;
        });

        await Assert.ThrowsAsync(fault, () => running);
    }

    // In small steps, between which what waits may go on.
    private static async Task AdvanceAsync(FakeTimeProvider clock, TimeSpan time)
    {
        var step = TimeSpan.FromMilliseconds(100);
        for (var passed = TimeSpan.Zero; passed < time; passed += step)
        {
            clock.Advance(step);
            await Task.Delay(TimeSpan.FromMilliseconds(2), TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }
}
