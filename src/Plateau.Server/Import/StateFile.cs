using System.Runtime.CompilerServices;
using Plateau.Server.Http;

namespace Plateau.Server.Import;

/// <summary>A file of states, read line by line; a file of any length takes little memory.</summary>
internal sealed class StateFile : IDisposable
{
    // Lines that are looked at to find out how the file writes numbers.
    private const int SampleLines = 1_000;

    private readonly LineSource _source;
    private readonly IStateLines _lines;
    private readonly StateReading _reading;
    private readonly Queue<SourceLine> _sample;

    private StateFile(
        string name, LineSource source, IStateLines lines, StateReading reading, Queue<SourceLine> sample)
    {
        Name = name;
        _source = source;
        _lines = lines;
        _reading = reading;
        _sample = sample;
    }

    /// <summary>The file's path, or <c>-</c>.</summary>
    public string Name { get; }

    /// <summary>The header as it is; null where there is none.</summary>
    public string? Header => _lines.Header;

    /// <summary>What stands between cells; null where the lines are JSON.</summary>
    public char? Separator => _lines.Separator;

    /// <summary>What its user is to know before the lines are read, in words; null when it is nothing.</summary>
    public string? Hint { get; private init; }

    /// <summary>Bytes of the file that were read.</summary>
    public long BytesRead => _source.BytesRead;

    /// <summary>Length of the file, bytes; null where it is not known beforehand.</summary>
    public long? Length => _source.Length;

    /// <summary>Why the lines ended before the file did; null where they did not.</summary>
    public string? Fault { get; private set; }

    /// <summary>Opens a file, finds out what it is, and reads its header.</summary>
    /// <param name="path">Path of the file; <c>-</c> for standard input.</param>
    /// <param name="reading">How it is to be read.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="StateFileException">The file is of no use.</exception>
    public static async Task<StateFile> OpenAsync(string path, StateReading reading, CancellationToken cancel)
    {
        LineSource? source = null;
        try
        {
            source = await LineSource.OpenAsync(path, reading.Encoding, cancel);
            return await BeginAsync(path, source, reading, cancel);
        }
        catch (Exception refusal) when (
            refusal is IOException or UnauthorizedAccessException or InvalidDataException or StateFileException)
        {
            source?.Dispose();
            throw new StateFileException($"{NameOf(path)} cannot be read: {refusal.Message}");
        }
    }

    /// <summary>The lines below the header; empty ones are left out. May be read once.</summary>
    /// <remarks>In the file's order, but for those held while the hour of a clock change goes on.</remarks>
    public async IAsyncEnumerable<StateLine> ReadAsync([EnumeratorCancellation] CancellationToken cancel)
    {
        var hours = new RepeatedHours(_reading.RepeatedHour);
        while (await NextAsync(cancel) is { } line)
        {
            if (string.IsNullOrWhiteSpace(line.Text))
            {
                continue;
            }
            foreach (var row in hours.Add(_reading.Time(line, ReadRow(line))))
            {
                yield return _reading.ToLine(row);
            }
        }
        foreach (var row in hours.End())
        {
            yield return _reading.ToLine(row);
        }
    }

    public void Dispose() => _source.Dispose();

    private static string NameOf(string path) => path == LineSource.StandardInput ? "standard input" : path;

    private static async Task<StateFile> BeginAsync(
        string path, LineSource source, StateReading reading, CancellationToken cancel)
    {
        char? separator = null;
        var first = await FirstAsync(source, cancel);
        // Spreadsheets are told the separator in a line of its own.
        if (first.Text.Trim() is ['s' or 'S', 'e' or 'E', 'p' or 'P', '=', var told])
        {
            separator = told;
            first = await FirstAsync(source, cancel);
        }
        if (!IsText(first.Text))
        {
            throw new StateFileException(
                "it is not text; save it as CSV or NDJSON, or tell its --encoding.");
        }
        if (first.IsTooLong)
        {
            throw new StateFileException(
                $"line {first.Number}, the first, is longer than {LineSource.MaxLineLength} characters.");
        }
        var sample = new Queue<SourceLine>();
        switch (first.Text.TrimStart())
        {
            case ['{', ..]:
                sample.Enqueue(first);
                return new StateFile(path, source, new JsonStates(reading.Mappings), reading, sample);
            case ['[', ..]:
                throw new StateFileException("it is one JSON array; write its elements as lines, one object each.");
        }
        var columns = CsvColumns.Find(first.Text, separator, reading.Mappings, out var fault);
        fault ??= columns?.Lacks(reading.Device is not null, reading.Target is not null);
        if (columns is null || fault is not null)
        {
            throw new StateFileException(fault ?? "it has no header.");
        }
        while (sample.Count < SampleLines && await source.ReadAsync(cancel) is { } line)
        {
            sample.Enqueue(line);
        }
        var texts = sample.Where(line => !line.IsTooLong).Select(line => line.Text);
        return new StateFile(path, source, new CsvStates(columns, reading.Mark, texts), reading, sample)
        {
            Hint = columns.Hint() is { } hint ? $"{NameOf(path)}: {hint}" : null,
        };
    }

    private static async Task<SourceLine> FirstAsync(LineSource source, CancellationToken cancel)
    {
        while (await source.ReadAsync(cancel) is { } line)
        {
            if (!string.IsNullOrWhiteSpace(line.Text))
            {
                return line;
            }
        }
        throw new StateFileException("it is empty.");
    }

    // Bytes of Parquet, workbooks and archives decode to control characters at once; a header has tabs at most.
    private static bool IsText(string line) => !line.Any(one => one < ' ' && one != '\t');

    // A file that breaks off ends: what was read before it counts.
    private async ValueTask<SourceLine?> NextAsync(CancellationToken cancel)
    {
        if (_sample.TryDequeue(out var line))
        {
            return line;
        }
        try
        {
            return await _source.ReadAsync(cancel);
        }
        catch (Exception refusal) when (refusal is IOException or InvalidDataException)
        {
            Fault = refusal.Message;
            return null;
        }
    }

    private StateRow ReadRow(SourceLine line)
    {
        if (!line.IsTooLong)
        {
            return _lines.Read(line.Text);
        }
        var row = new StateRow();
        row.Refuse(new ImportFault(
            ImportFault.LineTooLong, $"The line is longer than {LineSource.MaxLineLength} characters.",
            Quote.Of(line.Text)));
        return row;
    }
}

/// <summary>A file is of no use; the message is all that its user needs.</summary>
internal sealed class StateFileException(string message) : Exception(message);
