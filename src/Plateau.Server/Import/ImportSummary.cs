using System.Text.Json;
using System.Text.Json.Serialization;

namespace Plateau.Server.Import;

/// <summary>Counts what became of the lines; any number of threads may count at once.</summary>
internal sealed class ImportSummary
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Reason> _reasons = new(StringComparer.Ordinal);
    private long _read;
    private long _accepted;
    private long _repeated;
    private long _refused;
    private string? _stopped;

    /// <summary>A line was read.</summary>
    public void CountRead()
    {
        lock (_lock)
        {
            _read++;
        }
    }

    /// <summary>A line was accepted, or had been accepted before.</summary>
    public void CountAccepted(bool repeated)
    {
        lock (_lock)
        {
            _accepted += repeated ? 0 : 1;
            _repeated += repeated ? 1 : 0;
        }
    }

    /// <summary>A line was refused.</summary>
    public void CountRefused(long line, ImportFault fault)
    {
        lock (_lock)
        {
            _refused++;
            if (!_reasons.TryGetValue(fault.Code, out var reason))
            {
                _reasons.Add(fault.Code, reason = new Reason());
            }
            reason.Add(line, fault.Message);
        }
    }

    /// <summary>The import ended before its file did; the first reason stays.</summary>
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

    // Lines finish in any order, so the first three are those with the lowest numbers, not those that came first.
    private sealed class Reason
    {
        private const int MaxLines = 3;
        private readonly SortedList<long, string> _first = [];

        public long Count { get; private set; }

        public void Add(long line, string message)
        {
            Count++;
            _first[line] = message;
            if (_first.Count > MaxLines)
            {
                _first.RemoveAt(MaxLines);
            }
        }

        public ImportReason ToReport(string code) => new(code, Count, [.. _first.Keys], _first.Values[0]);
    }
}

/// <summary>What became of the lines of a file.</summary>
internal sealed record ImportReport
{
    /// <summary>Lines read, without header and empty lines.</summary>
    public required long LinesRead { get; init; }

    /// <summary>Lines that are now durable records.</summary>
    public required long Accepted { get; init; }

    /// <summary>Lines whose record was there already.</summary>
    public required long Repeated { get; init; }

    /// <summary>Lines that are no records, for the reasons below.</summary>
    public required long Refused { get; init; }

    /// <summary>Why lines were refused; the most frequent reason first.</summary>
    public required IReadOnlyList<ImportReason> Reasons { get; init; }

    /// <summary>Why the import ended before its file did; null when it did not.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public required string? Stopped { get; init; }

    /// <summary>Whether every line was accepted, now or before.</summary>
    [JsonIgnore]
    public bool IsComplete => Stopped is null && Refused == 0;

    /// <summary>The report as one line of JSON.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, ImportJsonContext.Default.ImportReport);
}

/// <summary>Why lines were refused.</summary>
/// <param name="Code">Stable name of the reason.</param>
/// <param name="Count">How many lines.</param>
/// <param name="Lines">The first of them, at most three, in the file's order; the header is line 1.</param>
/// <param name="Message">The reason of the first of them in words.</param>
internal sealed record ImportReason(string Code, long Count, IReadOnlyList<long> Lines, string Message);

/// <summary>How reports are written.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ImportReport))]
internal sealed partial class ImportJsonContext : JsonSerializerContext;
