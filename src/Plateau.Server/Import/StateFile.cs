using System.Globalization;
using CsvHelper;
using CsvHelper.Configuration;
using Plateau.Contracts;

namespace Plateau.Server.Import;

/// <summary>A CSV file of states, read line by line; a file of any length takes little memory.</summary>
internal sealed class StateFile : IDisposable
{
    // No column has values nearly as long; without a limit a file without line breaks would fill the memory.
    private const int MaxCellLength = 65_536;

    private readonly Stream _stream;
    private readonly CsvParser _parser;
    private StateColumns? _columns;
    private bool _lineIsBad;
    private long _lines;
    private long _bytesRead;

    private StateFile(Stream stream)
    {
        _stream = stream;
        _parser = new CsvParser(new StreamReader(stream), new CsvConfiguration(CultureInfo.InvariantCulture)
        {
            // No cell of such a file spans lines: a quote left open must not swallow what follows. So every line is one
            // record, the empty ones too, and counting records counts lines.
            MaxFieldSize = MaxCellLength,
            LineBreakInQuotedFieldIsBadData = true,
            IgnoreBlankLines = false,
            BadDataFound = _ => _lineIsBad = true,
        });
    }

    /// <summary>The share of the file that was read, 0–1; 0 when its length is not known.</summary>
    public double ShareRead =>
        _stream is { CanSeek: true, Length: > 0 and var length } ? (double)Volatile.Read(ref _bytesRead) / length : 0;

    /// <summary>Why the lines ended before the file did; null where they did not.</summary>
    public string? Fault { get; private set; }

    /// <summary>Opens a file and reads its header.</summary>
    /// <param name="path">Path of the file.</param>
    /// <param name="location">The location of every record.</param>
    /// <param name="target">The target of records whose own is empty, %; null when there is none.</param>
    /// <param name="fault">Why the file is of no use; null when it is open.</param>
    public static StateFile? Open(string path, LocationId location, double? target, out string? fault)
    {
        FileStream stream;
        try
        {
            stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        }
        catch (Exception refusal) when (refusal is IOException or UnauthorizedAccessException)
        {
            fault = $"The file cannot be read: {refusal.Message}";
            return null;
        }
        var file = new StateFile(stream);
        try
        {
            file._columns = file.ReadLine()
                ? StateColumns.Find(file._parser.Record ?? [], location, target, out fault)
                : Nothing(out fault);
        }
        catch (Exception refusal) when (refusal is IOException or InvalidDataException)
        {
            fault = $"The file cannot be read: {refusal.Message}";
        }
        if (file._columns is not null)
        {
            return file;
        }
        file.Dispose();
        return null;
    }

    /// <summary>The lines below the header, in the file's order; empty ones are left out. May be read once.</summary>
    public IEnumerable<StateLine> ReadLines()
    {
        var columns = _columns ?? throw new InvalidOperationException("The file has no header.");
        while (TryReadLine())
        {
            var cells = _parser.Record ?? [];
            Volatile.Write(ref _bytesRead, _stream.CanSeek ? _stream.Position : 0);
            if (cells is [] or [""])
            {
                continue;
            }
            var line = columns.Read(_lines, cells);
            yield return _lineIsBad
                ? new StateLine(_lines, "", null, new ImportFault(
                    ImportFault.LineMalformed, "A quote stands inside a cell, or is not closed on its line."))
                : line;
        }
    }

    public void Dispose()
    {
        _parser.Dispose();
        _stream.Dispose();
    }

    private bool TryReadLine()
    {
        try
        {
            return ReadLine();
        }
        catch (Exception refusal) when (refusal is IOException or InvalidDataException)
        {
            Fault = refusal.Message;
            return false;
        }
    }

    // What is bad about a line is told while it is read, or while its cells are.
    private bool ReadLine()
    {
        _lineIsBad = false;
        _lines++;
        try
        {
            return _parser.Read();
        }
        catch (MaxFieldSizeException tooLong)
        {
            throw new InvalidDataException(
                FormattableString.Invariant($"Line {_lines} has a cell of more than {MaxCellLength} characters."),
                tooLong);
        }
    }

    private static StateColumns? Nothing(out string? fault)
    {
        fault = "The file is empty.";
        return null;
    }
}
