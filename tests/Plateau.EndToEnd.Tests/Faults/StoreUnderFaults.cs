using Microsoft.Data.Sqlite;

namespace Plateau.EndToEnd.Tests.Faults;

/// <summary>
/// A store of a run's own with its server processes, and all that can be broken: on the embedded engine one process, on
/// PostgreSQL three.
/// </summary>
internal sealed class StoreUnderFaults : IAsyncDisposable
{
    private const int ProcessesOnPostgres = 3;

    // Seconds instead of minutes, so that a short run packs and gives up often.
    private static readonly Dictionary<string, string> Settings = new()
    {
        ["PLATEAU__TELEMETRY__PACKAFTERMINUTES"] = "1",
        ["PLATEAU__TELEMETRY__PACKEVERYSECONDS"] = "1",
        ["PLATEAU__TELEMETRY__REPEATFORSECONDS"] = "1",
        ["PLATEAU__STORAGE__STATEMENTTIMEOUTSECONDS"] = "5",
        ["PLATEAU__STORAGE__MAXCONNECTIONS"] = "15",
        ["PLATEAU__HTTP__REQUESTTIMEOUTSECONDS"] = "15",
        ["Logging__LogLevel__Default"] = "Error",
    };

    private static readonly Dictionary<string, string> PackingEverything = new(Settings)
    {
        ["PLATEAU__TELEMETRY__PACKAFTERMINUTES"] = "0",
    };

    private readonly string _folder;

    private StoreUnderFaults(string folder, SmallDisk? disk, TemporaryPostgres? postgres, SeededStore seeded)
    {
        _folder = folder;
        Disk = disk;
        Postgres = postgres;
        Seeded = seeded;
        Slots = [.. Enumerable.Range(0, postgres is null ? 1 : ProcessesOnPostgres)
            .Select(number => new ServerSlot(seeded, new FalseClock(folder, $"{number}")))];
    }

    /// <summary>The disk of the store; null when this process may not mount one.</summary>
    public SmallDisk? Disk { get; }

    /// <summary>Its PostgreSQL; null on the embedded engine.</summary>
    public TemporaryPostgres? Postgres { get; }

    /// <summary>The account on it.</summary>
    public SeededStore Seeded { get; }

    /// <summary>Its server processes.</summary>
    public ServerSlot[] Slots { get; }

    public static async Task<StoreUnderFaults> CreateAsync(Store kind)
    {
        // Not one of the system's temporary folders, which PostgreSQL's own user may not enter.
        var folder = Path.Combine(Path.GetTempPath(), $"plateau-faults-{Environment.ProcessId}-{kind}");
        var data = Directory.CreateDirectory(Path.Combine(folder, "data")).FullName;
        var disk = SmallDisk.TryMount(data);
        var postgres = kind == Store.Postgres ? await TemporaryPostgres.StartNewAsync(data) : null;
        string[] arguments = postgres is null ? [] : ["--postgres", postgres.ConnectionString];
        var seeded = await SeededStore.CreateAsync(
            new()
            {
                ["Plateau:Storage:DataDirectory"] = data,
                ["Plateau:Storage:Postgres"] = postgres?.ConnectionString,
            },
            ["--data-dir", data, .. arguments]);
        return new(folder, disk, postgres, seeded);
    }

    /// <summary>Starts every process that does not run.</summary>
    public Task StartAsync() => Task.WhenAll(
        Slots.Where(slot => !slot.IsRunning).Select(slot => slot.StartAsync(Settings)));

    /// <summary>Starts every process anew, with clocks that are right; they pack whatever they may.</summary>
    public async Task StartPackingEverythingAsync()
    {
        foreach (var slot in Slots)
        {
            await slot.KillAsync();
            slot.Clock.Set(TimeSpan.Zero);
        }
        await ForgetLeasesAsync();
        await Task.WhenAll(Slots.Select(slot => slot.StartAsync(PackingEverything)));
    }

    /// <summary>Lets leases pass on at once: waiting for a dead holder's would be most of a short run.</summary>
    public async Task ForgetLeasesAsync()
    {
        if (Postgres is not null)
        {
            await Seeded.ExecuteAsync("delete from leases");
        }
    }

    public async ValueTask DisposeAsync()
    {
        Array.ForEach(Slots, slot => slot.Dispose());
        if (Postgres is not null)
        {
            await Postgres.DisposeAsync();
        }
        SqliteConnection.ClearAllPools();
        Disk?.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
