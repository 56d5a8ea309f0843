using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Plateau.Contracts;

namespace Plateau.Server.Simulate;

/// <summary>The options of <c>plateau simulate</c>.</summary>
internal static class SimulateOptions
{
    public const string Single = "single";
    private const string Batch = "batch";
    private const string AsFastAsCanBe = "max";
    private const int MaxDevices = 1_000_000;

    public static readonly Option<int> Devices = new("--devices")
    {
        Description = "How many devices, 1 to 1000000.",
        HelpName = "count",
        DefaultValueFactory = _ => 100,
        CustomParser = argument =>
        {
            if (int.TryParse(argument.Tokens[0].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var count)
                && count is >= 1 and <= MaxDevices)
            {
                return count;
            }
            argument.AddError($"--devices is 1 to {MaxDevices}.");
            return 0;
        },
    };

    public static readonly Option<uint> Seed = new("--seed")
    {
        Description = "A number that names the fleet: the same seed is the same fleet and the same lives.",
        HelpName = "number",
        DefaultValueFactory = _ => 1,
        CustomParser = argument =>
        {
            if (uint.TryParse(argument.Tokens[0].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var seed))
            {
                return seed;
            }
            argument.AddError($"--seed is a whole number from 0 to {uint.MaxValue}.");
            return 0;
        },
    };

    public static readonly Option<DateTimeOffset?> Start = new("--start")
    {
        Description = "Where simulated time begins, such as 2026-02-01T00:00:00Z. [default: now]",
        HelpName = "time",
        CustomParser = argument =>
        {
            var text = argument.Tokens[0].Value;
            // A day begins at midnight, UTC.
            if (Instant.TryParse(text, out var time) || Instant.TryParse($"{text}T00:00:00Z", out time))
            {
                return time;
            }
            argument.AddError($"'{text}' is not a time such as 2026-02-01T00:00:00Z, or a day such as 2026-02-01.");
            return null;
        },
    };

    public static readonly Option<TimeSpan?> Duration = new("--duration")
    {
        Description = "How much time is simulated, such as 90s, 15m, 12h or 7d. [default: until it is stopped]",
        HelpName = "time",
        CustomParser = argument => ReadSpan(argument, TimeSpan.FromDays(100 * 366)),
    };

    public static readonly Option<TimeSpan> Interval = new("--interval")
    {
        Description = "Simulated time between two states of a device, 1s to 1d.",
        HelpName = "time",
        DefaultValueFactory = _ => TimeSpan.FromMinutes(5),
        CustomParser = argument => ReadSpan(argument, TimeSpan.FromDays(1)) ?? TimeSpan.Zero,
    };

    /// <summary>Infinity stands for <c>max</c>.</summary>
    public static readonly Option<double> Speed = new("--speed")
    {
        Description = "Simulated seconds a second; max, or 0: as fast as the server takes the states.",
        HelpName = "factor|max",
        DefaultValueFactory = _ => 1,
        CustomParser = argument =>
        {
            var text = argument.Tokens[0].Value;
            if (text == AsFastAsCanBe)
            {
                return double.PositiveInfinity;
            }
            if (double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var factor)
                && double.IsFinite(factor))
            {
                return factor == 0 ? double.PositiveInfinity : factor;
            }
            argument.AddError("--speed is a number such as 60, or max.");
            return 1;
        },
    };

    public static readonly Option<string> Send = new Option<string>("--send")
    {
        Description = "Each state as a submission of its own, or thousands in a batch.",
        DefaultValueFactory = _ => Batch,
    }.AcceptOnlyFromAmong(Batch, Single);

    private static TimeSpan? ReadSpan(ArgumentResult argument, TimeSpan longest)
    {
        var (text, option) = (argument.Tokens[0].Value, ((OptionResult)argument.Parent!).Option.Name); // of an option
        var unit = text.Length == 0 ? 0 : text[^1] switch { 's' => 1, 'm' => 60, 'h' => 3_600, 'd' => 86_400, _ => 0 };
        if (unit != 0 && uint.TryParse(text[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            && count > 0 && (double)count * unit <= longest.TotalSeconds)
        {
            return TimeSpan.FromSeconds((double)count * unit);
        }
        argument.AddError(string.Create(
            CultureInfo.InvariantCulture,
            $"{option} is a whole number of s, m, h or d, such as 15m, and at most {longest.TotalDays}d."));
        return null;
    }
}
