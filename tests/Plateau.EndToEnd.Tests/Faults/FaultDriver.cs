namespace Plateau.EndToEnd.Tests.Faults;

/// <summary>
/// Breaks one thing after the other, each for a while, as a seed says; between two faults all is well.
/// </summary>
internal sealed class FaultDriver(
    StoreUnderFaults store, ErasureGate erasures, Random chance, Tally tally)
{
    private const string Kill = "fault: server killed";
    private const string StopFast = "fault: PostgreSQL stopped, fast";
    private const string StopAtOnce = "fault: PostgreSQL stopped, immediate";
    private const string Cut = "fault: connection cut";
    private const string PassOn = "fault: lease passed on";
    private const string Fill = "fault: disk full";
    private const string Jump = "fault: clock jumped";

    private const int LongestJumpSeconds = 10;
    private readonly TimeProvider _clock = TimeProvider.System;
    private Task _clocksSettle = Task.CompletedTask;

    /// <summary>What a run on a store must have met, as the tally names it.</summary>
    public static IEnumerable<string> KindsOn(StoreUnderFaults store) =>
    [
        Kill,
        .. store.Postgres is null ? Array.Empty<string>() : [StopFast, StopAtOnce, Cut, PassOn],
        .. store.Disk is null ? Array.Empty<string>() : [Fill],
        .. FalseClock.IsPossible ? new[] { Jump } : [],
    ];

    /// <summary>Makes faults, each kind at least once, and returns with everything whole.</summary>
    public async Task RunAsync(TimeSpan duration, CancellationToken stop)
    {
        var kinds = FindKinds();
        var began = _clock.GetTimestamp();
        var first = new Queue<Func<CancellationToken, Task>>(kinds.Select(one => one.Make).Shuffle(chance));
        try
        {
            while (first.Count > 0 || _clock.GetElapsedTime(began) < duration)
            {
                await PauseAsync(300, 2_500, stop);
                await (first.TryDequeue(out var next) ? next : Choose(kinds))(stop);
            }
            await _clocksSettle;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // A worker has failed; what it found is told.
        }
    }

    private List<(int Weight, Func<CancellationToken, Task> Make)> FindKinds()
    {
        List<(int Weight, Func<CancellationToken, Task> Make)> kinds = [(60, KillAsync)];
        if (store.Postgres is { } postgres)
        {
            kinds.Add((6, stop => OutageAsync(StopFast, postgres.StopAsync, stop)));
            kinds.Add((6, stop => OutageAsync(StopAtOnce, postgres.CrashAsync, stop)));
            kinds.Add((12, CutAsync));
            kinds.Add((6, _ => PassLeasesOnAsync()));
        }
        if (store.Disk is not null)
        {
            kinds.Add((6, FillDiskAsync));
        }
        if (FalseClock.IsPossible)
        {
            kinds.Add((8, JumpAsync));
        }
        return kinds;
    }

    private Func<CancellationToken, Task> Choose(List<(int Weight, Func<CancellationToken, Task> Make)> kinds)
    {
        var left = chance.Next(kinds.Sum(kind => kind.Weight));
        return kinds.First(kind => (left -= kind.Weight) < 0).Make;
    }

    private async Task KillAsync(CancellationToken stop)
    {
        var many = chance.Next(3) == 0 ? chance.Next(1, store.Slots.Length + 1) : 1;
        await KillAsync(many);
        if (chance.Next(3) == 0)
        {
            await PauseAsync(100, 1_500, stop);
        }
        await HealAsync();
    }

    private async Task KillAsync(int many)
    {
        var killed = await Task.WhenAll(store.Slots.Shuffle(chance).Take(many).Select(slot => slot.KillAsync()));
        tally.Add(Kill, killed.Count(was => was));
    }

    private async Task OutageAsync(string kind, Func<Task> stopStore, CancellationToken stop)
    {
        tally.Add(kind);
        await stopStore();
        try
        {
            await HoldAsync(stop);
        }
        finally
        {
            await HealAsync();
        }
    }

    private async Task FillDiskAsync(CancellationToken stop)
    {
        tally.Add(Fill);
        store.Disk!.Fill(); // a fault of stores that have a disk of their own
        try
        {
            await HoldAsync(stop);
        }
        finally
        {
            store.Disk.Free();
            await HealAsync();
        }
    }

    private async Task CutAsync(CancellationToken stop)
    {
        for (var times = chance.Next(1, 6); times > 0; times--)
        {
            var cut = await store.Postgres!.CutConnectionsAsync(); // a fault of PostgreSQL alone
            tally.Add(Cut, cut);
            await PauseAsync(20, 300, stop);
        }
    }

    private async Task PassLeasesOnAsync()
    {
        tally.Add(PassOn);
        await store.ForgetLeasesAsync();
    }

    private async Task JumpAsync(CancellationToken stop)
    {
        await _clocksSettle;
        tally.Add(Jump);
        await erasures.CloseAsync(stop);
        await Until.TrueAsync("ranges were erased before a clock jumps", async () =>
            stop.IsCancellationRequested
            || await store.Seeded.ReadNumberAsync("select count(*) from range_erasures") == 0);
        foreach (var slot in store.Slots)
        {
            slot.Clock.Set(TimeSpan.FromSeconds(chance.Next(-LongestJumpSeconds, LongestJumpSeconds + 1)));
        }
        await HoldAsync(stop);
        await HealAsync();
        Array.ForEach(store.Slots, slot => slot.Clock.Set(TimeSpan.Zero));
        _clocksSettle = SettleAsync(stop);
    }

    // What was accepted by a clock that was ahead is of the past only now.
    private async Task SettleAsync(CancellationToken stop)
    {
        await Task.Delay(TimeSpan.FromSeconds(LongestJumpSeconds + 2), _clock, stop);
        erasures.Open();
    }

    // Something is broken for a while; sometimes a process dies of something else meanwhile.
    private async Task HoldAsync(CancellationToken stop)
    {
        await PauseAsync(300, 3_000, stop);
        if (chance.Next(3) == 0)
        {
            await KillAsync(1);
            await PauseAsync(50, 500, stop);
        }
    }

    private async Task HealAsync()
    {
        if (store.Postgres is { } postgres)
        {
            await postgres.RecoverAsync();
            await store.ForgetLeasesAsync();
        }
        await store.StartAsync();
    }

    private Task PauseAsync(int least, int most, CancellationToken stop) =>
        Task.Delay(TimeSpan.FromMilliseconds(chance.Next(least, most)), _clock, stop);
}

/// <summary>Orders by chance.</summary>
internal static class Shuffling
{
    public static T[] Shuffle<T>(this IEnumerable<T> items, Random chance)
    {
        T[] all = [.. items];
        chance.Shuffle(all);
        return all;
    }
}
