using System.Globalization;

namespace Plateau.EndToEnd.Tests.Faults;

/// <summary>
/// Everything at once while things break: what was answered is there once, what was refused or erased is not. See
/// <see cref="FaultRunOptions"/> for how to make it longer, or to repeat it.
/// </summary>
public sealed class FaultRunTests(ITestOutputHelper output)
{
    private const int Workers = 8;
    private const int RepeatsOfADevice = 40;
    private const int DaysOfRecords = 13;

    [Theory, EveryStore]
    public async Task What_was_answered_is_there_once_and_what_was_refused_or_erased_is_not(Store kind)
    {
        var options = FaultRunOptions.Read();
        var began = TimeProvider.System.GetTimestamp();
        var tally = new Tally();
        await using var store = await StoreUnderFaults.CreateAsync(kind);
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{kind}, PLATEAU_FAULT_SEED={options.Seed}, {options.Duration}"));
        output.WriteLine(store.Disk is null ? "No small disk may be mounted: it is never full in this run." : "");
        output.WriteLine(FalseClock.IsPossible ? "" : "There is no libfaketime: no clock jumps in this run.");
        try
        {
            Array.ForEach(store.Slots, slot => slot.Clock.Set(TimeSpan.Zero));
            await store.StartAsync();
            Say("Started.");
            var workers = await WorkAsync(store, options, tally);
            Say("Faults are over.");
            await store.StartPackingEverythingAsync();
            await Task.WhenAll(workers.Select(worker => worker.EndAsync()));
            Say("Checking.");
            await CheckAsync(store, workers, options.Seed, tally);
            Say("Checked.");
        }
        catch
        {
            Array.ForEach(store.Slots, slot => output.WriteLine(slot.Output));
            throw;
        }
        finally
        {
            output.WriteLine(tally.ToString());
        }
        string[] expected =
            [.. FaultDriver.KindsOn(store), "records erased", "chunks at the end", "records at the end"];
        Assert.All(expected, what => Assert.True(tally[what] > 0, $"{what}: none."));

        void Say(string what) => output.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{TimeProvider.System.GetElapsedTime(began).TotalSeconds:0.0} s: {what}"));
    }

    private static async Task<List<Worker>> WorkAsync(StoreUnderFaults store, FaultRunOptions options, Tally tally)
    {
        using var failed = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(failed.Token);
        using var erasures = new ErasureGate();
        var first = store.Slots[0].Client ?? throw new InvalidOperationException("The server does not run.");
        string[] locations = [await first.CreateLocationAsync(), await first.CreateLocationAsync()];
        var workers = Enumerable.Range(0, Workers).Select(number =>
        {
            var chance = new Random((options.Seed * 1_000) + number);
            var caller = new PatientCaller(store.Slots, chance, tally, failed.Token);
            return new Worker(number, locations, caller, erasures, chance, tally);
        }).ToList();
        var working = Task.WhenAll(workers.Select(async worker =>
        {
            try
            {
                await worker.RunAsync(stop.Token);
            }
            catch
            {
                await failed.CancelAsync();
                throw;
            }
        }));
        try
        {
            await new FaultDriver(store, erasures, new Random(options.Seed), tally)
                .RunAsync(options.Duration, failed.Token);
            await stop.CancelAsync();
        }
        catch
        {
            await failed.CancelAsync();
            await working.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }
        await working;
        return workers;
    }

    private static async Task CheckAsync(StoreUnderFaults store, List<Worker> workers, int seed, Tally tally)
    {
        var caller = new PatientCaller(
            store.Slots, new Random(seed), tally, TestContext.Current.CancellationToken);
        var seeded = store.Seeded;
        await Until.TrueAsync(
            "ranges were erased", async () => await seeded.ReadNumberAsync("select count(*) from range_erasures") == 0);
        await CheckDevicesAsync(workers, caller, seed);
        await Until.TrueAsync("everything was packed but the newest of each device", async () =>
            await seeded.ReadNumberAsync("""
                select coalesce(max(many), 0) from (
                    select count(*) as many from device_states group by device_id) as rows
                """) <= 1);
        await Until.TrueAsync("nothing of deleted devices was left", async () => await seeded.ReadNumberAsync("""
            select (select count(*) from device_states where device_id not in (select id from devices))
                + (select count(*) from state_chunks where device_id not in (select id from devices))
            """) == 0);
        tally.Add("chunks at the end", await seeded.ReadNumberAsync("select count(*) from state_chunks"));
        await CheckDevicesAsync(workers, caller, seed);
        tally.Add("records at the end", workers.Sum(one => one.Devices.Sum(device => device.Kept.Count())));
    }

    private static async Task CheckDevicesAsync(List<Worker> workers, PatientCaller caller, int seed)
    {
        var check = new DeviceCheck(caller, isFinal: true);
        var chance = new Random(seed);
        foreach (var device in workers.SelectMany(worker => worker.Devices))
        {
            await check.HistoryAsync(device);
            await check.LatestAsync(device);
            await check.AggregatesAsync(device, ModelDevice.FirstDay, DaysOfRecords);
            for (var repeat = 0; repeat < RepeatsOfADevice && device.SomeKept(chance) is { } record; repeat++)
            {
                await RepeatCheck.RepeatAsync(caller, device, record);
            }
        }
    }
}
