using System.Net;

namespace Plateau.EndToEnd.Tests.Faults;

/// <summary>Repeats records that were answered: the first answer must come again.</summary>
internal static class RepeatCheck
{
    /// <summary>Repeats a record with a reference.</summary>
    public static async Task RepeatAsync(PatientCaller caller, ModelDevice device, ModelRecord record)
    {
        var (answer, _) = await caller.SendAsync(
            "repeat", () => ApiClient.WithBody(HttpMethod.Put, $"/devices/{device.Id}/state", record.ToBody()));
        Assert.True(answer.Status == HttpStatusCode.OK, $"{device.Id}: repeated {record}, answered {answer.Text}");
        Assert.True(answer.IsReplayed, $"{device.Id}: {record} was answered and is not in the store.");
        var (id, created) = ((string?)answer.Body["id"], (string?)answer.Body["time_created"]);
        Assert.True(
            id == (record.Id ?? id) && created == (record.TimeCreated ?? created),
            $"{device.Id}: {record} was repeated and got another answer: {answer.Text}");
    }
}
