using Spectre.Console;

namespace Plateau.Server.Import;

/// <summary>Tells people how far an import is, and how it ended.</summary>
internal static class ImportScreen
{
    private static readonly TimeSpan BarInterval = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LineInterval = TimeSpan.FromSeconds(5);

    /// <summary>Shows progress until the work ends: a bar on a terminal, now and then a plain line elsewhere.</summary>
    /// <param name="error">Standard error.</param>
    /// <param name="file">The file that is read.</param>
    /// <param name="summary">The counts.</param>
    /// <param name="clock">Paces what is shown.</param>
    /// <param name="work">The import.</param>
    public static async Task ShowAsync(
        TextWriter error, StateFile file, ImportSummary summary, TimeProvider clock, Task work)
    {
        if (ReferenceEquals(error, Console.Error) && !Console.IsErrorRedirected)
        {
            await ShowBarAsync(error, file, summary, clock, work);
        }
        else
        {
            await ShowLinesAsync(error, summary, clock, work);
        }
        await work;
    }

    /// <summary>Writes what became of the lines.</summary>
    public static void Write(TextWriter output, ImportReport report)
    {
        output.WriteLine(Describe(report));
        foreach (var reason in report.Reasons)
        {
            var more = reason.Count > reason.Lines.Count ? ", …" : "";
            var lines = string.Join(", ", reason.Lines) + more;
            output.WriteLine($"  {reason.Count} {reason.Code}: line {lines}: {reason.Message}");
        }
        if (report.Stopped is { } why)
        {
            output.WriteLine($"Stopped before the end of the file: {why}");
            output.WriteLine("Import it again: records with a record_reference_id are never kept twice.");
        }
    }

    private static Task ShowBarAsync(
        TextWriter error, StateFile file, ImportSummary summary, TimeProvider clock, Task work)
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
                    bar.Value = file.ShareRead;
                    bar.Description = Markup.Escape(Describe(summary.ToReport()));
                    await Task.WhenAny(work, Task.Delay(BarInterval, clock, CancellationToken.None));
                }
            });
    }

    private static async Task ShowLinesAsync(TextWriter error, ImportSummary summary, TimeProvider clock, Task work)
    {
        while (await Task.WhenAny(work, Task.Delay(LineInterval, clock, CancellationToken.None)) != work)
        {
            error.WriteLine(Describe(summary.ToReport()));
        }
    }

    private static string Describe(ImportReport report) => FormattableString.Invariant(
        $"{report.LinesRead} lines read: {report.Accepted} accepted, {report.Repeated} repeated, ")
        + FormattableString.Invariant($"{report.Refused} refused");
}
