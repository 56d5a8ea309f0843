using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace Plateau.Server.Http;

/// <summary>Takes one line of a body.</summary>
/// <param name="line">The line without its end; empty when it is too long.</param>
/// <param name="isTooLong">Whether it is longer than a line may be.</param>
/// <returns>Whether another line is wanted now.</returns>
internal delegate bool LineTaker(ReadOnlySpan<byte> line, bool isTooLong);

/// <summary>
/// Reads a body line by line as it comes, in constant memory. Lines end with LF or CR LF, the last one also with the
/// body; those of white space only are passed over.
/// </summary>
/// <param name="reader">The body.</param>
/// <param name="maxLineBytes">The greatest length of a line; a longer one is passed over to its end.</param>
/// <param name="stream">What to dispose of with the reader; null for nothing.</param>
internal sealed class NdjsonReader(PipeReader reader, int maxLineBytes, Stream? stream = null) : IAsyncDisposable
{
    private const int UnpackedAtOnce = 256 * 1024;

    private Task _waiting = Task.CompletedTask;
    private ReadResult _come;
    private bool _isSkipping;

    /// <summary>Position in the body of the line handed out last, from 1; blank ones count.</summary>
    public long LineNumber { get; private set; }

    /// <summary>
    /// Opens the body of a request, plain or gzip, of any length and as slow as its source is: how long it may be
    /// silent is for the reader to bound.
    /// </summary>
    public static NdjsonReader Open(HttpContext context)
    {
        if (context.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } rate)
        {
            rate.MinDataRate = null;
        }
        var stream = LargeBody.Open(context, maxBytes: null);
        return stream == context.Request.Body
            ? new(context.Request.BodyReader, RequestBody.MaxBytes)
            : new(
                PipeReader.Create(stream, new StreamPipeReaderOptions(bufferSize: UnpackedAtOnce, leaveOpen: true)),
                RequestBody.MaxBytes, stream);
    }

    /// <summary>Waits until something has come that was not handed out, be it the end.</summary>
    public Task WaitAsync(CancellationToken cancel) => _waiting = ReadAsync(cancel);

    /// <summary>After a wait: hands out lines until the taker has enough or all that has come is taken.</summary>
    /// <returns>Whether there may be more, to be waited for.</returns>
    public bool Take(LineTaker take)
    {
        var rest = _come.Buffer;
        var isLast = _come.IsCompleted;
        var wantsMore = true;
        while (wantsMore && TryCutLine(ref rest, isLast, out var line))
        {
            wantsMore = TakeLine(line, take);
        }
        if (wantsMore && !_isSkipping && rest.Length > maxLineBytes)
        {
            // No end in sight: told once, then passed over to its end.
            _isSkipping = true;
            LineNumber++;
            take([], isTooLong: true);
        }
        if (wantsMore && _isSkipping)
        {
            rest = rest.Slice(rest.End);
        }
        var hasMore = !(isLast && rest.IsEmpty);
        reader.AdvanceTo(rest.Start, wantsMore ? rest.End : rest.Start);
        _come = default;
        return hasMore;
    }

    /// <summary>Gives up waiting, where that goes on, and lets the body go.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_waiting.IsCompleted)
        {
            reader.CancelPendingRead();
        }
        await _waiting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (stream is not null)
        {
            await stream.DisposeAsync();
        }
    }

    private async Task ReadAsync(CancellationToken cancel) => _come = await reader.ReadAsync(cancel);

    private static bool TryCutLine(
        ref ReadOnlySequence<byte> rest, bool isLast, out ReadOnlySequence<byte> line)
    {
        if (rest.PositionOf((byte)'\n') is { } end)
        {
            line = rest.Slice(0, end);
            rest = rest.Slice(rest.GetPosition(1, end));
            return true;
        }
        line = rest;
        if (isLast && !rest.IsEmpty)
        {
            rest = rest.Slice(rest.End);
            return true;
        }
        return false;
    }

    private bool TakeLine(in ReadOnlySequence<byte> line, LineTaker take)
    {
        if (_isSkipping)
        {
            _isSkipping = false;
            return true;
        }
        LineNumber++;
        if (line.Length > maxLineBytes)
        {
            return take([], isTooLong: true);
        }
        if (line.IsSingleSegment)
        {
            return TakeShort(line.FirstSpan, take);
        }
        var copy = ArrayPool<byte>.Shared.Rent((int)line.Length);
        line.CopyTo(copy);
        var wantsMore = TakeShort(copy.AsSpan(0, (int)line.Length), take);
        ArrayPool<byte>.Shared.Return(copy);
        return wantsMore;
    }

    private static bool TakeShort(ReadOnlySpan<byte> line, LineTaker take)
    {
        var trimmed = line.Trim(" \t\r"u8);
        return trimmed.IsEmpty || take(trimmed, isTooLong: false);
    }
}
