using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Plateau.Contracts;

namespace Plateau.Bench;

/// <summary>Tells what was found: tables for people, JSON for comparing runs.</summary>
internal static class Report
{
    private const double BusyLoad = 0.9;

    private static readonly JsonSerializerOptions Json = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // a file, never a page
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    /// <summary>Writes the tables of one work: medians of its rounds, then its figures.</summary>
    public static void Print(Finding finding)
    {
        Console.WriteLine($"{finding.Work}: {finding.Setting}");
        if (finding.Contenders.Count > 0)
        {
            Console.WriteLine(
                $"  {"",-38} {"a second",9} {"p50 ms",8} {"p99 ms",8} {"server µs",10} {"postgres µs",12} {"load",5}");
        }
        foreach (var one in finding.Contenders)
        {
            Console.WriteLine($"  {one.Name,-38} {Median(one, round => round.PerSecond, "F0"),9} "
                + $"{Median(one, round => round.MedianMilliseconds, "F2"),8} "
                + $"{Median(one, round => round.NinetyNinthMilliseconds, "F2"),8} "
                + $"{Median(one, round => round.ServerMicroseconds, "F1"),10} "
                + $"{Median(one, round => round.PostgresMicroseconds, "F1"),12} "
                + $"{Median(one, round => round.LoadShare, "F2"),5}");
        }
        foreach (var one in finding.Figures)
        {
            var goal = one.Limit is { } limit ? $"{(one.IsAtLeast ? '≥' : '≤')} {Text(limit, "G6")}" : "";
            var reached = one.IsReached switch { true => "reached", false => "MISSED", null => "" };
            var value = Text(one.Value, Digits(one.Value));
            Console.WriteLine($"  {one.Name,-90} {value,9} {one.Unit,-12} {goal,-9} {reached}".TrimEnd());
        }
        foreach (var one in finding.Contenders.Where(one => one.Rounds.Any(round => round.LoadShare > BusyLoad)))
        {
            Console.WriteLine($"  {one.Name}: the load kept a core busy, and may have been the limit.");
        }
        foreach (var fault in finding.Faults)
        {
            Console.WriteLine($"  WRONG: {fault}");
        }
        Console.WriteLine();
    }

    /// <summary>Writes everything that was measured.</summary>
    public static void Write(string file, BenchOptions options, IReadOnlyList<Finding> findings)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(file));
        Directory.CreateDirectory(folder ?? ".");
        var all = new
        {
            Time = Instant.Format(TimeProvider.System.GetUtcNow()),
            Machine = new
            {
                Cores = Environment.ProcessorCount,
                Runtime = RuntimeInformation.FrameworkDescription,
                System = RuntimeInformation.OSDescription,
                Architecture = RuntimeInformation.ProcessArchitecture.ToString(),
            },
            RoundSeconds = options.Duration.TotalSeconds,
            Findings = findings,
        };
        File.WriteAllText(file, JsonSerializer.Serialize(all, Json) + "\n");
        Console.WriteLine($"Every round is in {file}.");
    }

    private static string Median(Contender contender, Func<Round, double?> value, string format)
    {
        double[] known = [.. contender.Rounds.Select(value).OfType<double>()];
        return known.Length == 0 ? "-" : Text(Ratio.MedianOf(known), format);
    }

    private static string Digits(double value) => value >= 1_000 ? "F0" : "F2";

    private static string Text(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
