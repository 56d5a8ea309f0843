using System.Text.Json.Nodes;
using Microsoft.OpenApi;
using Plateau.Server.Http;
using Plateau.Telemetry;

namespace Plateau.Server.Telemetry;

/// <summary>Which buckets are asked for.</summary>
/// <param name="Interval">How long they are.</param>
/// <param name="Start">A time in the first of them.</param>
/// <param name="End">A time after the start; what is before it is in a bucket.</param>
internal sealed record AggregateQuery(AggregationInterval Interval, DateTimeOffset Start, DateTimeOffset End)
{
    /// <summary>Buckets in an answer at the most.</summary>
    public const int MaxBuckets = 10_000;

    private static readonly Dictionary<string, AggregationInterval> Intervals = new(StringComparer.Ordinal)
    {
        ["PT5M"] = AggregationInterval.FiveMinutes,
        ["PT15M"] = AggregationInterval.FifteenMinutes,
        ["PT30M"] = AggregationInterval.ThirtyMinutes,
        ["PT1H"] = AggregationInterval.Hour,
        ["P1D"] = AggregationInterval.Day,
        ["P1M"] = AggregationInterval.Month,
    };

    /// <summary>The parameters of both calls.</summary>
    public static readonly QueryParameter[] Parameters =
    [
        new("interval", "How long buckets are, on the clock and calendar of the time zone. Required.",
            () => new() { Type = JsonSchemaType.String, Enum = [.. Intervals.Keys.Select(one => (JsonNode)one)] }),
        QueryParameter.Time(
            "start_time",
            "A time in the first bucket; buckets are whole. Required. RFC 3339; a plus is sent as `%2B`."),
        QueryParameter.Time(
            "end_time", "The time up to which buckets reach, exclusive; the last is whole. Default now."),
    ];

    /// <summary>Reads the parameters; null when something is wrong, which the reader then has.</summary>
    public static AggregateQuery? Read(QueryReader query, DateTimeOffset now)
    {
        var interval = query.Text("interval");
        if (interval is null)
        {
            query.Refuse("interval", "interval_missing", "interval is required.");
        }
        else if (!Intervals.ContainsKey(interval))
        {
            query.Refuse(
                "interval", "interval_invalid",
                $"interval must be one of {string.Join(", ", Intervals.Keys)}; it was {Quote.Of(interval)}.");
        }
        if (query.Text("start_time") is null)
        {
            query.Refuse("start_time", "start_time_missing", "start_time is required.");
        }
        var start = query.Time("start_time");
        var end = query.Time("end_time") ?? now;
        if (end <= start)
        {
            query.Refuse(
                "end_time", "end_time_invalid", "end_time must be after start_time, and is now if it is not sent.");
        }
        foreach (var (name, time) in new[] { ("start_time", start), ("end_time", end) })
        {
            if (time?.Year is < 1970 or > 2999)
            {
                query.Refuse(name, name + "_invalid", $"{name} must be between the years 1970 and 2999.");
            }
        }
        return query.Error is null && start is { } from ? new(Intervals[interval!], from, end) : null;
    }

    /// <summary>How the interval is written.</summary>
    public string IntervalText => Intervals.First(one => one.Value == Interval).Key;

    /// <summary>The edges of the buckets in a time zone, or why there are none.</summary>
    public (List<DateTimeOffset>? Edges, ApiError? Error) FindEdges(TimeZoneInfo zone) =>
        BucketEdges.Find(Start, End, Interval, zone, MaxBuckets) is { } edges
            ? (edges, null)
            : (null, ApiError.BadInput(
                "end_time", "end_time_invalid",
                $"From start_time to end_time there are more than {MaxBuckets} buckets of {IntervalText}."));
}
