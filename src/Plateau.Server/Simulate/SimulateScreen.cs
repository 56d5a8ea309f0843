using Plateau.Contracts;
using Spectre.Console;

namespace Plateau.Server.Simulate;

/// <summary>Tells people on standard error how far a simulation is.</summary>
/// <param name="error">Standard error.</param>
/// <param name="clock">Paces what is shown.</param>
internal sealed class SimulateScreen(TextWriter error, TimeProvider clock)
{
    private static readonly TimeSpan StatusInterval = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LineInterval = TimeSpan.FromSeconds(5);

    // A simulation that is no further behind than this goes with the clock.
    private static readonly TimeSpan OfNow = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();

    /// <summary>Writes a line.</summary>
    public void Tell(string line)
    {
        lock (_gate)
        {
            error.WriteLine(line);
        }
    }

    /// <summary>Shows progress until the work ends: in place on a terminal, now and then a line elsewhere.</summary>
    /// <param name="describe">Says how far it is.</param>
    /// <param name="work">The work.</param>
    public async Task ShowAsync(Func<string> describe, Task work)
    {
        if (ReferenceEquals(error, Console.Error) && !Console.IsErrorRedirected)
        {
            var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(error) });
            await console.Status().StartAsync(Markup.Escape(describe()), async status =>
            {
                while (await EndsWithinAsync(work, StatusInterval) is false)
                {
                    status.Status(Markup.Escape(describe()));
                }
            });
        }
        else
        {
            while (await EndsWithinAsync(work, LineInterval) is false)
            {
                Tell(describe());
            }
        }
        await work;
    }

    /// <summary>How far a simulation is, in words; the rate is that since it was asked last.</summary>
    public Func<string> Progress(SimulateTotals totals)
    {
        var (before, asked) = (0L, clock.GetTimestamp());
        return () =>
        {
            var (durable, now) = (totals.Durable, clock.GetTimestamp());
            var rate = (durable - before) / Math.Max(clock.GetElapsedTime(asked, now).TotalSeconds, 0.001);
            (before, asked) = (durable, now);
            var where = clock.GetUtcNow() - totals.Until < OfNow
                ? "Following the clock, until Ctrl-C"
                : $"Simulated until {Instant.Format(totals.Until)}";
            return FormattableString.Invariant(
                $"{where}: {durable} states kept, {rate:0} a second, {totals.Refused} refused");
        };
    }

    private async Task<bool> EndsWithinAsync(Task work, TimeSpan time) =>
        await Task.WhenAny(work, Task.Delay(time, clock, CancellationToken.None)) == work;
}
