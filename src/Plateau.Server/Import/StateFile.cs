using System.Globalization;
using CsvHelper;
using CsvHelper.Configuration;
using Plateau.Contracts;

namespace Plateau.Server.Import;

/// <summary>A CSV file of states, read line by line; a file of any length takes little memory.</summary>
internal sealed class StateFile : IDisposable
{
    private readonly Stream _stream;
    private readonly CsvParser _parser;
    private StateColumns? _columns;
    private bool _lineIsBad;
    private long _bytesRead;

    private StateFile(Stream stream)
    {
        _stream = stream;
        _parser = new CsvParser(new StreamReader(stream), new CsvConfiguration(CultureInfo.InvariantCulture)
        {
            // No cell of such a file spans lines; a quote left open must not swallow what follows in silence.
            LineBreakInQuotedFieldIsBadData = true,
            BadDataFound = _ => _lineIsBad = true,
        });
    }

    /// <summary>The share of the file that was read, 0–1; 0 when its length is not known.</summary>
    public double ShareRead =>
        _stream is { CanSeek: true, Length: > 0 and var length } ? (double)Volatile.Read(ref _bytesRead) / length : 0;

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
        file._columns = file._parser.Read()
            ? StateColumns.Find(file._parser.Record ?? [], location, target, out fault)
            : Nothing(out fault);
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
        while (ReadLine())
        {
            var number = FirstLine();
            var line = columns.Read(number, _parser.Record ?? []);
            Volatile.Write(ref _bytesRead, _stream.CanSeek ? _stream.Position : 0);
            yield return _lineIsBad
                ? new StateLine(number, "", null, new ImportFault(
                    ImportFault.LineMalformed, "A quote stands inside a cell, or is not closed on its line."))
                : line;
        }
    }

    // What is bad about a line is told while it is read, or while its cells are.
    private bool ReadLine()
    {
        _lineIsBad = false;
        return _parser.Read();
    }

    // The parser tells the line on which a record ends; one with a quote left open may end far below its start.
    private long FirstLine() => _parser.RawRow - _parser.RawRecord.AsSpan().Trim("\r\n").Count('\n');

    public void Dispose()
    {
        _parser.Dispose();
        _stream.Dispose();
    }

    private static StateColumns? Nothing(out string? fault)
    {
        fault = "The file is empty.";
        return null;
    }
}
