using System.CommandLine;
using Plateau.Client;
using Plateau.Server.Simulation;
using Plateau.Server.Simulate;

namespace Plateau.Server.Commands.Api;

/// <summary><c>plateau simulate</c>: a fleet of homes and cars that lives, for trials and for load.</summary>
internal static class SimulateCommand
{
    private const string Help = """
        Register a simulated fleet and send its states, of the past and then live.

        Homes with batteries, panels, cars and heat pumps in thirteen towns, with sun, weather and people of their own;
        batteries and cars report. The seed makes them: the same seed finds its fleet again (references begin with
        sim-SEED-), and with the same start and interval sends the same states, of which none is kept twice. A device
        is the same however large its fleet is. Simulated time runs at --speed until it is now, then with the clock:
        no state is sent before its time. The key must be one that may manage. Ctrl-C stops and says what was sent.
        Exit codes: 0 all kept, 1 some refused or the server refused, 2 bad arguments, 130 stopped.

        Examples:
          plateau simulate --devices 1000
          plateau simulate --devices 1000 --start 2026-01-01 --speed max
          plateau simulate --devices 100000 --start 2026-01-01 --duration 1d --interval 15m --speed max
        """;

    private static readonly Option<bool> Json = new("--json") { Description = "Print the summary as one JSON object." };

    public static Command Create()
    {
        var command = new Command("simulate", Help)
        {
            SimulateOptions.Devices, SimulateOptions.Seed, SimulateOptions.Start, SimulateOptions.Duration,
            SimulateOptions.Interval, SimulateOptions.Speed, SimulateOptions.Send, Json,
        };
        CallerOptions.AddTo(command);
        command.SetAction(SimulateAsync);
        return command;
    }

    private static async Task<int> SimulateAsync(ParseResult result, CancellationToken cancel)
    {
        var (output, error) = (result.InvocationConfiguration.Output, result.InvocationConfiguration.Error);
        var clock = TimeProvider.System;
        if (SimulateArguments.Read(result, clock.GetUtcNow(), out var fault) is not { } arguments
            || CallerOptions.Read(result, out fault) is not { } caller)
        {
            error.WriteLine(fault);
            return CommandLine.BadArguments;
        }
        using var client = new PlateauClient(caller);
        var screen = new SimulateScreen(error, clock);
        try
        {
            var fleet = new SimulatedFleet(arguments.Seed);
            var registration = new FleetRegistration(client, fleet, arguments.Devices);
            var registering = registration.RegisterAsync(cancel);
            await screen.ShowAsync(registration.Progress, registering);
            var devices = await registering;
            screen.Tell(FormattableString.Invariant(
                $"The fleet is registered: {arguments.Devices} devices, {devices.Count} of them report."));

            var totals = new SimulateTotals { Until = arguments.Start };
            var records = new FleetRecords(devices, fleet.Prefix, arguments.Start, arguments.Interval);
            var run = new SimulateRun(client, arguments, records, totals, clock, screen.Tell);
            try
            {
                await screen.ShowAsync(screen.Progress(totals), run.RunAsync(cancel));
            }
            finally
            {
                var report = totals.ToReport(arguments.Devices, devices.Count, arguments.Start);
                output.WriteLine(result.GetValue(Json) ? report.ToJson() : report.ToText());
                foreach (var failure in report.Failures)
                {
                    screen.Tell(FormattableString.Invariant(
                        $"{failure.Count} states were refused: {failure.Message} [{failure.Code}]"));
                }
            }
            cancel.ThrowIfCancellationRequested();
            return totals.Refused == 0 ? CommandLine.Succeeded : CommandLine.Failed;
        }
        catch (PlateauException refusal)
        {
            error.WriteLine(ApiCommand.Explain(refusal));
            return CommandLine.Failed;
        }
    }
}
