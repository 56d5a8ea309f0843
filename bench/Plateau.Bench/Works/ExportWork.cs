using System.Net.Http.Headers;
using System.Text.Json.Nodes;

namespace Plateau.Bench;

/// <summary>A customer's records in by the import and out by the export, and what memory that takes.</summary>
internal static class ExportWork
{
    private const int Devices = 100;
    private const int MinutesADay = 1440;

    public static async Task<Finding> RunAsync(BenchOptions options, CancellationToken cancel)
    {
        List<Figure> figures = [];
        List<string> faults = [];
        var until = new DateTimeOffset(TimeProvider.System.GetUtcNow().UtcDateTime.Date.AddDays(-1), TimeSpan.Zero);
        var records = options.ExportedDays * (long)MinutesADay * Devices;
        foreach (var engine in options.Engines)
        {
            await using var site = await Site.OpenAsync(engine, Devices, options, cancel);
            using var http = new HttpClient { BaseAddress = new Uri($"http://{site.Server.Address}") };
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", site.Token);
            var customer = await GiveToCustomerAsync(http, site.Fleet, cancel);

            var load = new ImportLoad(site.Server.Address, site.Fleet, site.Token, until);
            var imported = load.Run(TimeSpan.FromHours(1), options.ExportedDays);
            figures.Add(Figure.Told($"{engine}: imported", imported.Records, "records"));
            figures.Add(Figure.Told(
                $"{engine}: imported a second", imported.Records / imported.Elapsed.TotalSeconds, "records/s"));
            figures.Add(Figure.AtMost(300, $"{engine}: memory by then", site.Server.MostResidentMebibytes, "MiB"));

            var start = TimeProvider.System.GetTimestamp();
            var (lines, bytes) = await ExportAsync(http, customer, cancel);
            var elapsed = TimeProvider.System.GetElapsedTime(start);
            figures.Add(Figure.Told($"{engine}: exported", lines, "lines"));
            figures.Add(Figure.Told($"{engine}: exported a second", lines / elapsed.TotalSeconds, "lines/s"));
            figures.Add(Figure.Told($"{engine}: exported a second", bytes / elapsed.TotalSeconds / 1e6, "MB/s"));
            figures.Add(Figure.AtMost(
                300, $"{engine}: memory at the most", site.Server.MostResidentMebibytes, "MiB"));
            // Beside the records there are the customer, the location and the devices.
            if (imported.Records != records || lines != records + Devices + 2)
            {
                faults.Add($"{engine}: {records} records were sent, {imported.Records} kept, {lines} lines exported.");
            }
        }
        return new Finding("export", $"{Devices} devices, {options.ExportedDays} days of minutes", [], figures)
        {
            Faults = faults,
        };
    }

    private static async Task<string> GiveToCustomerAsync(HttpClient http, Fleet fleet, CancellationToken cancel)
    {
        using var created = await http.PostAsJsonAsync("/customers", new JsonObject(), cancel);
        created.EnsureSuccessStatusCode();
        var customer = (await created.Content.ReadFromJsonAsync<JsonObject>(cancel))?["id"]?.GetValue<string>()
            ?? throw new InvalidOperationException("The customer has no id.");
        using var content = JsonContent.Create(
            new JsonObject { ["customer_id"] = customer }, new MediaTypeHeaderValue("application/merge-patch+json"));
        using var patched = await http.PatchAsync($"/locations/{fleet.Location}", content, cancel);
        patched.EnsureSuccessStatusCode();
        return customer;
    }

    private static async Task<(long Lines, long Bytes)> ExportAsync(
        HttpClient http, string customer, CancellationToken cancel)
    {
        await using var body = await http.GetStreamAsync($"/customers/{customer}/export", cancel);
        var buffer = new byte[64 * 1024];
        var (lines, bytes) = (0L, 0L);
        while (await body.ReadAsync(buffer, cancel) is > 0 and var read)
        {
            lines += buffer.AsSpan(0, read).Count((byte)'\n');
            bytes += read;
        }
        return (lines, bytes);
    }
}
