using System.Net;
using System.Text.RegularExpressions;
using Microsoft.Net.Http.Headers;

namespace Plateau.Server.Tests.WebConsole;

/// <summary>A browser without eyes: keeps cookies, follows nothing by itself, and fills in the sign-in form.</summary>
internal sealed partial class ConsoleVisitor(Uri address) : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false })
    {
        BaseAddress = address,
    };

    /// <summary>The cookies it was given, by name.</summary>
    public Dictionary<string, SetCookieHeaderValue> Cookies { get; } = [];

    /// <summary>Opens a page.</summary>
    public Task<ConsoleAnswer> GetAsync(string path) => SendAsync(new HttpRequestMessage(HttpMethod.Get, path));

    /// <summary>Opens the sign-in page, fills it in and sends it.</summary>
    public async Task<ConsoleAnswer> SignInAsync(string account, string secret, string path = "/console/sign-in")
    {
        var form = FormToken().Match((await GetAsync(path)).Text).Groups[1].Value;
        return await PostAsync(path, form, ("_handler", "sign-in"), ("Account", account), ("SecretKey", secret));
    }

    /// <summary>Sends a form.</summary>
    public Task<ConsoleAnswer> PostAsync(string path, string formToken, params (string Name, string Value)[] fields) =>
        SendAsync(new HttpRequestMessage(HttpMethod.Post, path)
        {
            Content = new FormUrlEncodedContent(fields.Append(("__RequestVerificationToken", formToken))
                .Select(field => KeyValuePair.Create(field.Item1, field.Item2))),
        });

    /// <summary>The token of a page's form.</summary>
    public static string FormTokenOf(string page) => FormToken().Match(page).Groups[1].Value;

    public void Dispose() => _http.Dispose();

    private async Task<ConsoleAnswer> SendAsync(HttpRequestMessage request)
    {
        if (Cookies.Count > 0)
        {
            request.Headers.Add("Cookie", string.Join("; ", Cookies.Values.Select(one => $"{one.Name}={one.Value}")));
        }
        using var answer = await _http.SendAsync(request, TestContext.Current.CancellationToken);
        foreach (var cookie in SetCookieHeaderValue.ParseList(
            answer.Headers.TryGetValues("Set-Cookie", out var values) ? [.. values] : []))
        {
            Cookies[cookie.Name.ToString()] = cookie;
            if (cookie.Value.Length == 0)
            {
                Cookies.Remove(cookie.Name.ToString());
            }
        }
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return new(answer.StatusCode, text, answer.Headers.Location?.OriginalString, answer);
    }

    [GeneratedRegex("name=\"__RequestVerificationToken\" value=\"([^\"]+)\"")]
    private static partial Regex FormToken();
}

/// <summary>A page, or where it leads.</summary>
internal sealed record ConsoleAnswer(HttpStatusCode Status, string Text, string? Location, HttpResponseMessage Message)
{
    /// <summary>The value of a header; null without it.</summary>
    public string? Header(string name) =>
        Message.Headers.TryGetValues(name, out var values) ? string.Join(',', values) : null;
}
