using System.IO.Pipelines;
using System.Net;
using Microsoft.AspNetCore.Http.Features;

namespace Plateau.Server.WebConsole;

/// <summary>One request of this process to itself, and its answer.</summary>
internal sealed class InProcessExchange : IHttpRequestLifetimeFeature
{
    // Room for what has been written and not been read: beyond it the writing side waits.
    private static readonly PipeOptions Room = new(
        pauseWriterThreshold: 64 * 1024, resumeWriterThreshold: 32 * 1024, useSynchronizationContext: false);

    private readonly HttpRequestMessage _request;
    private readonly FeatureCollection _features = new();
    private readonly InProcessResponse _response;
    private readonly Pipe _requestBody = new(Room);
    private readonly Pipe _responseBody = new(Room);
    private readonly CancellationTokenSource _aborted = new();
    private readonly TaskCompletionSource<HttpResponseMessage> _answer =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    public InProcessExchange(HttpRequestMessage request, IPAddress? visitor)
    {
        _request = request;
        RequestAborted = _aborted.Token;
        _response = new InProcessResponse(_responseBody.Writer, Begin);
        _features.Set<IHttpRequestLifetimeFeature>(this);
        _features.Set<IHttpConnectionFeature>(new HttpConnectionFeature { RemoteIpAddress = visitor });
        _features.Set<IHttpRequestFeature>(ReadRequest(request));
        _features.Set<IHttpRequestBodyDetectionFeature>(new BodyDetection(request.Content is not null));
        _features.Set<IHttpResponseFeature>(_response);
        _features.Set<IHttpResponseBodyFeature>(_response);
    }

    /// <summary>The answer, once its head is written; its body is read as it is written.</summary>
    public Task<HttpResponseMessage> Answer => _answer.Task;

    public CancellationToken RequestAborted { get; set; }

    /// <summary>Has the request answered, to the end of the answer.</summary>
    public async Task RunAsync(InProcessServer server)
    {
        var sending = SendBodyAsync();
        try
        {
            await server.AnswerAsync(_features);
            await _response.CompleteAsync();
        }
        catch (Exception exception)
        {
            var fault = new HttpRequestException("The server failed inside.", exception);
            await _response.FailAsync(fault);
            _answer.TrySetException(_aborted.IsCancellationRequested ? new OperationCanceledException() : fault);
        }
        finally
        {
            await _requestBody.Reader.CompleteAsync();
            await sending;
            await _response.TellCompletedAsync();
        }
    }

    /// <summary>The caller has gone.</summary>
    public void Abort()
    {
        _aborted.Cancel();
        _answer.TrySetException(new OperationCanceledException());
        _responseBody.Writer.CancelPendingFlush();
    }

    private async Task SendBodyAsync()
    {
        if (_request.Content is not { } content)
        {
            await _requestBody.Writer.CompleteAsync();
            return;
        }
        try
        {
            await content.CopyToAsync(_requestBody.Writer.AsStream(leaveOpen: true), _aborted.Token);
            await _requestBody.Writer.CompleteAsync();
        }
        catch (Exception exception)
        {
            // The reading side is told, as it is of a connection that breaks.
            await _requestBody.Writer.CompleteAsync(new IOException("The request's body ended early.", exception));
        }
    }

    private HttpRequestFeature ReadRequest(HttpRequestMessage request)
    {
        var address = request.RequestUri
            ?? throw new ArgumentException("The request has no address.", nameof(request));
        var read = new HttpRequestFeature
        {
            Protocol = "HTTP/1.1",
            Scheme = address.Scheme,
            Method = request.Method.Method,
            Path = Uri.UnescapeDataString(address.AbsolutePath),
            QueryString = address.Query,
            RawTarget = address.PathAndQuery,
            Body = _requestBody.Reader.AsStream(),
        };
        read.Headers.Host = address.Authority;
        // Asked for its length, a content tells it to its headers too.
        _ = request.Content?.Headers.ContentLength;
        foreach (var (name, values) in request.Headers.NonValidated)
        {
            read.Headers[name] = values.ToArray();
        }
        foreach (var (name, values) in request.Content?.Headers.NonValidated ?? default)
        {
            read.Headers[name] = values.ToArray();
        }
        return read;
    }

    private void Begin()
    {
        var answer = new HttpResponseMessage((HttpStatusCode)_response.StatusCode)
        {
            RequestMessage = _request,
            ReasonPhrase = _response.ReasonPhrase,
            Content = new StreamContent(new InProcessAnswerStream(_responseBody.Reader, Abort)),
        };
        foreach (var (name, values) in _response.Headers)
        {
            if (!answer.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values))
            {
                answer.Content.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values);
            }
        }
        if (!_answer.TrySetResult(answer))
        {
            answer.Dispose();
        }
    }

    private sealed record BodyDetection(bool CanHaveBody) : IHttpRequestBodyDetectionFeature;
}
