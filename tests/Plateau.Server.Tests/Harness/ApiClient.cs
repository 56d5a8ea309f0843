using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Plateau.Contracts;

namespace Plateau.Server.Tests;

/// <summary>Speaks the contract as bytes and JSON, so that tests see exactly what is on the wire.</summary>
internal sealed class ApiClient(HttpClient http)
{
    private const string Json = "application/json";

    public HttpClient Http => http;

    public async Task SignInAsync(AccountId account, string secret)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, "/login");
        request.Headers.Authorization = Basic(account.ToString(), secret);
        var answer = await SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, answer.Status);
        http.DefaultRequestHeaders.Authorization =
            new AuthenticationHeaderValue("Bearer", answer.Body["bearer_token"]!.GetValue<string>());
    }

    public static AuthenticationHeaderValue Basic(string account, string secret) =>
        new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{account}:{secret}")));

    public Task<ApiAnswer> GetAsync(string path) => SendAsync(new HttpRequestMessage(HttpMethod.Get, path));

    public Task<ApiAnswer> DeleteAsync(string path) => SendAsync(new HttpRequestMessage(HttpMethod.Delete, path));

    public Task<ApiAnswer> PostAsync(string path, string body, string? idempotencyKey = null)
    {
        var request = WithBody(HttpMethod.Post, path, body);
        if (idempotencyKey is not null)
        {
            request.Headers.TryAddWithoutValidation("Idempotency-Key", idempotencyKey);
        }
        return SendAsync(request);
    }

    public Task<ApiAnswer> PutAsync(string path, string body) => SendAsync(WithBody(HttpMethod.Put, path, body));

    public Task<ApiAnswer> PatchAsync(string path, string body) => SendAsync(WithBody(HttpMethod.Patch, path, body));

    public async Task<ApiAnswer> SendAsync(HttpRequestMessage request)
    {
        using var response = await http.SendAsync(request, TestContext.Current.CancellationToken);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return new ApiAnswer(response, text);
    }

    /// <summary>Makes a location and returns its id.</summary>
    public async Task<string> CreateLocationAsync(string? body = null) =>
        (await PostAsync("/locations", body ?? Some.Location)).Created();

    /// <summary>Makes a device and returns its id.</summary>
    public async Task<string> CreateDeviceAsync(string? body = null) =>
        (await PostAsync("/devices", body ?? Some.Device)).Created();

    public static HttpRequestMessage WithBody(HttpMethod method, string path, string body) =>
        new(method, path) { Content = new StringContent(body, Encoding.UTF8, Json) };
}

/// <summary>An answer with its body read.</summary>
internal sealed class ApiAnswer(HttpResponseMessage response, string text)
{
    public HttpStatusCode Status { get; } = response.StatusCode;
    public string Text { get; } = text;
    public JsonNode Body => JsonNode.Parse(Text)!;
    public HttpResponseHeaders Headers { get; } = response.Headers;
    public HttpContentHeaders ContentHeaders { get; } = response.Content.Headers;

    /// <summary>Whether the answer repeats an earlier one.</summary>
    public bool IsReplayed => Headers.TryGetValues("Idempotent-Replayed", out var values) && values.Single() == "true";

    /// <summary>The id of a created object.</summary>
    public string Created()
    {
        Assert.True(Status == HttpStatusCode.Created, Text);
        return Body["id"]!.GetValue<string>();
    }

    /// <summary>Checks a refusal: status, code, and that it is the contract's error object.</summary>
    public ErrorObject ShouldFail(HttpStatusCode status, string code)
    {
        Assert.True(Status == status, $"Expected {(int)status}, got {(int)Status}: {Text}");
        var error = JsonSerializer.Deserialize(Text, ContractsJsonContext.Default.ErrorObject)!;
        Assert.Equal("error", error.Object);
        Assert.Equal(code, error.Code);
        Assert.NotEmpty(error.RequestId);
        return error;
    }
}
