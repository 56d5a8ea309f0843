using System.CommandLine;
using Plateau.Contracts;

namespace Plateau.Server.Simulate;

/// <summary>What <c>plateau simulate</c> is asked for, checked.</summary>
internal sealed record SimulateArguments
{
    private static readonly DateTimeOffset Earliest = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>How many devices, 1–1 000 000.</summary>
    public required int Devices { get; init; }

    /// <summary>The chance behind the fleet.</summary>
    public required uint Seed { get; init; }

    /// <summary>Where simulated time begins; not later than now.</summary>
    public required DateTimeOffset Start { get; init; }

    /// <summary>Where simulated time ends, exclusive; null for never.</summary>
    public required DateTimeOffset? End { get; init; }

    /// <summary>Simulated time between two states of a device.</summary>
    public required TimeSpan Interval { get; init; }

    /// <summary>Simulated seconds a second, above 0; infinity for as fast as the server takes them.</summary>
    public required double Speed { get; init; }

    /// <summary>Whether every state is a submission of its own.</summary>
    public required bool OneByOne { get; init; }

    /// <summary>Reads the command line.</summary>
    /// <param name="result">The command line.</param>
    /// <param name="now">The time.</param>
    /// <param name="fault">What is wrong, in one line; null when nothing is.</param>
    public static SimulateArguments? Read(ParseResult result, DateTimeOffset now, out string? fault)
    {
        var interval = result.GetValue(SimulateOptions.Interval);
        var aligned = new DateTimeOffset(now.UtcTicks / interval.Ticks * interval.Ticks, TimeSpan.Zero);
        var speed = result.GetValue(SimulateOptions.Speed);
        var told = result.GetValue(SimulateOptions.Start);
        var start = told ?? aligned;
        fault = speed > 1 && told is null
            ? "Faster than time needs a past: a state cannot be sent before its time. Give --start, such as --start "
                + $"{Instant.Format(aligned.AddDays(-1))}; at now it goes on at speed 1."
            : start > now
                ? $"--start lies ahead: a state cannot be sent before its time, and it is {Instant.Format(now)}."
                : start < Earliest
                    ? $"--start must not be before {Instant.Format(Earliest)}."
                    : null;
        return fault is not null
            ? null
            : new SimulateArguments
            {
                Devices = result.GetValue(SimulateOptions.Devices),
                Seed = result.GetValue(SimulateOptions.Seed),
                Start = start,
                End = result.GetValue(SimulateOptions.Duration) is { } duration ? start + duration : null,
                Interval = interval,
                Speed = speed,
                OneByOne = result.GetValue(SimulateOptions.Send) == SimulateOptions.Single,
            };
    }
}
