using System.IO.Pipelines;
using Microsoft.AspNetCore.Http.Features;

namespace Plateau.Server.WebConsole;

/// <summary>An answer being written: its head is handed over with the first of its body, or at its end.</summary>
/// <param name="body">Takes the body.</param>
/// <param name="begin">Hands over the head; called once.</param>
internal sealed class InProcessResponse(PipeWriter body, Action begin)
    : IHttpResponseFeature, IHttpResponseBodyFeature
{
    private readonly Stack<(Func<object, Task> Call, object State)> _onStarting = new();
    private readonly Stack<(Func<object, Task> Call, object State)> _onCompleted = new();
    private InProcessAnswerWriter? _writer;
    private Stream? _stream;

    public int StatusCode { get; set; } = StatusCodes.Status200OK;

    public string? ReasonPhrase { get; set; }

    public IHeaderDictionary Headers { get; set; } = new HeaderDictionary();

    public bool HasStarted { get; private set; }

    public PipeWriter Writer => _writer ??= new InProcessAnswerWriter(body, StartAsync);

    public Stream Stream => _stream ??= Writer.AsStream(leaveOpen: true);

    // Only asked for by those who know the older form of this feature.
    public Stream Body
    {
        get => Stream;
        set => _stream = value;
    }

    public void OnStarting(Func<object, Task> callback, object state) => _onStarting.Push((callback, state));

    public void OnCompleted(Func<object, Task> callback, object state) => _onCompleted.Push((callback, state));

    public void DisableBuffering()
    {
    }

    public async Task StartAsync(CancellationToken cancellationToken = default)
    {
        if (HasStarted)
        {
            return;
        }
        while (_onStarting.TryPop(out var one))
        {
            await one.Call(one.State);
        }
        HasStarted = true;
        if (Headers is HeaderDictionary headers)
        {
            headers.IsReadOnly = true;
        }
        begin();
    }

    public Task SendFileAsync(
        string path, long offset, long? count, CancellationToken cancellationToken = default) =>
        SendFileFallback.SendFileAsync(Stream, path, offset, count, cancellationToken);

    public async Task CompleteAsync()
    {
        await StartAsync();
        await body.CompleteAsync();
    }

    /// <summary>Ends the answer half-way.</summary>
    public ValueTask FailAsync(Exception fault) => body.CompleteAsync(fault);

    /// <summary>Tells those who asked to be told of the answer's end.</summary>
    public async Task TellCompletedAsync()
    {
        while (_onCompleted.TryPop(out var one))
        {
            await one.Call(one.State);
        }
    }
}

/// <summary>Writes a body, after the head.</summary>
internal sealed class InProcessAnswerWriter(PipeWriter body, Func<CancellationToken, Task> start) : PipeWriter
{
    public override bool CanGetUnflushedBytes => body.CanGetUnflushedBytes;

    public override long UnflushedBytes => body.UnflushedBytes;

    public override void Advance(int bytes) => body.Advance(bytes);

    public override Memory<byte> GetMemory(int sizeHint = 0) => body.GetMemory(sizeHint);

    public override Span<byte> GetSpan(int sizeHint = 0) => body.GetSpan(sizeHint);

    public override void CancelPendingFlush() => body.CancelPendingFlush();

    // The exchange ends the body, when everybody has written to it.
    public override void Complete(Exception? exception = null)
    {
    }

    public override async ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        await start(cancellationToken);
        return await body.FlushAsync(cancellationToken);
    }
}

/// <summary>Reads a body as it is written; disposed of before its end, it gives the answer up.</summary>
internal sealed class InProcessAnswerStream(PipeReader body, Action abort) : Stream
{
    private readonly Stream _inner = body.AsStream();
    private bool _isAtEnd;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(
        Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await _inner.ReadAsync(buffer, cancellationToken);
        _isAtEnd |= read == 0 && buffer.Length > 0;
        return read;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            if (!_isAtEnd)
            {
                abort();
            }
            _inner.Dispose();
        }
        base.Dispose(disposing);
    }
}
