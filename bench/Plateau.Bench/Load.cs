using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Plateau.Bench;

/// <summary>One run of the load generator against one server.</summary>
/// <param name="PerSecond">Answers a second.</param>
/// <param name="MedianMilliseconds">Median latency.</param>
/// <param name="ServerMicroseconds">CPU of the server's process an answer, µs.</param>
/// <param name="PostgresMicroseconds">CPU of every PostgreSQL process of the machine an answer, µs.</param>
/// <param name="Bad">Answers that were no success.</param>
internal sealed record Load(
    double PerSecond, double MedianMilliseconds, double ServerMicroseconds, double PostgresMicroseconds, long Bad)
{
    private const double MicrosecondsPerTick = 10_000;

    /// <summary>Runs wrk with a script for some seconds.</summary>
    public static async Task<Load> RunAsync(string url, string script, string run, int connections, int seconds, int server)
    {
        var before = (Ticks(server), PostgresTicks());
        var start = new ProcessStartInfo(
            "wrk", ["-t1", $"-c{connections}", $"-d{seconds}", "--latency", "-s", script, url, run])
        {
            RedirectStandardOutput = true,
        };
        using var process = Process.Start(start) ?? throw new InvalidOperationException("wrk does not start.");
        var text = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        var after = (Ticks(server), PostgresTicks());
        var count = Number(text, @"(\d+) requests in");
        return new Load(
            Number(text, @"Requests/sec:\s+([\d.]+)"),
            Milliseconds(text),
            (after.Item1 - before.Item1) * MicrosecondsPerTick / count,
            (after.Item2 - before.Item2) * MicrosecondsPerTick / count,
            (long)Number(text, @"Non-2xx or 3xx responses: (\d+)"));
    }

    private static double Number(string text, string pattern) =>
        Regex.Match(text, pattern) is { Success: true } match
            ? double.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture)
            : 0;

    private static double Milliseconds(string text)
    {
        var match = Regex.Match(text, @"50%\s+([\d.]+)(us|ms|s)");
        return !match.Success ? 0 : double.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture)
            * match.Groups[2].Value switch { "us" => 0.001, "ms" => 1, _ => 1000 };
    }

    private static long Ticks(int process)
    {
        try
        {
            var fields = File.ReadAllText($"/proc/{process}/stat").Split(") ")[^1].Split(' ');
            return long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return 0; // it has just ended
        }
    }

    private static long PostgresTicks() => Process.GetProcessesByName("postgres").Sum(process => Ticks(process.Id));
}
