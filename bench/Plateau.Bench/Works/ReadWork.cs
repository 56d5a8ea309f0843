using System.Text.Json;
using Plateau.Contracts;

namespace Plateau.Bench;

/// <summary>
/// Half-hours of a day of minutes, of a device and of a fleet; the latest of each device; a page of a device's history.
/// </summary>
internal sealed class ReadWork
{
    private const int PageSize = 100;
    private const int HalfHours = 48;
    private const double Tolerance = 1e-9;
    private const int MinutesADay = 1440;
    private const int RetainedDays = 30;
    private const double MostOfSpaceLeft = 0.15;
    private const double BytesOfMebibyte = 1 << 20;

    private readonly BenchOptions _options;
    private readonly string _name;
    private readonly int _devices;
    private readonly DateTimeOffset _until;
    private readonly DateTimeOffset[] _days;
    private readonly List<Contender> _device = [];
    private readonly List<Contender> _fleet = [];
    private readonly List<Contender> _latest = [];
    private readonly List<Contender> _history = [];
    private readonly List<Figure> _figures = [];
    private readonly List<string> _faults = [];
    private double[]? _means;

    private ReadWork(BenchOptions options, string name, int devices, int days)
    {
        _options = options;
        _name = name;
        _devices = devices;
        _until = new DateTimeOffset(TimeProvider.System.GetUtcNow().UtcDateTime.Date.AddDays(-1), TimeSpan.Zero);
        _days = [.. Enumerable.Range(1, days).Select(day => _until.AddDays(-day))];
    }

    /// <summary>Reads some days of a fleet.</summary>
    public static Task<Finding> RunAsync(BenchOptions options, CancellationToken cancel) =>
        new ReadWork(options, "read", 1_000, options.LoadedDays).RunAsync((_, _) => Task.CompletedTask, cancel);

    /// <summary>
    /// Imports a year of a fleet, reads it, and has all of it forgotten but for thirty days, which gives its space
    /// back.
    /// </summary>
    public static Task<Finding> RunYearAsync(BenchOptions options, CancellationToken cancel)
    {
        var work = new ReadWork(options, "year", 200, options.YearDays);
        return work.RunAsync(work.RetainAsync, cancel);
    }

    private async Task<Finding> RunAsync(Func<Site, CancellationToken, Task> finish, CancellationToken cancel)
    {
        await using var open = new Closing();
        var sites = new List<Site>();
        foreach (var engine in _options.Engines)
        {
            var site = open.Keep(await Site.OpenAsync(engine, _devices, _options, cancel));
            sites.Add(site);
            await AddAsync(site, cancel);
        }
        if (_options.WithPeers)
        {
            var victoria = open.Keep(await Peer.StartVictoriaAsync(_options, cancel));
            await AddVictoriaAsync(victoria, sites[0].Fleet, cancel);
            var influx = open.Keep(await Peer.StartInfluxAsync(_options, cancel));
            AddInflux(influx, sites[0].Fleet);
        }
        foreach (var contenders in (List<Contender>[])[_device, _fleet, _latest, _history])
        {
            Contender.Race(contenders, _options, cancel);
        }
        Tell();
        foreach (var site in sites)
        {
            await finish(site, cancel);
        }
        var finding = new Finding(
            _name, $"{_devices} devices, {_days.Length} days of minutes, one connection",
            [.. _device, .. _fleet, .. _latest, .. _history], _figures);
        return finding with { Faults = [.. finding.Faults, .. _faults] };
    }

    private async Task AddAsync(Site site, CancellationToken cancel)
    {
        var load = new ImportLoad(site.Server.Address, site.Fleet, site.Token, _until);
        var loaded = load.Run(TimeSpan.FromHours(1), _days.Length);
        if (loaded.Refused.Count > 0 || loaded.Records != _days.Length * (long)MinutesADay * _devices)
        {
            _faults.Add($"{site.Engine}: not every record was imported.");
        }
        _figures.Add(Figure.Told($"{site.Engine}: imported", loaded.Records, "records"));
        _figures.Add(Figure.Told(
            $"{site.Engine}: imported a second", loaded.Records / loaded.Elapsed.TotalSeconds, "records/s"));
        string[] device = [.. EachDeviceAndDay(site.Fleet, (one, day) =>
            $"/devices/{one}/states/aggregates?interval=PT30M&{Range(day)}")];
        Check(site.Engine, ReadMeans(await site.Server.GetAsync(device[0], new("Bearer", site.Token), cancel)));
        Add(_device, "device", device);
        Add(_fleet, "fleet", [.. _days.Select(day => $"/device-states/aggregates?interval=PT30M&{Range(day)}")]);
        var first = $"/device-states?limit={PageSize}";
        var later = Enumerable.Range(1, (_devices / PageSize) - 1)
            .Select(page => $"{first}&starting_after={site.Fleet.Devices[^(page * PageSize)]}");
        Add(_latest, "latest", [first, .. later]);
        Add(_history, "history", [.. site.Fleet.Devices.Select(one => $"/devices/{one}/states?limit={PageSize}")]);

        void Add(List<Contender> contenders, string question, string[] paths) => contenders.Add(
            Contender.Of($"{site.Engine}: {question}", site.Server, new PathRequests(paths, site.Token), 1));
    }

