using Plateau.Client;
using Plateau.Contracts;

namespace Plateau.Server.Tests.Guide;

/// <summary>
/// The C# of the documents, compiled and run. What stands between two marks stands in a document word for word.
/// </summary>
internal static class Samples
{
#pragma warning disable RS0030 // a reader's program has the system's clock
    public static async Task FirstDevice(string address, string account, string key, TextWriter Console)
    {
        // <first-device>
        using var client = new PlateauClient(new PlateauClientOptions
        {
            BaseAddress = new Uri(address), AccountId = ObjectIdText.Parse<AccountId>(account), SecretKey = key,
        });
        var home = await client.Locations.CreateAsync(new LocationDraft
        {
            Timezone = "Europe/London", PostalAddress = new() { City = "London", CountryCode = "GB" },
        });
        var battery = await client.Devices.CreateAsync(new() { ReferenceId = "My battery", Locations = [home.Id] });
        await client.DeviceStates.SubmitAsync(battery.Id, new DeviceStateSubmission
        {
            LocationId = home.Id, Time = DateTimeOffset.UtcNow, StateOfChargePercent = 34.2,
            TargetStateOfChargePercent = 80, BatteryPowerKw = -3.4,
        });
        await foreach (var state in client.DeviceStates.HistoryAsync(battery.Id))
            Console.WriteLine($"{state.Time:u}: {state.StateOfChargePercent} %, {state.BatteryPowerKw} kW");
        // </first-device>
    }

    public static async Task<DeviceStateBatch> Batch(PlateauClient client, Device battery, Location home)
    {
        // <batch>
        var start = DateTimeOffset.UtcNow.AddHours(-1);
        var minutes = Enumerable.Range(0, 60).Select(minute => new DeviceStateBatchItem
        {
            DeviceId = battery.Id, LocationId = home.Id, Time = start.AddMinutes(minute),
            StateOfChargePercent = 50 + minute * 0.1, TargetStateOfChargePercent = 80, BatteryPowerKw = 1.2,
        });
        var answer = await client.DeviceStates.SubmitBatchAsync([.. minutes]);
        foreach (var failed in answer.FailedRecords)
            Console.Error.WriteLine($"{failed.RecordNum}: {failed.Code} {failed.Message}");
        // </batch>
        return answer;
    }

    public static async Task Import(PlateauClient client, IAsyncEnumerable<DeviceStateBatchItem> years)
    {
        // <import>
        await foreach (var progress in client.DeviceStates.ImportAsync(years))
            Console.Error.WriteLine($"{progress.RecordsDurable} kept, {progress.RecordsFailed} refused");
        // </import>
    }

    public static async Task<double?> Day(PlateauClient client, Device battery)
    {
        // <day>
        var today = new DateTimeOffset(DateTimeOffset.UtcNow.Date, TimeSpan.Zero);
        var day = await client.DeviceStates.AggregatesAsync(
            battery.Id, new AggregateRange(today, today.AddDays(1), "PT30M"));
        var chargedKwh = day.Data.Sum(bucket => bucket.EnergyChargedKwh);
        // </day>
        return chargedKwh;
    }

    public static async Task Follow(PlateauClient client, CancellationToken cancel)
    {
        // <follow>
        await foreach (var one in client.DeviceStates.StreamAsync(cancel: cancel))
        {
            if (one.State is { } state)
                Console.WriteLine($"{state.DeviceId} {state.StateOfChargePercent} %");
            else
                Console.Error.WriteLine($"States accepted since {one.GapSince:u} may be missing; read the history.");
        }
        // </follow>
    }

    public static async Task Withdraw(PlateauClient client, Device battery)
    {
        // <withdraw>
        await client.Devices.UpdateAsync(battery.Id, new() { Consents = new() { Telemetry = false } });
        try
        {
            await client.DeviceStates.LatestAsync(battery.Id);
        }
        catch (PlateauException refusal) when (refusal.Code == ErrorCodes.TelemetryConsentMissing)
        {
            Console.Error.WriteLine($"{refusal.Message} (request {refusal.RequestId})");
        }
        // </withdraw>
    }
#pragma warning restore RS0030
}
