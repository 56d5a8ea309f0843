using System.Globalization;
using System.Net;
using Plateau.Contracts;

namespace Plateau.EndToEnd.Tests.Faults;

/// <summary>
/// Does one thing after the other to a few devices of its own, so that what must be there is known to the record: what
/// was not answered is repeated before anything else happens to the device.
/// </summary>
internal sealed class Worker(
    int number, string[] locations, PatientCaller caller, ErasureGate erasures, Random chance, Tally tally)
{
    private const int DevicesAtOnce = 3;

    // What a history grows to before its device is deleted: reading it whole must stay quick.
    private const int MostRecords = 4_000;

    private readonly ManySubmission _many = new(caller, chance, tally);
    private readonly DeviceCheck _check = new(caller, isFinal: false);
    private int _created;

    /// <summary>Its devices.</summary>
    public List<ModelDevice> Devices { get; } = [];

    /// <summary>The devices it has deleted.</summary>
    public List<string> Deleted { get; } = [];

    /// <summary>Works until told to stop.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            if (Devices.Count < DevicesAtOnce)
            {
                Devices.Add(await CreateAsync());
            }
            var device = Devices[chance.Next(Devices.Count)];
            if (device.Records.Count > MostRecords)
            {
                await _check.HistoryAsync(device);
                await DeleteAsync(device);
                continue;
            }
            await StepAsync(device);
        }
        // However little chance has erased of it, every run erases something.
        if (Devices.Find(device => device.Kept.Any()) is { } last && last.SomeKept(chance) is { } kept)
        {
            await EraseAsync(last, kept.Time, kept.Time.AddSeconds(1));
        }
    }

    /// <summary>
    /// Ends the records of each device with one that has no power, so that no sum depends on the moment it is made.
    /// </summary>
    public async Task EndAsync()
    {
        foreach (var device in Devices)
        {
            var last = device.Add(ModelDevice.Now(), chance) with { Power = null };
            device.Records[^1] = last;
            await SubmitAsync(device, last);
        }
    }

    private Task StepAsync(ModelDevice device) => chance.Next(1_000) switch
    {
        < 400 => SubmitAsync(device, device.Add(ModelDevice.SomeTime(chance), chance)),
        < 430 => SubmitUnnamedAsync(device),
        < 530 => RepeatAsync(device),
        < 570 => ConflictAsync(device),
        < 620 => SubmitAsync(device, device.AddWrong(chance)),
        < 710 => _many.BatchAsync(Devices),
        < 780 => _many.ImportAsync(Devices),
        < 820 => _check.HistoryAsync(device),
        < 900 => _check.LatestAsync(device),
        < 940 => SumUpAsync(device),
        < 985 => EraseAsync(device),
        < 990 => SubmitToDeletedAsync(),
        < 995 => DeleteAsync(device),
        _ => Task.CompletedTask,
    };

    private async Task<ModelDevice> CreateAsync()
    {
        var key = string.Create(CultureInfo.InvariantCulture, $"worker-{number}-device-{_created++}");
        var (answer, _) = await caller.SendAsync("create device", () =>
        {
            var request = ApiClient.WithBody(HttpMethod.Post, "/devices", Some.Device);
            request.Headers.Add("Idempotency-Key", key);
            return request;
        });
        return new(answer.Created(), locations);
    }

    private async Task SubmitAsync(ModelDevice device, ModelRecord record)
    {
        var (answer, isFirst) = await caller.SendAsync("submit", () => Put(device.Id, record));
        if (answer.Status == HttpStatusCode.OK)
        {
            Assert.True(record.Fault is null, $"{device.Id}: {record} was answered {answer.Text}");
            Assert.False(isFirst && answer.IsReplayed, $"{device.Id}: {record} was sent once and called repeated.");
            record.Fate = Fate.Kept;
            record.Id = (string?)answer.Body["id"];
            record.TimeCreated = (string?)answer.Body["time_created"];
            return;
        }
        var code = Codes(answer);
        Assert.True(
            record.Fault is not null && code.Contains(record.Fault, StringComparison.Ordinal),
            $"{device.Id}: {record} was answered {answer.Text}");
        record.Fate = Fate.Refused;
    }

    // Without a reference it cannot be repeated, so without an answer it stays open.
    private async Task SubmitUnnamedAsync(ModelDevice device)
    {
        var record = device.Add(ModelDevice.SomeTime(chance), chance, hasReference: false);
        if (await caller.SendOnceAsync("submit, no reference", () => Put(device.Id, record)) is { } answer)
        {
            Assert.True(answer.Status == HttpStatusCode.OK, $"{device.Id}: {record} was answered {answer.Text}");
            record.Fate = Fate.Kept;
        }
    }

    private async Task RepeatAsync(ModelDevice device)
    {
        if (device.SomeKept(chance) is { } record)
        {
            await RepeatCheck.RepeatAsync(caller, device, record);
        }
    }

    private async Task ConflictAsync(ModelDevice device)
    {
        if (device.SomeKept(chance) is { } kept)
        {
            await SubmitAsync(device, device.AddConflicting(kept));
        }
    }

    private async Task SumUpAsync(ModelDevice device)
    {
        await _check.HistoryAsync(device);
        if (device.IsCertain)
        {
            await _check.AggregatesAsync(device, ModelDevice.SomePastDay(chance), 1);
        }
    }

    private Task EraseAsync(ModelDevice device)
    {
        var start = chance.Next(3) == 0
            ? ModelDevice.Now().AddMinutes(-chance.Next(1, 15))
            : ModelDevice.SomeTimeOf(ModelDevice.SomePastDay(chance), chance);
        return EraseAsync(device, start, start.AddMinutes(chance.Next(1, 3_000)));
    }

    private async Task EraseAsync(ModelDevice device, DateTimeOffset start, DateTimeOffset end)
    {
        if (!erasures.TryBegin())
        {
            return;
        }
        var range = $"start_time={Instant.Format(start)}&end_time={Instant.Format(end)}";
        var (answer, _) = await caller.SendAsync(
            "erase range", () => new(HttpMethod.Delete, $"/devices/{device.Id}/states?{range}"));
        Assert.True(answer.Status == HttpStatusCode.Accepted, $"{device.Id}: {answer.Text}");
        erasures.End();
        tally.Add("records erased", device.Erase(start, end));
    }

    private async Task DeleteAsync(ModelDevice device)
    {
        var (answer, isFirst) = await caller.SendAsync(
            "delete device", () => new(HttpMethod.Delete, $"/devices/{device.Id}"));
        Assert.True(
            answer.Status == HttpStatusCode.Accepted || (!isFirst && answer.Status == HttpStatusCode.NotFound),
            $"{device.Id}: {answer.Text}");
        Devices.Remove(device);
        Deleted.Add(device.Id);
    }

    private async Task SubmitToDeletedAsync()
    {
        if (Deleted.Count == 0)
        {
            return;
        }
        var id = Deleted[chance.Next(Deleted.Count)];
        var record = new ModelDevice(id, locations).Add(ModelDevice.SomeTime(chance), chance);
        var (answer, _) = await caller.SendAsync("submit to a deleted device", () => Put(id, record));
        answer.ShouldFail(HttpStatusCode.NotFound, ErrorCodes.DeviceNotFound);
    }

    private static HttpRequestMessage Put(string device, ModelRecord record) =>
        ApiClient.WithBody(HttpMethod.Put, $"/devices/{device}/state", record.ToBody());

    private static string Codes(ApiAnswer answer) => answer.Body["errors"] is { } errors
        ? string.Join(' ', errors.AsArray().Select(one => (string?)one!["code"]))
        : (string?)answer.Body["code"] ?? "";
}
