namespace Plateau.EndToEnd.Tests.Faults;

/// <summary>
/// Breaks one thing after the other, each for a while, as a seed says; between two faults all is well.
/// </summary>
internal sealed class FaultDriver(
    StoreUnderFaults store, ErasureGate erasures, Random chance, Tally tally)
{
    /// <summary>The kind of fault of which there should be the most.</summary>
    public const string Kill = "fault: server killed";

    private const int LongestJumpSeconds = 10;
    private readonly TimeProvider _clock = TimeProvider.System;
    private Task _clocksSettle = Task.CompletedTask;

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
            kinds.Add((6, stop => OutageAsync("fault: PostgreSQL stopped, fast", postgres.StopAsync, stop)));
            kinds.Add((6, stop => OutageAsync("fault: PostgreSQL stopped, immediate", postgres.CrashAsync, stop)));
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
        tally.Add("fault: disk full");
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
            tally.Add("fault: connection cut", cut);
            await PauseAsync(20, 300, stop);
        }
    }

    private async Task PassLeasesOnAsync()
    {
        tally.Add("fault: lease passed on");
        await store.ForgetLeasesAsync();
    }

    private async Task JumpAsync(CancellationToken stop)
    {
        await _clocksSettle;
        tally.Add("fault: clock jumped");
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
