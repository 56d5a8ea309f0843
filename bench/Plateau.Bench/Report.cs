using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Plateau.Contracts;

namespace Plateau.Bench;

/// <summary>Tells what was found: a table for people, JSON for comparing runs.</summary>
internal static class Report
{
    private static readonly JsonSerializerOptions Json = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // a file, never a page
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    /// <summary>Writes the table of one comparison: medians of its rounds, then its ratios.</summary>
    public static void Print(Finding finding)
    {
        Console.WriteLine(
            $"{finding.Scenario.ToString().ToLowerInvariant()}, {finding.Engine}: {finding.Devices} devices, "
            + $"{finding.Connections} connections");
        Console.WriteLine($"  {"",-20} {"answers/s",10} {"p50 ms",8} {"p99 ms",8} {"server µs",10} {"postgres µs",12} "
            + $"{"load µs",8} {"200",9} {"other",6}");
        foreach (var one in finding.Contenders)
        {
            var postgres = one.Rounds.All(round => round.PostgresMicroseconds is null)
                ? "-"
                : Figure(one, round => round.PostgresMicroseconds ?? 0, "F0");
            Console.WriteLine($"  {one.Name,-20} {Figure(one, round => round.PerSecond, "F0"),10} "
                + $"{Figure(one, round => round.MedianMilliseconds, "F2"),8} "
                + $"{Figure(one, round => round.NinetyNinthMilliseconds, "F2"),8} "
                + $"{Figure(one, round => round.ServerMicroseconds, "F0"),10} {postgres,12} "
                + $"{Figure(one, round => round.LoadMicroseconds, "F0"),8} {one.Accepted,9} {one.Refused,6}");
        }
        foreach (var ratio in finding.Ratios)
        {
            var rounds = string.Join(' ', ratio.Rounds.Select(value => Text(value, "F2")));
            Console.WriteLine(
                $"  {ratio.Name,-30} {Text(ratio.Median, "F2")}   (target {ratio.Target}; rounds {rounds})");
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
            WarmUpSeconds = options.WarmUp.TotalSeconds,
            RoundSeconds = options.Duration.TotalSeconds,
            Findings = findings,
        };
        File.WriteAllText(file, JsonSerializer.Serialize(all, Json) + "\n");
        Console.WriteLine($"Every round is in {file}.");
    }

    private static string Figure(Contender contender, Func<Round, double> value, string format) =>
        Text(Ratio.MedianOf(contender.Rounds.Select(value)), format);

    private static string Text(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
