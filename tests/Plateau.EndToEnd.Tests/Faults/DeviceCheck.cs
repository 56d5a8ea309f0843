using System.Net;
using System.Text.Json.Nodes;
using Plateau.Contracts;

namespace Plateau.EndToEnd.Tests.Faults;

/// <summary>Compares what is read of a device with what must be there.</summary>
/// <param name="caller">Who reads.</param>
/// <param name="isFinal">
/// Whether erasures are over. Before, what is erased may still be seen, and pages may be torn by it.
/// </param>
internal sealed class DeviceCheck(PatientCaller caller, bool isFinal)
{
    private const int Page = 100;

    /// <summary>The whole history: every kept record once with its values, and nothing else.</summary>
    public async Task HistoryAsync(ModelDevice device)
    {
        var isErasing = !isFinal && device.Records.Exists(record => record.Fate == Fate.Erased);
        var seen = new HashSet<int>();
        var (last, hasMore) = ((JsonNode?)null, true);
        while (hasMore)
        {
            var cursor = last is null ? "" : $"&starting_after={last["id"]}";
            var (answer, _) = await caller.SendAsync("history page", () => Get(device, $"states?limit={Page}{cursor}"));
            if (isErasing && answer.Status != HttpStatusCode.OK)
            {
                return; // the record of the cursor is gone
            }
            Assert.True(answer.Status == HttpStatusCode.OK, $"{device.Id}: {answer.Text}");
            foreach (var read in answer.Body["data"]!.AsArray())
            {
                Meet(device, read!, seen);
                Assert.True(
                    last is null || TimeOf(read!) <= TimeOf(last),
                    $"{device.Id}: {read!.ToJsonString()} stands after {last?.ToJsonString()}.");
                last = read;
            }
            hasMore = answer.Body["has_more"]!.GetValue<bool>();
        }
        var missing = device.Kept.Where(record => !seen.Contains(record.Serial)).ToList();
        Assert.True(
            missing.Count == 0,
            $"{device.Id}: {missing.Count} of {device.Kept.Count()} answered records are missing, such as "
            + $"{missing.FirstOrDefault()}.");
        if (isFinal)
        {
            // What became of a record that nobody heard of is now seen, and is how it must stay.
            device.Records.FindAll(record => record.Fate == Fate.Open)
                .ForEach(record => record.Fate = seen.Contains(record.Serial) ? Fate.Kept : Fate.Refused);
        }
    }

    /// <summary>The latest record.</summary>
    public async Task LatestAsync(ModelDevice device)
    {
        var (answer, _) = await caller.SendAsync("latest", () => Get(device, "state"));
        var newest = device.Kept.MaxBy(record => record.Time);
        if (answer.Status == HttpStatusCode.NotFound)
        {
            Assert.True(newest is null, $"{device.Id} has no latest record; {newest} is kept.");
            return;
        }
        Assert.True(answer.Status == HttpStatusCode.OK, $"{device.Id}: {answer.Text}");
        Meet(device, answer.Body, []);
        Assert.True(
            newest is null || TimeOf(answer.Body) >= newest.Time,
            $"{device.Id}: the latest is {answer.Text}, but {newest} is kept.");
    }

    /// <summary>
    /// Half-hours of some days, against sums made the plain way. Everything of the device must be known.
    /// </summary>
    public async Task AggregatesAsync(ModelDevice device, DateTimeOffset start, int days)
    {
        var query = $"interval=PT30M&start_time={Instant.Format(start)}&end_time={Instant.Format(start.AddDays(days))}";
        var (answer, _) = await caller.SendAsync("aggregates", () => Get(device, $"states/aggregates?{query}"));
        Assert.True(answer.Status == HttpStatusCode.OK, $"{device.Id}: {answer.Text}");
        PlainSample[] samples =
        [
            .. device.Kept.OrderBy(record => record.Time).ThenBy(record => record.Id, StringComparer.Ordinal)
                .Select(record => new PlainSample(record.Time, record.Charge, record.Power)),
        ];
        foreach (var bucket in answer.Body["data"]!.AsArray())
        {
            try
            {
                PlainAggregates.AssertBucket(bucket!, samples);
            }
            catch (Xunit.Sdk.XunitException exception)
            {
                Assert.Fail(
                    $"{device.Id}: {bucket!.ToJsonString()} is not the sum of its records: {exception.Message}");
            }
        }
    }

    private void Meet(ModelDevice device, JsonNode read, HashSet<int> seen)
    {
        var serial = (int)read["energy_remaining_kwh"]!.GetValue<double>();
        Assert.True(serial < device.Records.Count, $"{device.Id}: {read.ToJsonString()} was never sent.");
        var record = device.Records[serial];
        var text = read.ToJsonString();
        Assert.True(seen.Add(serial), $"{device.Id}: {text} is there twice.");
        Assert.True(record.Fate != Fate.Refused, $"{device.Id}: {text} was refused and is there.");
        Assert.True(
            record.Fate != Fate.Erased || !isFinal, $"{device.Id}: {text} was erased and is there; {record}");
        var difference = record.Compare(read);
        Assert.True(difference is null, $"{device.Id}: {text} is not what was sent: {difference}.");
        if (record.Fate == Fate.Kept)
        {
            (record.Id, record.TimeCreated) = ((string?)read["id"], (string?)read["time_created"]);
        }
    }

    private static DateTimeOffset TimeOf(JsonNode state) =>
        Instant.TryParse((string?)state["time"], out var time) ? time : throw new FormatException(state.ToJsonString());

    private static HttpRequestMessage Get(ModelDevice device, string what) =>
        new(HttpMethod.Get, $"/devices/{device.Id}/{what}");
}
