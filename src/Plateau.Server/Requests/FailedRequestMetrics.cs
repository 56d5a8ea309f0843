using System.Diagnostics.Metrics;

namespace Plateau.Server.Requests;

/// <summary>What became of the note of a failed call.</summary>
internal enum FailedRequestFate
{
    /// <summary>It is in the store.</summary>
    Kept,

    /// <summary>Its account had too many in that second.</summary>
    Limited,

    /// <summary>Too many waited.</summary>
    Dropped,

    /// <summary>The store did not take it.</summary>
    Lost,
}

/// <summary>Counts of failed calls of signed-in callers. No account is in their labels.</summary>
internal sealed class FailedRequestMetrics
{
    /// <summary>Name of the meter.</summary>
    public const string MeterName = "Plateau.Requests";

    private static readonly string[] Names =
    [
        .. Enum.GetNames<FailedRequestFate>().Select(System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName),
    ];

    private readonly Counter<long> _requests;

    public FailedRequestMetrics(IMeterFactory factory) => _requests = factory.Create(MeterName).CreateCounter<long>(
        "plateau.failed_requests", "{request}",
        "Failed calls of signed-in callers, by what became of the note for their account.");

    /// <summary>Counts some.</summary>
    public void Count(FailedRequestFate fate, int count) =>
        _requests.Add(count, new KeyValuePair<string, object?>("result", Names[(int)fate]));
}
