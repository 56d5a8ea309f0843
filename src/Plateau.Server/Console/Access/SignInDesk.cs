using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Plateau.Client;
using Plateau.Contracts;

namespace Plateau.Server.WebConsole;

/// <summary>Exchanges account id and secret key for a token, at the API's own door. The key is kept nowhere.</summary>
internal sealed class SignInDesk(InProcessServer server, TimeProvider clock)
{
    /// <summary>Tries to sign a visitor in, whose browser then has the cookie.</summary>
    /// <returns>Null when it is done, else why not.</returns>
    public async Task<SignInFault?> TryAsync(
        HttpContext visitor, string accountId, string secretKey, CancellationToken cancel)
    {
        using var http = InProcessHandler.NewClient(server, visitor.Connection.RemoteIpAddress);
        using var request = new HttpRequestMessage(HttpMethod.Get, "login");
        request.Headers.Authorization = new AuthenticationHeaderValue(
            "Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{accountId}:{secretKey}")));
        using var answer = await http.SendAsync(request, cancel);
        if (!answer.IsSuccessStatusCode)
        {
            var error = await answer.Content.ReadFromJsonAsync(ContractsJsonContext.Default.ErrorObject, cancel);
            return new SignInFault(answer.StatusCode, answer.Headers.RetryAfter?.Delta, error?.Message);
        }
        var token = JsonSerializer.Deserialize(
            await answer.Content.ReadAsByteArrayAsync(cancel), ContractsJsonContext.Default.AccessToken)
            ?? throw new JsonException("The sign-in was answered with nothing.");
        using var client = ConsoleClient.Create(token.BearerToken, http);
        try
        {
            await ConsoleAccess.SignInAsync(
                visitor, token, await client.Account.GetAsync(cancel), clock.GetUtcNow());
            return null;
        }
        catch (PlateauException fault)
        {
            return new SignInFault(fault.Status ?? HttpStatusCode.ServiceUnavailable, RetryAfter: null, fault.Message);
        }
    }
}

/// <summary>Why a sign-in did not succeed.</summary>
/// <param name="Status">The API's answer: 401, 403, 429 or 503.</param>
/// <param name="RetryAfter">How long to wait; null when not told.</param>
/// <param name="Message">Why, in the API's words; null when not told.</param>
internal sealed record SignInFault(HttpStatusCode Status, TimeSpan? RetryAfter, string? Message);