    private async Task AddVictoriaAsync(ServerProcess victoria, Fleet fleet, CancellationToken cancel)
    {
        Peer.Load(victoria.Address, fleet, _until, _days.Length);
        await victoria.GetAsync("/internal/force_flush", null, cancel);
        string[] device = [.. EachDeviceAndDay(fleet, PeerQueries.VictoriaDevice)];
        Check(Peer.Victoria, PeerQueries.ReadVictoria(await victoria.GetAsync(device[0], null, cancel)));
        Add(_device, "device, mean charge", device);
        Add(_device, "device, 9 figures", EachDeviceAndDay(fleet, PeerQueries.VictoriaDeviceFigures));
        Add(_fleet, "fleet, power", _days.Select(PeerQueries.VictoriaFleetPower));
        Add(_fleet, "fleet, power and charge", _days.Select(PeerQueries.VictoriaFleet));

        void Add(List<Contender> contenders, string question, IEnumerable<string> paths) =>
            contenders.Add(Contender.Of($"{Peer.Victoria}: {question}", victoria, new PathRequests(paths, null), 1));
    }

    private void AddInflux(ServerProcess influx, Fleet fleet)
    {
        Peer.Load(influx.Address, fleet, _until, _days.Length);
        var paths = EachDeviceAndDay(fleet, PeerQueries.InfluxDevice);
        _device.Add(Contender.Of($"{Peer.Influx}: device, mean charge", influx, new PathRequests(paths, null), 1));
    }

    private void Tell()
    {
        Compare(_device, "one device, 24 h → 48", 1);
        Compare(_fleet, $"{_devices} devices, 24 h → 48", 1.5);
        _figures.AddRange(_latest.Select(one => Figure.AtMost(
            50, $"{one.Name} of {_devices}, {_devices / PageSize} pages",
            Milliseconds(one) * _devices / PageSize, "ms")));
        _figures.AddRange(_history.Select(
            one => Figure.Told($"{one.Name}, newest {PageSize}", Milliseconds(one), "ms")));

        // What is to be reached is told against the peer's cheapest question.
        void Compare(List<Contender> contenders, string question, double limit)
        {
            var ours = contenders.Take(_options.Engines.Count).ToArray();
            _figures.AddRange(ours.Select(one => Figure.Told($"{one.Name}, p50", Milliseconds(one), "ms")));
            foreach (var peer in contenders.Skip(ours.Length))
            {
                var isVictoria = peer.Name.StartsWith(Peer.Victoria, StringComparison.Ordinal);
                _figures.AddRange(
                    from one in ours
                    let ratio = Ratio.Of(one, peer, round => round.MedianMilliseconds ?? 0)
                    let name = $"{question}, p50: {one.Name} / {peer.Name}"
                    select isVictoria ? Figure.AtMost(limit, name, ratio) : Figure.Told(name, ratio));
            }
        }
    }

    private async Task RetainAsync(Site site, CancellationToken cancel)
    {
        var before = await site.Store.MeasureAtRestAsync(cancel);
        await site.RunCommandAsync(["accounts", "retain", $"{site.Fleet.Account}", $"{RetainedDays}"], cancel);
        var start = TimeProvider.System.GetTimestamp();
        var most = (RetainedDays + 1L) * MinutesADay * _devices;
        while (await site.Store.CountStatesAsync(cancel) > most)
        {
            await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System, cancel);
        }
        var erased = TimeProvider.System.GetElapsedTime(start);
        var after = await site.Store.MeasureAtRestAsync(cancel);
        _figures.Add(Figure.Told($"{site.Engine}: on the disk", before / BytesOfMebibyte, "MiB"));
        _figures.Add(Figure.Told($"{site.Engine}: erased but for {RetainedDays} days in", erased.TotalSeconds, "s"));
        _figures.Add(Figure.Told($"{site.Engine}: on the disk then", after / BytesOfMebibyte, "MiB"));
        _figures.Add(Figure.AtMost(
            MostOfSpaceLeft, $"{site.Engine}: space then, of that before", after / (double)before));
        _figures.Add(Figure.AtMost(
            600, $"{site.Engine}: memory at the most", site.Server.MostResidentMebibytes, "MiB"));
    }

    // Every contender must tell what the others tell, or the comparison is one of different work.
    private void Check(string name, double[] means)
    {
        _means ??= means;
        if (means.Length != HalfHours || means.Zip(_means).Any(pair => Math.Abs(pair.First - pair.Second) > Tolerance))
        {
            _faults.Add($"{name}: the means of a device's half-hours are others.");
        }
    }

    private IEnumerable<string> EachDeviceAndDay(Fleet fleet, Func<DeviceId, DateTimeOffset, string> path)
    {
        DeviceId[] devices = [.. fleet.Devices];
        new Random(1).Shuffle(devices);
        return _days.SelectMany(day => devices.Select(device => path(device, day)));
    }

    private static string Range(DateTimeOffset day) =>
        $"start_time={Instant.Format(day)}&end_time={Instant.Format(day.AddDays(1))}";

    private static double Milliseconds(Contender one) => one.Median(round => round.MedianMilliseconds ?? 0);

    private static double[] ReadMeans(byte[] answer)
    {
        using var json = JsonDocument.Parse(answer);
        return [.. json.RootElement.GetProperty("data").EnumerateArray()
            .Select(bucket => bucket.GetProperty("state_of_charge_percent").GetProperty("mean").GetDouble())];
    }
}
