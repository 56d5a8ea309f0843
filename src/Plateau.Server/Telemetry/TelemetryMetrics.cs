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
            "plateau.state.commit.duration", "s", "Time that a commit took, without failed tries before it.");
        _batch = _meter.CreateHistogram<int>("plateau.state.commit.records", "{record}", "Records in a commit.");
    }

    /// <summary>Watches how many records wait.</summary>
    public void ObserveQueue(Func<int> length) =>
        _meter.CreateObservableGauge("plateau.state.queue.length", length, "{record}", "Records waiting for a commit.");

    /// <summary>Counts a committed batch, but for the records that are tried again.</summary>
    public void Committed(SubmissionOutcome[] outcomes, TimeSpan took)
    {
        Array.Clear(_counts);
        foreach (var outcome in outcomes)
        {
            _counts[(int)outcome.Result]++;
        }
        _counts[(int)SubmissionResult.StorageUnavailable] = 0;
        _counts[(int)SubmissionResult.Postponed] = 0;
        for (var result = 0; result < _counts.Length; result++)
        {
            Count(Names[result], _counts[result]);
        }
        _commit.Record(took.TotalSeconds);
        _batch.Record(outcomes.Length);
    }

    /// <summary>Counts records that came in bulk, but for those that go on to the queue.</summary>
    public void Packed(SubmissionOutcome[] outcomes)
    {
        foreach (var group in outcomes.CountBy(outcome => outcome.Result))
        {
            if (group.Key != SubmissionResult.Postponed)
            {
                Count(Names[(int)group.Key], group.Value);
            }
        }
    }

    /// <summary>Counts records answered 503.</summary>
    public void GaveUp(int count) => Count(Names[(int)SubmissionResult.StorageUnavailable], count);

    /// <summary>Counts a record that could not be stored by a fault of the server, answered 500.</summary>
    public void Failed() => Count(Names[(int)SubmissionResult.Failed], 1);

    private void Count(string result, long count)
    {
        if (count > 0)
        {
            _records.Add(count, new KeyValuePair<string, object?>("result", result));
        }
    }

    private static readonly string[] Names =
    [
        .. Enum.GetNames<SubmissionResult>().Select(System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName),
    ];
}
