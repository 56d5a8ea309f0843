using System.IO.Compression;

namespace Plateau.Server.Http;

/// <summary>
/// Unpacks gzip as it comes, and notices what was cut off: the framework's stream takes what is there for the whole,
/// and lines that were cut off would never be missed.
/// </summary>
/// <remarks>
/// Gzip may be put together of several members. One more, of ours, follows what is sent, and comes out at the end only
/// when everything before it was whole. It is held back and not handed out.
/// </remarks>
internal sealed class WholeGzipStream(Stream packed) : ReadOnlyStream
{
    private static readonly byte[] Ending = "\u001eend of body\u001e"u8.ToArray();

    private readonly GZipStream _gzip = new(new EndedStream(packed, Pack(Ending)), CompressionMode.Decompress);

    // Unpacked and not handed out: from start to end. The last of it may be the ending.
    private readonly byte[] _unpacked = new byte[32 * 1024];
    private int _start;
    private int _end;

    /// <summary>Unpacks some.</summary>
    /// <exception cref="InvalidDataException">It is not gzip, or was cut off.</exception>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancel = default)
    {
        while (_end - _start <= Ending.Length)
        {
            var held = _unpacked.AsSpan(_start.._end);
            held.CopyTo(_unpacked);
            (_start, _end) = (0, held.Length);
            var read = await _gzip.ReadAsync(_unpacked.AsMemory(_end), cancel);
            if (read == 0)
            {
                return _unpacked.AsSpan(0, _end).SequenceEqual(Ending)
                    ? 0
                    : throw new InvalidDataException("The gzip was cut off.");
            }
            _end += read;
        }
        var count = Math.Min(buffer.Length, _end - _start - Ending.Length);
        _unpacked.AsMemory(_start, count).CopyTo(buffer);
        _start += count;
        return count;
    }

    public override ValueTask DisposeAsync() => _gzip.DisposeAsync();

    private static byte[] Pack(byte[] bytes)
    {
        var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
        {
            gzip.Write(bytes);
        }
        return packed.ToArray();
    }

    /// <summary>A stream, then some bytes.</summary>
    private sealed class EndedStream(Stream body, byte[] ending) : ReadOnlyStream
    {
        private bool _isAtEnding;
        private int _endingRead;

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancel = default)
        {
            if (!_isAtEnding)
            {
                var read = await body.ReadAsync(buffer, cancel);
                if (read > 0 || buffer.IsEmpty)
                {
                    return read;
                }
                _isAtEnding = true;
            }
            var count = Math.Min(buffer.Length, ending.Length - _endingRead);
            ending.AsMemory(_endingRead, count).CopyTo(buffer);
            _endingRead += count;
            return count;
        }
    }
}

/// <summary>A stream that is read forwards, without blocking, and nothing else.</summary>
internal abstract class ReadOnlyStream : Stream
{
    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public abstract override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancel = default);

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancel) =>
        ReadAsync(buffer.AsMemory(offset, count), cancel).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    public override void Flush() => throw new NotSupportedException();
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
