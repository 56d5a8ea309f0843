using System.Buffers.Text;

namespace Plateau.Bench;

/// <summary>
/// Finds the end of one HTTP/1.1 answer after the other in what arrives on a connection. It knows what the
/// servers that are measured send, and looks at no body.
/// </summary>
internal sealed class AnswerReader
{
    private const int MaxHead = 8_192;

    private readonly byte[] _head = new byte[MaxHead];
    private int _held;
    private Part _part;
    private long _remaining;

    private enum Part
    {
        Head,
        Body,
        ChunkSize,
        Chunk,
        End,
    }

    /// <summary>The status of the answer that is read, or was read last.</summary>
    public int Status { get; private set; }

    /// <summary>Takes what arrived and tells whether the answer is whole; the next call then begins another.</summary>
    /// <exception cref="InvalidDataException">It is no answer, or more than one.</exception>
    public bool Read(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            bytes = bytes[Take(bytes)..];
            if (_part == Part.Body && _remaining == 0)
            {
                _part = Part.Head;
                return bytes.IsEmpty ? true : throw new InvalidDataException("More came than one answer.");
            }
        }
        return false;
    }

    private int Take(ReadOnlySpan<byte> bytes) => _part switch
    {
        Part.Head => TakeHead(bytes),
        Part.ChunkSize => TakeChunkSize(bytes[0]),
        _ => Skip(bytes.Length),
    };

    // Nearly always the head comes whole, and is looked at where it is.
    private int TakeHead(ReadOnlySpan<byte> bytes)
    {
        if (_held == 0 && bytes.IndexOf("\r\n\r\n"u8) is >= 0 and var end)
        {
            ReadHead(bytes[..(end + 2)]);
            return end + 4;
        }
        var before = _held;
        var taken = Math.Min(bytes.Length, MaxHead - _held);
        bytes[..taken].CopyTo(_head.AsSpan(_held));
        _held += taken;
        if (_head.AsSpan(0, _held).IndexOf("\r\n\r\n"u8) is >= 0 and var late)
        {
            _held = 0;
            ReadHead(_head.AsSpan(0, late + 2));
            return late + 4 - before;
        }
        return _held < MaxHead ? taken : throw new InvalidDataException($"A head is longer than {MaxHead} bytes.");
    }

    private void ReadHead(ReadOnlySpan<byte> head)
    {
        if (!head.StartsWith("HTTP/1.1 "u8) || !Utf8Parser.TryParse(head[9..], out int status, out _))
        {
            throw new InvalidDataException("What came is no HTTP/1.1 answer.");
        }
        Status = status;
        if (status == 204)
        {
            (_part, _remaining) = (Part.Body, 0);
            return;
        }
        var length = "\r\nContent-Length: "u8;
        if (head.IndexOf(length) is >= 0 and var at
            && Utf8Parser.TryParse(head[(at + length.Length)..], out _remaining, out _))
        {
            _part = Part.Body;
        }
        else if (head.IndexOf("\r\nTransfer-Encoding: chunked\r\n"u8) >= 0)
        {
            BeginChunk();
        }
        else
        {
            throw new InvalidDataException("An answer does not tell its length.");
        }
    }

    private void BeginChunk()
    {
        _part = Part.ChunkSize;
        _remaining = 0;
    }

    private int TakeChunkSize(byte letter)
    {
        if (char.IsAsciiHexDigit((char)letter))
        {
            _remaining = (_remaining << 4) + (letter <= '9' ? letter - '0' : (letter | 0x20) - 'a' + 10);
        }
        else if (letter == '\n')
        {
            _part = _remaining > 0 ? Part.Chunk : Part.End;
            _remaining += 2; // the line's end after the chunk
        }
        return 1;
    }

    private int Skip(int available)
    {
        var taken = (int)Math.Min(available, _remaining);
        _remaining -= taken;
        if (_remaining == 0 && _part == Part.Chunk)
        {
            BeginChunk();
        }
        else if (_remaining == 0)
        {
            _part = Part.Body;
        }
        return taken;
    }
}
