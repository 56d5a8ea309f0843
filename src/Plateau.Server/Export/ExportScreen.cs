using Spectre.Console;

namespace Plateau.Server.Export;

/// <summary>Tells people on standard error how far an export is, and how it ended.</summary>
/// <param name="error">Standard error.</param>
/// <param name="export">What is walked.</param>
/// <param name="clock">Paces what is shown, and measures the rate.</param>
internal sealed class ExportScreen(TextWriter error, StateExport export, TimeProvider clock)
{
    private static readonly TimeSpan BarInterval = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LineInterval = TimeSpan.FromSeconds(5);

    private readonly long _started = clock.GetTimestamp();

    /// <summary>Shows progress until the work ends: a bar on a terminal, now and then a plain line elsewhere.</summary>
    public async Task ShowAsync(Task work, CancellationToken cancel)
    {
        if (ReferenceEquals(error, Console.Error) && !Console.IsErrorRedirected)
        {
            await ShowBarAsync(work, cancel);
        }
        else
        {
            while (await Task.WhenAny(work, Task.Delay(LineInterval, clock, CancellationToken.None)) != work)
            {
                error.WriteLine(Describe());
            }
        }
        await work;
        error.WriteLine(Describe());
    }

    private async Task ShowBarAsync(Task work, CancellationToken cancel)
    {
        // A page of a hundred devices costs as much as one of a hundred states, so the count costs next to nothing.
        var counting = export.CountDevicesAsync(cancel);
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(error) });
        await console.Progress()
            .AutoClear(true)
            .Columns(
                new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn(), new TaskDescriptionColumn())
            .StartAsync(async progress =>
            {
                var bar = progress.AddTask("reading");
                bar.IsIndeterminate = true;
                while (!work.IsCompleted)
                {
                    if (counting.IsCompletedSuccessfully)
                    {
                        bar.IsIndeterminate = false;
                        bar.MaxValue = Math.Max(1, await counting);
                        bar.Value = export.DevicesDone;
                    }
                    bar.Description = Markup.Escape(Describe());
                    await Task.WhenAny(work, Task.Delay(BarInterval, clock, CancellationToken.None));
                }
            });
    }

    private string Describe()
    {
        var seconds = clock.GetElapsedTime(_started).TotalSeconds;
        var rate = seconds > 0 ? export.Records / seconds : 0;
        var skipped = export.Skipped > 0
            ? FormattableString.Invariant($", {export.Skipped} left out without consent to telemetry")
            : "";
        var deleted = export.Deleted > 0
            ? FormattableString.Invariant($", {export.Deleted} deleted meanwhile")
            : "";
        return $"{Count(export.Records, "state")} of {Count(export.Devices, "device")}{skipped}{deleted}"
            + FormattableString.Invariant($", {rate:0} a second");
    }

    private static string Count(long number, string name) =>
        FormattableString.Invariant($"{number} {name}{(number == 1 ? "" : "s")}");
}
