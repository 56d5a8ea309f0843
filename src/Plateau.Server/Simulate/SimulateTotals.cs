using System.Text.Json;
using System.Text.Json.Serialization;
using Plateau.Contracts;

namespace Plateau.Server.Simulate;

/// <summary>What a simulation has come to so far; safe to count and to read from many threads.</summary>
internal sealed class SimulateTotals
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<string, (long Count, string Message)> _failures = new(StringComparer.Ordinal);
    private long _accepted;
    private long _replayed;
    private long _unanswered;
    private long _untilTicks;

    /// <summary>Simulated time that is sent, exclusive, UTC.</summary>
    public DateTimeOffset Until
    {
        get => new(Interlocked.Read(ref _untilTicks), TimeSpan.Zero);
        set => Interlocked.Exchange(ref _untilTicks, value.UtcTicks);
    }

    /// <summary>States that are durable.</summary>
    public long Durable => Interlocked.Read(ref _accepted) + Interlocked.Read(ref _replayed);

    /// <summary>States that the server refused.</summary>
    public long Refused
    {
        get
        {
            lock (_gate)
            {
                return _failures.Values.Sum(one => one.Count);
            }
        }
    }

    /// <summary>Counts states that were answered.</summary>
    public void Count(int accepted, int replayed)
    {
        Interlocked.Add(ref _accepted, accepted);
        Interlocked.Add(ref _replayed, replayed);
    }

    /// <summary>Counts a state that was refused.</summary>
    public void CountRefused(string code, string message)
    {
        lock (_gate)
        {
            var (count, first) = _failures.GetValueOrDefault(code, (0, message));
            _failures[code] = (count + 1, first);
        }
    }

    /// <summary>Counts states that were sent and whose answer was not waited for.</summary>
    public void CountUnanswered(int count) => Interlocked.Add(ref _unanswered, count);

    /// <summary>All of it, at one moment.</summary>
    public SimulateReport ToReport(int devices, int reporting, DateTimeOffset start)
    {
        lock (_gate)
        {
            return new(
                devices, reporting, start, Until, Interlocked.Read(ref _accepted), Interlocked.Read(ref _replayed),
                Interlocked.Read(ref _unanswered), Refused,
                [.. _failures.Select(one => new SimulateFailure(one.Key, one.Value.Count, one.Value.Message))]);
        }
    }
}

/// <summary>What a simulation came to.</summary>
/// <param name="Devices">Devices of the fleet.</param>
/// <param name="DevicesReporting">Those of them that have a battery or a car, and report.</param>
/// <param name="StartTime">Where simulated time began, UTC.</param>
/// <param name="EndTime">Where it ended, exclusive, UTC.</param>
/// <param name="StatesAccepted">States kept.</param>
/// <param name="StatesReplayed">States that were kept by an earlier run.</param>
/// <param name="StatesUnanswered">States not answered before the stop; the same command sends them again.</param>
/// <param name="StatesRefused">States that the server refused.</param>
/// <param name="Failures">Why, by code; empty when none was.</param>
internal sealed record SimulateReport(
    int Devices, int DevicesReporting, DateTimeOffset StartTime, DateTimeOffset EndTime, long StatesAccepted,
    long StatesReplayed, long StatesUnanswered, long StatesRefused, IReadOnlyList<SimulateFailure> Failures)
{
    /// <summary>The report as one line of JSON.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, SimulateJsonContext.Default.SimulateReport);

    /// <summary>The report in words.</summary>
    public string ToText() => FormattableString.Invariant(
        $"{DevicesReporting} of {Devices} devices reported from {Instant.Format(StartTime)} to ")
        + FormattableString.Invariant(
            $"{Instant.Format(EndTime)}: {StatesAccepted} states kept, {StatesReplayed} there before, ")
        + FormattableString.Invariant($"{StatesRefused} refused")
        + (StatesUnanswered == 0 ? "." : FormattableString.Invariant($", {StatesUnanswered} not answered."));
}

/// <summary>Why states were refused.</summary>
/// <param name="Code">The server's code.</param>
/// <param name="Count">How many states.</param>
/// <param name="Message">What it said of the first.</param>
internal sealed record SimulateFailure(string Code, long Count, string Message);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(SimulateReport))]
internal sealed partial class SimulateJsonContext : JsonSerializerContext;
