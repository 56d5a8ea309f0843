using System.Net;

namespace Plateau.EndToEnd.Tests.Faults;

/// <summary>
/// Sends requests to whichever process chance says, and again until one is answered; now and then it hangs up by
/// itself.
/// </summary>
internal sealed class PatientCaller(ServerSlot[] slots, Random chance, Tally tally, CancellationToken failed)
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(60);

    /// <summary>Sends a request until it is answered.</summary>
    /// <param name="kind">What it is, for the counts.</param>
    /// <param name="request">Makes it anew for each try.</param>
    /// <param name="isAnswer">Whether what came is an answer; null: all but 401 and 503 are.</param>
    /// <returns>The answer, and whether it is that of the first try, so that none before it was heard.</returns>
    public async Task<(ApiAnswer Answer, bool IsFirst)> SendAsync(
        string kind, Func<HttpRequestMessage> request, Predicate<ApiAnswer>? isAnswer = null)
    {
        var began = TimeProvider.System.GetTimestamp();
        var isFirst = true;
        while (true)
        {
            tally.Add($"request: {kind}");
            var (answer, wasSent) = await TryAsync(kind, request);
            if (answer is not null && (isAnswer?.Invoke(answer) ?? true))
            {
                return (answer, isFirst);
            }
            isFirst &= !wasSent;
            tally.Add("request: not answered");
            Assert.True(
                TimeProvider.System.GetElapsedTime(began) < Limit,
                $"A request was not answered within {Limit}: {kind}, at last {answer?.Text ?? "nothing"}.");
            await Task.Delay(Pause, TimeProvider.System, failed);
        }
    }

    /// <summary>Sends a request once.</summary>
    /// <returns>The answer; null when none was heard.</returns>
    public async Task<ApiAnswer?> SendOnceAsync(string kind, Func<HttpRequestMessage> request)
    {
        tally.Add($"request: {kind}");
        return (await TryAsync(kind, request)).Answer;
    }

    private async Task<(ApiAnswer? Answer, bool WasSent)> TryAsync(
        string kind, Func<HttpRequestMessage> request)
    {
        if (slots[chance.Next(slots.Length)] is not { Client: { } client } slot)
        {
            return (null, false);
        }
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(failed);
        if (chance.Next(40) == 0)
        {
            patience.CancelAfter(TimeSpan.FromMilliseconds(chance.Next(1, 30)));
        }
        try
        {
            using var message = request();
            using var response = await client.Http.SendAsync(message, patience.Token);
            var answer = new ApiAnswer(response, await response.Content.ReadAsStringAsync(patience.Token));
            if (answer.Status == HttpStatusCode.Unauthorized)
            {
                await slot.SignInAgainAsync(client);
                return (null, false);
            }
            Assert.True(
                answer.Status != HttpStatusCode.InternalServerError, $"{kind}: the server failed: {answer.Text}");
            return answer.Status == HttpStatusCode.ServiceUnavailable ? (null, true) : (answer, true);
        }
        catch (Exception exception)
            when (exception is HttpRequestException or IOException or OperationCanceledException
                && !failed.IsCancellationRequested)
        {
            return (null, true);
        }
    }
}
