using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Plateau.Contracts;

namespace Plateau.Client.Transport;

/// <summary>Sends requests, repeats those that may be repeated, and turns every failure into one exception.</summary>
internal sealed class HttpSender(PlateauClientOptions options, HttpClient http)
{
    private readonly Uri _root = new(options.BaseAddress.AbsoluteUri.TrimEnd('/') + "/");

    /// <summary>Sends a request until it succeeds or must be given up.</summary>
    /// <exception cref="PlateauException">It did not succeed.</exception>
    public async Task<ApiAnswer<T>> SendAsync<T>(
        ApiRequest request, AuthenticationHeaderValue authorization, JsonTypeInfo<T> type, CancellationToken cancel)
    {
        var waited = TimeSpan.Zero;
        for (var attempt = 1; ; attempt++)
        {
            var result = await TryAsync(request, authorization, type, cancel);
            if (result.Fault is not { } fault)
            {
                return result.Answer;
            }
            if (!request.SafeToRepeat || !RetryRules.IsPassing(fault.Status)
                || RetryRules.NextWait(options, attempt, waited, result.AskedWait) is not { } wait)
            {
                throw fault;
            }
            await Task.Delay(wait, options.Clock, cancel);
            waited += wait;
        }
    }

    private async Task<Attempt<T>> TryAsync<T>(
        ApiRequest request, AuthenticationHeaderValue authorization, JsonTypeInfo<T> type, CancellationToken cancel)
    {
        using var message = ToMessage(request, authorization);
        try
        {
            using var response = await http.SendAsync(message, cancel);
            var body = await response.Content.ReadAsByteArrayAsync(cancel);
            if (response.IsSuccessStatusCode)
            {
                return Read(request, response, body, type);
            }
            return new(default, ToException(request, response, body), AskedWait(response));
        }
        catch (Exception fault) when (
            fault is HttpRequestException or IOException
            || (fault is OperationCanceledException && !cancel.IsCancellationRequested))
        {
            return new(default, Unanswered(request, fault), null);
        }
    }

    private HttpRequestMessage ToMessage(ApiRequest request, AuthenticationHeaderValue authorization)
    {
        var message = new HttpRequestMessage(request.Method, new Uri(_root, request.Path));
        message.Headers.Authorization = authorization;
        message.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        if (request.IdempotencyKey is { } key)
        {
            message.Headers.Add("Idempotency-Key", key);
        }
        if (request.Body is { } body)
        {
            message.Content = new ByteArrayContent(body)
            {
                Headers = { ContentType = new MediaTypeHeaderValue("application/json") },
            };
        }
        return message;
    }

    private static Attempt<T> Read<T>(
        ApiRequest request, HttpResponseMessage response, byte[] body, JsonTypeInfo<T> type)
    {
        try
        {
            if (JsonSerializer.Deserialize(body, type) is { } value)
            {
                return new(new ApiAnswer<T>(value, HeaderOf(response, "Idempotent-Replayed") == "true"), null, null);
            }
        }
        catch (JsonException fault)
        {
            return new(default, Unreadable(request, response, fault), null);
        }
        return new(default, Unreadable(request, response, null), null);
    }

    private static PlateauException ToException(ApiRequest request, HttpResponseMessage response, byte[] body)
    {
        var error = ReadError(body);
        return new PlateauException(
            error?.Message ?? $"{request.Method} {request.Path} was answered {(int)response.StatusCode}.",
            response.StatusCode, error, error?.RequestId ?? RequestIdOf(response));
    }

    // Something between client and server may answer in its own words; then there is no error object.
    private static ErrorObject? ReadError(byte[] body)
    {
        try
        {
            return JsonSerializer.Deserialize(body, ContractsJsonContext.Default.ErrorObject);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static PlateauException Unreadable(
        ApiRequest request, HttpResponseMessage response, Exception? fault) => new(
        $"The answer to {request.Method} {request.Path} is not one of this call; is this the address of a Plateau?",
        response.StatusCode, null, RequestIdOf(response), fault);

    private PlateauException Unanswered(ApiRequest request, Exception fault) => new(
        $"{request.Method} {request.Path} got no answer from {_root}: {fault.Message}", null, null, null, fault);

    private static string? RequestIdOf(HttpResponseMessage response) => HeaderOf(response, "X-Request-Id");

    private static string? HeaderOf(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values) ? values.FirstOrDefault() : null;

    private TimeSpan? AskedWait(HttpResponseMessage response) => response.Headers.RetryAfter switch
    {
        { Delta: { } wait } => wait,
        { Date: { } moment } when moment - options.Clock.GetUtcNow() is { Ticks: > 0 } wait => wait,
        { Date: not null } => TimeSpan.Zero,
        _ => null,
    };

    private readonly record struct Attempt<T>(ApiAnswer<T> Answer, PlateauException? Fault, TimeSpan? AskedWait);
}
