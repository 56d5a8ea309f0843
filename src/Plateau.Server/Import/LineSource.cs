using System.Text;
using Plateau.Server.Http;

namespace Plateau.Server.Import;

/// <summary>One line of a file.</summary>
/// <param name="Number">Where it stands, from 1.</param>
/// <param name="Text">Its text without its end; of one that is too long, the beginning.</param>
/// <param name="IsTooLong">Whether it is longer than <see cref="LineSource.MaxLineLength"/>.</param>
internal readonly record struct SourceLine(long Number, string Text, bool IsTooLong);

/// <summary>
/// A file, or standard input, as lines of text: plain or gzip by its first bytes, lines ended by LF with any number of
/// CR before it. Takes little memory however long file and lines are.
/// </summary>
internal sealed class LineSource : IDisposable
{
    /// <summary>Characters of a line that are kept; no state needs nearly as many.</summary>
    public const int MaxLineLength = 65_536;

    /// <summary>The path that means standard input.</summary>
    public const string StandardInput = "-";

    private readonly CountedStream _bytes;
    private readonly StreamReader _reader;
    private readonly StringBuilder _text = new();
    private readonly char[] _buffer = new char[32 * 1024];
    private int _at;
    private int _end;
    private long _lines;

    private LineSource(CountedStream bytes, StreamReader reader)
    {
        _bytes = bytes;
        _reader = reader;
    }

    /// <summary>Bytes of the file that were read, packed ones where it is packed.</summary>
    public long BytesRead => _bytes.Count;

    /// <summary>Length of the file, bytes; null where it is not known beforehand.</summary>
    public long? Length { get; private init; }

    /// <summary>Opens a file.</summary>
    /// <param name="path">Its path; <c>-</c> for standard input.</param>
    /// <param name="encoding">Its encoding where no byte-order mark tells it.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="IOException">It cannot be read, or is of no kind that has lines.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static async Task<LineSource> OpenAsync(string path, Encoding encoding, CancellationToken cancel)
    {
        if (Directory.Exists(path))
        {
            throw new IOException("It is a folder; name the files in it.");
        }
        var stream = path == StandardInput
            ? Console.OpenStandardInput()
            : new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var bytes = new CountedStream(stream);
        try
        {
            await bytes.PeekAsync(cancel);
            if (bytes.StartsWith("PK\u0003\u0004"u8))
            {
                throw new IOException("It is a ZIP file or a workbook: unpack it, or save the sheet as CSV.");
            }
            Stream unpacked = bytes.StartsWith([0x1F, 0x8B]) ? new WholeGzipStream(bytes) : bytes;
            return new LineSource(bytes, new StreamReader(unpacked, encoding, true, 64 * 1024))
            {
                Length = stream.CanSeek ? stream.Length : null,
            };
        }
        catch
        {
            await bytes.DisposeAsync();
            throw;
        }
    }

    /// <summary>The next line; null at the end.</summary>
    /// <exception cref="IOException">It cannot be read on.</exception>
    /// <exception cref="InvalidDataException">It is packed, and was damaged or cut off.</exception>
    public async ValueTask<SourceLine?> ReadAsync(CancellationToken cancel)
    {
        _text.Clear();
        var isTooLong = false;
        var isBegun = false;
        while (_at < _end || await FillAsync(cancel))
        {
            isBegun = true;
            var rest = _buffer.AsMemory(_at, _end - _at);
            var length = rest.Span.IndexOf('\n');
            var part = length < 0 ? rest : rest[..length];
            _at += length < 0 ? rest.Length : length + 1;
            var room = MaxLineLength - _text.Length;
            isTooLong |= part.Length > room;
            _text.Append(part.Span[..Math.Min(part.Length, room)]);
            if (length >= 0)
            {
                break;
            }
        }
        return isBegun ? new SourceLine(++_lines, _text.ToString().TrimEnd('\r'), isTooLong) : null;
    }

    public void Dispose()
    {
        _reader.Dispose();
        _bytes.Dispose();
    }

    private async ValueTask<bool> FillAsync(CancellationToken cancel)
    {
        _at = 0;
        try
        {
            _end = await _reader.ReadAsync(_buffer, cancel);
        }
        catch (InvalidDataException damage)
        {
            throw new InvalidDataException("The gzip is damaged, or was cut off.", damage);
        }
        return _end > 0;
    }

    /// <summary>Counts what was read of a stream, whose first bytes may be looked at before.</summary>
    private sealed class CountedStream(Stream stream) : ReadOnlyStream
    {
        private readonly byte[] _first = new byte[4];
        private int _firstLength;
        private int _firstRead;
        private long _count;

        public long Count => Volatile.Read(ref _count);

        public async Task PeekAsync(CancellationToken cancel) =>
            _firstLength = await stream.ReadAtLeastAsync(_first, _first.Length, false, cancel);

        public bool StartsWith(ReadOnlySpan<byte> bytes) => _first.AsSpan(0, _firstLength).StartsWith(bytes);

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancel = default)
        {
            int read;
            if (_firstRead < _firstLength)
            {
                read = Math.Min(buffer.Length, _firstLength - _firstRead);
                _first.AsMemory(_firstRead, read).CopyTo(buffer);
                _firstRead += read;
            }
            else
            {
                // What a terminal or a pipe sends is waited for by a thread that cannot be called back.
                read = await stream.ReadAsync(buffer, cancel).AsTask().WaitAsync(cancel);
            }
            Volatile.Write(ref _count, _count + read);
            return read;
        }

        protected override void Dispose(bool disposing)
        {
            stream.Dispose();
            base.Dispose(disposing);
        }
    }
}
