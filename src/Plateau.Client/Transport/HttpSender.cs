using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Plateau.Contracts;
using Polly;

namespace Plateau.Client.Transport;

/// <summary>Sends requests, repeats those that may be repeated, and turns every failure into one exception.</summary>
internal sealed class HttpSender(PlateauClientOptions options, HttpClient http)
{
    private readonly Uri _root = new(options.BaseAddress.AbsoluteUri.TrimEnd('/') + "/");

    private readonly ResiliencePipeline<HttpResponseMessage> _retries = Retries.Of(options);

    /// <summary>Sends a request until it succeeds or must be given up.</summary>
    /// <exception cref="PlateauException">It did not succeed.</exception>
    public async Task<ApiAnswer<T>> SendAsync<T>(
        ApiRequest request, AuthenticationHeaderValue authorization, JsonTypeInfo<T> type, CancellationToken cancel)
    {
        using var response = await AnswerAsync(
            request, authorization, HttpCompletionOption.ResponseContentRead, cancel);
        return Read(request, response, await response.Content.ReadAsByteArrayAsync(cancel), type);
    }

    /// <summary>Sends a request until it is answered well; the body is still to be read, and the caller's.</summary>
    /// <exception cref="PlateauException">It did not succeed.</exception>
    public Task<HttpResponseMessage> OpenAsync(
        ApiRequest request, AuthenticationHeaderValue authorization, CancellationToken cancel) =>
        AnswerAsync(request, authorization, HttpCompletionOption.ResponseHeadersRead, cancel);

    private async Task<HttpResponseMessage> AnswerAsync(
        ApiRequest request, AuthenticationHeaderValue authorization, HttpCompletionOption completion,
        CancellationToken cancel)
    {
        var response = await TryAsync(request, authorization, completion, cancel);
        if (response.IsSuccessStatusCode)
        {
            return response;
        }
        using (response)
        {
            // Whoever gives up during a wait gets no answer, not the one that the wait was for.
            cancel.ThrowIfCancellationRequested();
            throw ToException(request, response, await response.Content.ReadAsByteArrayAsync(cancel));
        }
    }

    private async Task<HttpResponseMessage> TryAsync(
        ApiRequest request, AuthenticationHeaderValue authorization, HttpCompletionOption completion,
        CancellationToken cancel)
    {
        var context = ResilienceContextPool.Shared.Get(cancel);
        Retries.Begin(context, request.SafeToRepeat);
        try
        {
            return await _retries.ExecuteAsync(
                async attempt =>
                {
                    using var message = ToMessage(request, authorization);
                    return await http.SendAsync(message, completion, attempt.CancellationToken);
                },
                context);
        }
        catch (Exception fault) when (Retries.IsPassing(fault, cancel))
        {
            throw Unanswered(request, fault);
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
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
        if (request.LastEventId is { } lastEvent)
        {
            message.Headers.Add("Last-Event-ID", lastEvent);
        }
        if (request.Body is { } body)
        {
            message.Content = new ByteArrayContent(body)
            {
                Headers = { ContentType = new MediaTypeHeaderValue(request.MediaType) },
            };
        }
        return message;
    }

    private static ApiAnswer<T> Read<T>(
        ApiRequest request, HttpResponseMessage response, byte[] body, JsonTypeInfo<T> type)
    {
        try
        {
            return JsonSerializer.Deserialize(body, type) is { } value
                ? new(value, HeaderOf(response, "Idempotent-Replayed") == "true")
                : throw Unreadable(request, response, null);
        }
        catch (JsonException fault)
        {
            throw Unreadable(request, response, fault);
        }
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
}
