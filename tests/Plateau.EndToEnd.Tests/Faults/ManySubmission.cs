using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace Plateau.EndToEnd.Tests.Faults;

/// <summary>
/// Submits many records in one request, right and wrong, new and repeated, and notes what became of each.
/// </summary>
internal sealed class ManySubmission(PatientCaller caller, Random chance, Tally tally)
{
    private const int MostOfABatch = 60;
    private const int MostOfAnImport = 300;

    /// <summary>A batch of any times.</summary>
    public async Task BatchAsync(List<ModelDevice> devices)
    {
        var items = Gather(devices, chance.Next(1, MostOfABatch), () => ModelDevice.SomeTime(chance));
        var body = $$"""{"data":[{{string.Join(',', items.Select(one => one.Record.ToBody(one.Device.Id)))}}]}""";
        // Whatever of it the store was away for is sent again, with all the rest.
        var (answer, isFirst) = await caller.SendAsync(
            "batch", () => ApiClient.WithBody(HttpMethod.Post, "/device-states", body), IsDecided);
        Assert.True(answer.Status == HttpStatusCode.OK, answer.Text);
        Note(items, answer.Body, answer.Body["failed_records"]!.AsArray(), isFirst);

        static bool IsDecided(ApiAnswer answer) =>
            !answer.Text.Contains("storage_unavailable", StringComparison.Ordinal);
    }

    /// <summary>An import of a few past days, which are packed at once where they have enough records.</summary>
    public async Task ImportAsync(List<ModelDevice> devices)
    {
        DateTimeOffset[] days =
            [.. Enumerable.Range(0, chance.Next(1, 4)).Select(_ => ModelDevice.SomePastDay(chance))];
        var items = Gather(devices, chance.Next(1, MostOfAnImport), () =>
            ModelDevice.SomeTimeOf(days[chance.Next(days.Length)], chance));
        var body = Encoding.UTF8.GetBytes(string.Join('\n', items.Select(one => one.Record.ToBody(one.Device.Id))));
        var (answer, isFirst) = await caller.SendAsync("import", () => Import(body), IsComplete);
        Assert.True(answer.Status == HttpStatusCode.OK, answer.Text);
        var lines = Lines(answer);
        JsonNode[] failed = [.. lines.SelectMany(line => line["failed_records"]!.AsArray()).Select(one => one!)];
        Note(items, lines[^1], [.. failed.Select(one => one.DeepClone())], isFirst);

        static bool IsComplete(ApiAnswer answer) =>
            answer.Status != HttpStatusCode.OK || (string?)Lines(answer)[^1]["status"] == "completed";
    }

    private List<(ModelDevice Device, ModelRecord Record)> Gather(
        List<ModelDevice> devices, int many, Func<DateTimeOffset> time)
    {
        // Both of an import's days and devices are few, so that there is something to pack at once.
        var among = devices.Shuffle(chance)[..chance.Next(1, devices.Count + 1)];
        var items = new List<(ModelDevice Device, ModelRecord Record)>();
        var repeated = new HashSet<ModelRecord>(ReferenceEqualityComparer.Instance);
        for (var index = 0; index < many; index++)
        {
            var device = among[chance.Next(among.Length)];
            var choice = chance.Next(100);
            if (choice < 8 && device.SomeKept(chance) is { } kept)
            {
                // Not twice: among the records of one request the sums could not be told apart.
                if (repeated.Add(kept))
                {
                    items.Add((device, choice < 5 ? kept : device.AddConflicting(kept)));
                }
            }
            else
            {
                items.Add((device, choice < 10 ? device.AddWrong(chance) : device.Add(time(), chance)));
            }
        }
        return items;
    }

    private void Note(
        List<(ModelDevice Device, ModelRecord Record)> items, JsonNode sums, JsonArray failed, bool isFirst)
    {
        var codes = failed.ToDictionary(one => one!["record_num"]!.GetValue<int>(), one => (string?)one!["code"]);
        var repeated = items.Count(one => one.Record.Fate == Fate.Kept);
        for (var index = 0; index < items.Count; index++)
        {
            var (device, record) = items[index];
            var code = codes.GetValueOrDefault(index);
            Assert.True(code == record.Fault, $"{device.Id}: {record} was answered {code ?? "as kept"} in {sums}");
            record.Fate = code is null ? Fate.Kept : Fate.Refused;
        }
        var accepted = sums["records_accepted"]!.GetValue<int>();
        var replayed = sums["records_replayed"]!.GetValue<int>();
        var right = items.Count - codes.Count;
        tally.Add("records in batches and imports", items.Count);
        Assert.True(
            isFirst ? (accepted, replayed) == (right - repeated, repeated) : accepted + replayed == right,
            $"Of {right} right records, {repeated} of them repeated, {accepted} were accepted and {replayed} replayed: "
            + sums.ToJsonString());
    }

    private static HttpRequestMessage Import(byte[] body)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/device-states/import")
        {
            Content = new ByteArrayContent(body),
        };
        request.Content.Headers.ContentType = new("application/x-ndjson");
        return request;
    }

    private static List<JsonNode> Lines(ApiAnswer answer) =>
        [.. answer.Text.TrimEnd('\n').Split('\n').Select(line => JsonNode.Parse(line)!)];
}
