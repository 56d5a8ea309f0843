using System.Globalization;
using Plateau.Server.Http;
using Spectre.Console;

namespace Plateau.Server.Import;

/// <summary>Tells people how far an import is, and how it ended.</summary>
/// <param name="files">The files that are read.</param>
/// <param name="summary">The counts.</param>
/// <param name="clock">Paces what is shown, and measures the rate.</param>
internal sealed class ImportScreen(IReadOnlyList<StateFile> files, ImportSummary summary, TimeProvider clock)
{
    private static readonly TimeSpan BarInterval = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LineInterval = TimeSpan.FromSeconds(5);

    private readonly long _started = clock.GetTimestamp();

    /// <summary>Shows progress until the work ends: a bar on a terminal, now and then a plain line elsewhere.</summary>
    /// <param name="error">Standard error.</param>
    /// <param name="work">The import.</param>
    public async Task ShowAsync(TextWriter error, Task work)
    {
        if (ReferenceEquals(error, Console.Error) && !Console.IsErrorRedirected)
        {
            await ShowBarAsync(error, work);
        }
        else
        {
            await ShowLinesAsync(error, work);
        }
        await work;
    }

    /// <summary>What became of the lines, for people.</summary>
    public static IEnumerable<string> Describe(ImportReport report)
    {
        yield return report.Good is { } good
            ? Text($"{LinesRead(report)}, nothing sent: {good} good, {report.Refused} to be refused")
            : Counts(report);
        foreach (var reason in report.Reasons)
        {
            yield return Text($"  {reason.Count} {reason.Code}: {reason.Message}");
            foreach (var (file, line, value) in reason.First)
            {
                var name = file == LineSource.StandardInput ? "standard input" : file;
                yield return Text($"    {name} line {line}{(value is null ? "" : $": {Quote.Of(value)}")}");
            }
        }
        if (report.Stopped is { } why)
        {
            yield return $"Stopped before the end: {why}";
            if (report.Good is null)
            {
                yield return "Import it again: what is kept already is repeated, never doubled.";
            }
        }
    }

    private Task ShowBarAsync(TextWriter error, Task work)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(error) });
        return console.Progress()
            .AutoClear(true)
            .Columns(
                new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn(), new TaskDescriptionColumn())
            .StartAsync(async progress =>
            {
                var bar = progress.AddTask("reading", maxValue: 1);
                while (!work.IsCompleted)
                {
                    bar.IsIndeterminate = ShareRead is null;
                    bar.Value = ShareRead ?? 0;
                    var counts = summary.ToReport();
                    bar.Description = Text($"{counts.LinesRead} lines, {counts.Refused} refused, {RatePerSecond}/s");
                    await Task.WhenAny(work, Task.Delay(BarInterval, clock, CancellationToken.None));
                }
            });
    }

    private async Task ShowLinesAsync(TextWriter error, Task work)
    {
        while (await Task.WhenAny(work, Task.Delay(LineInterval, clock, CancellationToken.None)) != work)
        {
            var left = ShareRead is > 0 and { } share
                ? Text($", {share:P0} of the bytes, {Elapsed.TotalSeconds * (1 - share) / share:0} s left")
                : "";
            error.WriteLine($"{Counts(summary.ToReport())}; {RatePerSecond} lines a second{left}");
        }
    }

    // By the bytes of all files; null where the length of one is not known.
    private double? ShareRead => files.Sum(file => file.Length ?? double.NaN) is > 0 and var length
        ? Math.Min(1, files.Sum(file => file.BytesRead) / length)
        : null;

    private TimeSpan Elapsed => clock.GetElapsedTime(_started);

    private long RatePerSecond => (long)(summary.ToReport().LinesRead / Math.Max(Elapsed.TotalSeconds, 0.001));

    private static string Counts(ImportReport report) =>
        Text($"{LinesRead(report)}: {report.Accepted} accepted, {report.Repeated} repeated, {report.Refused} refused");

    private static string LinesRead(ImportReport report) =>
        Text($"{report.LinesRead} line{(report.LinesRead == 1 ? "" : "s")} read");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
