using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Plateau.Contracts;

namespace Plateau.Bench;

/// <summary>
/// Compares the server with the least a server could do, in interleaved rounds: listing with sending the same bytes,
/// submitting with the same pipeline without a store.
/// </summary>
internal static class Comparison
{
    private const int FleetSize = 100_000;
    private const int Submitting = 1_000;
    private const int WarmUpSeconds = 8;
    private const string Real = "http://127.0.0.1:5191";
    private const string Static = "http://127.0.0.1:5192";
    private const string Nothing = "http://127.0.0.1:5193";

    private sealed record Case(string Name, string Url, string Script, int Connections, Process Server, List<Load> Loads);

    public static async Task RunAsync(string engine, string data, string postgres, int seconds, int rounds)
    {
        var settings = new Dictionary<string, string?>
        {
            ["Plateau:Storage:DataDirectory"] = data,
            ["Plateau:Storage:Postgres"] = postgres.Length == 0 ? null : postgres,
        };
        Fleet fleet;
        await using (var app = BenchServer.BuildPlateau("http://127.0.0.1:0", settings, keepsNothing: false))
        {
            fleet = await Fleet.CreateAsync(app.Services, FleetSize);
        }
        var arguments = settings.Where(pair => pair.Value is not null).SelectMany(pair => new[] { pair.Key, pair.Value! }).ToArray();
        var real = Start("plateau", Real, arguments);
        var nothing = Start("nothing", Nothing, arguments);
        Process? bytes = null;
        try
        {
            var token = await SignInAsync(fleet);
            var firstPage = "/devices?limit=100";
            var lastPage = $"/devices?limit=100&starting_after={fleet.Devices[FleetSize - (999 * 100)]}";
            var page = Path.Combine(data, "page.json");
            await File.WriteAllBytesAsync(page, await GetAsync(token, firstPage));
            bytes = Start("static", Static, page);
            await ReadyAsync(Static + "/");
            Case[] cases =
            [
                new("list, page 1", Real, Script(data, "list-first", ListScript(token, firstPage)), 32, real, []),
                new("list, page 1000", Real, Script(data, "list-last", ListScript(token, lastPage)), 32, real, []),
                new("list, static bytes", Static, Script(data, "list-static", ListScript(token, firstPage)), 32, bytes, []),
                new("submit", Real, Script(data, "submit", SubmitScript(token, fleet)), 128, real, []),
                new("submit, no store", Nothing, Script(data, "submit-nothing", SubmitScript(token, fleet)), 128, nothing, []),
            ];
            foreach (var one in cases)
            {
                await RunAsync(one, "w", WarmUpSeconds);
            }
            for (var round = 0; round < rounds; round++)
            {
                foreach (var one in cases)
                {
                    one.Loads.Add(await RunAsync(one, $"r{round}", seconds));
                }
            }
            Print(engine, cases);
        }
        finally
        {
            foreach (var server in (Process?[])[real, nothing, bytes])
            {
                server?.Kill();
                server?.Dispose();
            }
        }
    }

    private static Task<Load> RunAsync(Case one, string run, int seconds) =>
        Load.RunAsync(one.Url, one.Script, run, one.Connections, seconds, one.Server.Id);

    private static void Print(string engine, Case[] cases)
    {
        Console.WriteLine($"{engine,-10} {"",-20} {"answers/s",10} {"p50 ms",8} {"server µs",10} {"postgres µs",12} {"bad",5}");
        foreach (var one in cases)
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{"",-10} {one.Name,-20} {Median(one, load => load.PerSecond),10:F0} {Median(one, load => load.MedianMilliseconds),8:F2} "
                + $"{Median(one, load => load.ServerMicroseconds),10:F0} {Median(one, load => load.PostgresMicroseconds),12:F0} {one.Loads.Sum(load => load.Bad),5}"));
        }
        PrintRatio("page 1000 / page 1", cases[1], cases[0]);
        PrintRatio("list / static bytes", cases[0], cases[2]);
        PrintRatio("submit / no store", cases[3], cases[4]);
    }

    private static void PrintRatio(string name, Case one, Case other)
    {
        var ratios = one.Loads.Zip(other.Loads, (a, b) => a.PerSecond / b.PerSecond).Order().ToArray();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{"",-10} {name,-20} {ratios[ratios.Length / 2]:F2} (each round: {string.Join(' ', ratios.Select(ratio => ratio.ToString("F2", CultureInfo.InvariantCulture)))})"));
    }

    private static double Median(Case one, Func<Load, double> value)
    {
        var sorted = one.Loads.Select(value).Order().ToArray();
        return sorted[sorted.Length / 2];
    }

    private static string Script(string data, string name, string text)
    {
        var file = Path.Combine(data, name + ".lua");
        File.WriteAllText(file, text);
        return file;
    }

    private static string ListScript(string token, string path) => $$"""
        local request_bytes
        function init() request_bytes = wrk.format("GET", "{{path}}", {["Authorization"]="Bearer {{token}}"}) end
        function request() return request_bytes end
        """;

    // Every request is another record: its reference names the run and a counter, its time moves on by 7 ms.
    private static string SubmitScript(string token, Fleet fleet) => $$"""
        local devices = { {{string.Join(',', fleet.Devices.Take(Submitting).Select(device => $"\"{device}\""))}} }
        local headers = {["Authorization"]="Bearer {{token}}", ["Content-Type"]="application/json"}
        local run, n = "", 0
        function init(args) run = args[1] end
        function request()
          n = n + 1
          local ms = n * 7
          local s = math.floor(ms / 1000)
          local body = string.format('{"location_id":"{{fleet.Location}}","time":"2026-01-02T%02d:%02d:%02d.%03dZ","state_of_charge_percent":%d.%d,"target_state_of_charge_percent":80,"battery_power_kw":-3.4,"energy_remaining_kwh":8.3,"backup_reserve_percent":20,"record_reference_id":"%s-%d"}',
            math.floor(s / 3600) % 24, math.floor(s / 60) % 60, s % 60, ms % 1000, n % 100, n % 10, run, n)
          return wrk.format("PUT", "/devices/" .. devices[(n * 7919) % {{Submitting}} + 1] .. "/state", headers, body)
        end
        """;

    private static Process Start(string mode, string url, params string[] rest)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!, ["server", mode, url, .. rest]);
        return Process.Start(start) ?? throw new InvalidOperationException("The server does not start.");
    }

    private static async Task<string> SignInAsync(Fleet fleet)
    {
        await ReadyAsync(Real + "/health/ready");
        await ReadyAsync(Nothing + "/health/ready");
        using var http = new HttpClient();
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{fleet.Account}:{fleet.Secret}")));
        var answer = await http.GetByteArrayAsync(new Uri(Real + "/login"));
        return JsonSerializer.Deserialize(answer, ContractsJsonContext.Default.AccessToken)!.BearerToken;
    }

    private static async Task<byte[]> GetAsync(string token, string path)
    {
        using var http = new HttpClient();
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return await http.GetByteArrayAsync(new Uri(Real + path));
    }

    private static async Task ReadyAsync(string url)
    {
        using var http = new HttpClient();
        for (var attempt = 0; attempt < 100; attempt++)
        {
            try
            {
                if ((await http.GetAsync(new Uri(url))).IsSuccessStatusCode)
                {
                    return;
                }
            }
            catch (HttpRequestException)
            {
                // not listening yet
            }
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
        }
        throw new TimeoutException($"{url} does not answer.");
    }
}
