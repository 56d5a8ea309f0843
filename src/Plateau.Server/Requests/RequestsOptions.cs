using System.ComponentModel.DataAnnotations;

namespace Plateau.Server.Requests;

/// <summary>The failed calls that are kept for their account to read.</summary>
internal sealed class RequestsOptions
{
    /// <summary>Failed calls kept of an account and mode, the newest. Default 1 000.</summary>
    [Range(10, 100_000)]
    public int MaxKept { get; set; } = 1_000;

    /// <summary>Days for which they are kept at the most. Default 7.</summary>
    [Range(1, 90)]
    public int MaxDays { get; set; } = 7;

    /// <summary>
    /// Failed calls of an account that a process keeps of one second; more are only counted. Default 100.
    /// </summary>
    [Range(1, 10_000)]
    public int MaxPerSecond { get; set; } = 100;

    /// <summary>Failed calls that wait for being written; more are only counted. Default 5 000.</summary>
    [Range(1, 100_000)]
    public int QueueCapacity { get; set; } = 5_000;
}
