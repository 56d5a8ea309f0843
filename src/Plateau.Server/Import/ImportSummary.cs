using System.Text.Json;
using System.Text.Json.Serialization;

namespace Plateau.Server.Import;

/// <summary>Counts what became of the lines; any number of threads may count and read at once.</summary>
/// <param name="isDryRun">Whether lines are read and not sent.</param>
internal sealed class ImportSummary(bool isDryRun = false)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Reason> _reasons = new(StringComparer.Ordinal);
    private long _read;
    private long _good;
    private long _accepted;
    private long _repeated;
    private long _refused;
    private string? _stopped;

    /// <summary>Lines were read.</summary>
    public void CountRead(int lines)
    {
        lock (_lock)
        {
            _read += lines;
        }
    }

    /// <summary>Lines that are not sent have nothing wrong in them.</summary>
    public void CountGood(int lines)
    {
        lock (_lock)
        {
            _good += lines;
        }
    }

    /// <summary>Lines were accepted, or had been accepted before.</summary>
    public void CountDurable(int accepted, int repeated)
    {
        lock (_lock)
        {
            _accepted += accepted;
            _repeated += repeated;
        }
    }

    /// <summary>A line was refused.</summary>
    /// <param name="file">Its file.</param>
    /// <param name="line">Where it stands there, from 1.</param>
    /// <param name="fault">Why.</param>
    public void CountRefused(string file, long line, ImportFault fault)
    {
        lock (_lock)
        {
            _refused++;
            if (!_reasons.TryGetValue(fault.Code, out var reason))
            {
                _reasons.Add(fault.Code, reason = new Reason(fault.Message));
            }
            reason.Add(new RefusedLine(file, line, fault.Value));
        }
    }

    /// <summary>The import ended before its files did; the first reason stays.</summary>
    public void Stop(string why)
    {
        lock (_lock)
        {
            _stopped ??= why;
        }
    }

    /// <summary>The counts so far.</summary>
    public ImportReport ToReport()
    {
        lock (_lock)
        {
            return new ImportReport
            {
                LinesRead = _read,
                Good = isDryRun ? _good : null,
                Accepted = _accepted,
                Repeated = _repeated,
                Refused = _refused,
                Reasons = [.. _reasons
                    .OrderByDescending(one => one.Value.Count).ThenBy(one => one.Key, StringComparer.Ordinal)
                    .Select(one => one.Value.ToReport(one.Key))],
                Stopped = _stopped,
            };
        }
    }

    private sealed class Reason(string message)
    {
        private const int MaxLines = 3;
        private readonly List<RefusedLine> _first = [];

        public long Count { get; private set; }

        public void Add(RefusedLine line)
        {
            Count++;
            if (_first.Count < MaxLines)
            {
                _first.Add(line);
            }
        }

        public ImportReason ToReport(string code) => new(code, Count, message, [.. _first]);
    }
}

/// <summary>What became of the lines of the files.</summary>
internal sealed record ImportReport
{
    /// <summary>Lines read, without headers and empty lines.</summary>
    public required long LinesRead { get; init; }

    /// <summary>Of a dry run: lines with nothing wrong in them. Null of an import.</summary>
    public required long? Good { get; init; }

    /// <summary>Lines that are now durable records.</summary>
    public required long Accepted { get; init; }

    /// <summary>Lines whose record was there already.</summary>
    public required long Repeated { get; init; }

    /// <summary>Lines that are no records, for the reasons below.</summary>
    public required long Refused { get; init; }

    /// <summary>Why lines were refused; the most frequent reason first.</summary>
    public required IReadOnlyList<ImportReason> Reasons { get; init; }

    /// <summary>Why the import ended before its files did; null when it did not.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public required string? Stopped { get; init; }

    /// <summary>Whether nothing was refused and nothing left unread.</summary>
    [JsonIgnore]
    public bool IsComplete => Stopped is null && Refused == 0;

    /// <summary>The report as one line of JSON.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, ImportJsonContext.Default.ImportReport);
}

/// <summary>Why lines were refused.</summary>
/// <param name="Code">Stable name of the reason.</param>
/// <param name="Count">How many lines.</param>
/// <param name="Message">The reason of the first of them in words.</param>
/// <param name="First">The first of them, at most three.</param>
internal sealed record ImportReason(string Code, long Count, string Message, IReadOnlyList<RefusedLine> First);

/// <summary>A line that was refused.</summary>
/// <param name="File">Its file; <c>-</c> is standard input.</param>
/// <param name="Line">Where it stands there, from 1; a header counts.</param>
/// <param name="Value">What is wrong in it; null when it is nothing in particular.</param>
internal sealed record RefusedLine(string File, long Line, string? Value);

/// <summary>How reports are written.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ImportReport))]
internal sealed partial class ImportJsonContext : JsonSerializerContext;
