using System.Net;

namespace Plateau.Bench;

/// <summary>Databases for series of readings that are measured beside, each with a folder of its own.</summary>
internal static class Peer
{
    /// <summary>The report's name of InfluxDB.</summary>
    public const string Influx = "influxdb";

    /// <summary>The report's name of VictoriaMetrics.</summary>
    public const string Victoria = "victoria-metrics";

    /// <summary>Starts InfluxDB with a database <c>bench</c>, as Debian configures it but for places.</summary>
    public static async Task<ServerProcess> StartInfluxAsync(BenchOptions options, CancellationToken cancel)
    {
        var folder = options.NewFolder();
        Directory.CreateDirectory(folder);
        var address = BenchOptions.NewAddress();
        var settings = Path.Combine(folder, "influxdb.conf");
        await File.WriteAllTextAsync(settings, $"""
            reporting-disabled = true
            bind-address = "{BenchOptions.NewAddress()}"
            [meta]
              dir = "{folder}/meta"
            [data]
              dir = "{folder}/data"
              wal-dir = "{folder}/wal"
              query-log-enabled = false
            [http]
              bind-address = "{address}"
              log-enabled = false
            [logging]
              level = "error"
            [monitor]
              store-enabled = false
            """, cancel);
        var server = await ServerProcess.StartAsync("influxd", ["-config", settings], address, "/ping", null, cancel);
        using var http = new HttpClient();
        using var answer = await http.PostAsync(
            new Uri($"http://{address}/query?q=CREATE+DATABASE+bench"), null, cancel);
        answer.EnsureSuccessStatusCode();
        return server;
    }

    /// <summary>Starts VictoriaMetrics, as Debian configures it but for folder and port.</summary>
    public static Task<ServerProcess> StartVictoriaAsync(BenchOptions options, CancellationToken cancel)
    {
        var address = BenchOptions.NewAddress();
        return ServerProcess.StartAsync(
            "victoria-metrics",
            ["-storageDataPath", options.NewFolder(), "-httpListenAddr", address.ToString(), "-loggerLevel", "ERROR",
                "-retentionPeriod", "100y"],
            address, "/health", null, cancel);
    }

    /// <summary>Loads past days of a fleet through the line protocol.</summary>
    public static void Load(IPEndPoint address, Fleet fleet, DateTimeOffset until, int days)
    {
        var load = new PastStates(fleet, null, until, SubmissionForm.Lines) { DevicesAtOnce = 5, MostDays = days };
        var result = HttpLoad.Run(address, load, connections: 2, TimeSpan.FromHours(1));
        var wanted = (long)fleet.Devices.Count * 1440 * days;
        if (result.Records != wanted)
        {
            throw new InvalidOperationException($"{address} took {result.Records} of {wanted} records.");
        }
    }
}
