using System.Diagnostics.Metrics;

namespace Plateau.Server.Telemetry;

/// <summary>Counts of the state path. No account, device or place is in their labels.</summary>
internal sealed class TelemetryMetrics
{
    /// <summary>Name of the meter.</summary>
    public const string MeterName = "Plateau.Telemetry";

    private readonly Meter _meter;
    private readonly Counter<long> _records;
    private readonly Histogram<double> _commit;
    private readonly Histogram<int> _batch;
    private readonly long[] _counts = new long[Enum.GetValues<SubmissionResult>().Length];

    public TelemetryMetrics(IMeterFactory factory)
    {
        _meter = factory.Create(MeterName);
        _records = _meter.CreateCounter<long>(
            "plateau.state.records", "{record}", "Submitted records, by what became of them.");
        _commit = _meter.CreateHistogram<double>(
            "plateau.state.commit.duration", "s", "Time from a batch's first try to its commit.");
        _batch = _meter.CreateHistogram<int>("plateau.state.commit.records", "{record}", "Records in a commit.");
    }

    /// <summary>Watches how many records wait.</summary>
    public void ObserveQueue(Func<int> length) =>
        _meter.CreateObservableGauge("plateau.state.queue.length", length, "{record}", "Records waiting for a commit.");

    /// <summary>Counts a committed batch.</summary>
    public void Committed(SubmissionOutcome[] outcomes, TimeSpan took)
    {
        Array.Clear(_counts);
        foreach (var outcome in outcomes)
        {
            _counts[(int)outcome.Result]++;
        }
        for (var result = 0; result < _counts.Length; result++)
        {
            Count((SubmissionResult)result, _counts[result]);
        }
        _commit.Record(took.TotalSeconds);
        _batch.Record(outcomes.Length);
    }

    /// <summary>Counts records answered 503.</summary>
    public void GaveUp(int count) => Count(SubmissionResult.StorageUnavailable, count);

    private void Count(SubmissionResult result, long count)
    {
        if (count > 0)
        {
            _records.Add(count, new KeyValuePair<string, object?>("result", Names[(int)result]));
        }
    }

    private static readonly string[] Names =
    [
        .. Enum.GetNames<SubmissionResult>().Select(System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName),
    ];
}
