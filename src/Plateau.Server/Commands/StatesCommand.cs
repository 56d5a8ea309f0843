using System.CommandLine;
using System.Net;
using Plateau.Client;
using Plateau.Server.Import;

namespace Plateau.Server.Commands;

/// <summary><c>plateau states</c>: states of devices, sent to a server over its API.</summary>
internal static class StatesCommand
{
    private const string ImportHelp = """
        Send a CSV file of device states to a server, record by record.

        Columns, in any order, others are ignored: device_ref, time, state_of_charge_percent,
        target_state_of_charge_percent, battery_power_kw, energy_remaining_kwh, backup_reserve_percent,
        record_reference_id. device_ref is the reference_id of exactly one device. An empty cell is absent, not zero.
        Import a file as often as you like: a record with a record_reference_id is kept once; one without is kept again.
        Who calls is told by --account and --key, by --demo-file, or by PLATEAU_ACCOUNT and PLATEAU_KEY; where nothing
        tells, it is the demo that was started in this folder. Ctrl-C stops it and says what was done so far.
        Exit codes: 0 all accepted or repeated, 1 some refused or the server failed, 2 bad arguments, 130 stopped.

        Example:
          plateau states import states.csv --url http://127.0.0.1:5080 --target 80
            --location loc_65f0c2a4b1d2e3f405060708 --create-devices
        """;

    public static Command Create()
    {
        var command = new Command("states", "Submit, import, read and watch states of devices.") { CreateImport() };
        foreach (var one in Api.StateCommands.Create())
        {
            command.Add(one);
        }
        return command;
    }

    private static Command CreateImport()
    {
        var command = new Command("import", ImportHelp)
        {
            ImportOptions.File, ImportOptions.Location, ImportOptions.Target, ImportOptions.CreateDevices,
            ImportOptions.Timezone, ImportOptions.Json,
        };
        CallerOptions.AddTo(command);
        command.SetAction(ImportAsync);
        return command;
    }

    private static async Task<int> ImportAsync(ParseResult result, CancellationToken cancel)
    {
        var (output, error) = (result.InvocationConfiguration.Output, result.InvocationConfiguration.Error);
        if (ImportArguments.Read(result, out var fault) is not { } arguments)
        {
            return Refuse(error, fault);
        }
        using var file = StateFile.Open(arguments.File, arguments.Location, arguments.Target, out fault);
        if (file is null)
        {
            return Refuse(error, fault);
        }
        if (await CheckAsync(arguments, cancel) is { } refusal)
        {
            error.WriteLine(refusal.Message);
            var argumentsAreWrong = refusal.Status is HttpStatusCode.NotFound or HttpStatusCode.Unauthorized;
            return argumentsAreWrong ? CommandLine.BadArguments : CommandLine.Failed;
        }
        using var client = new PlateauClient(arguments.Client);
        var summary = new ImportSummary();
        var devices = new ImportDevices(
            client, arguments.Location, arguments.CreateDevices, arguments.Timezone);
        var import = new StateImport(client, devices, summary).RunAsync(file, cancel);
        await ImportScreen.ShowAsync(error, file, summary, TimeProvider.System, import);
        var report = summary.ToReport();
        if (result.GetValue(ImportOptions.Json))
        {
            output.WriteLine(report.ToJson());
        }
        else
        {
            ImportScreen.Write(output, report);
        }
        if (cancel.IsCancellationRequested)
        {
            return CommandLine.Interrupted;
        }
        return report.IsComplete ? CommandLine.Succeeded : CommandLine.Failed;
    }

    // An import is patient with a server that fails on the way; a wrong address or key is told at once.
    private static async Task<PlateauException?> CheckAsync(ImportArguments arguments, CancellationToken cancel)
    {
        using var client = new PlateauClient(arguments.Client with { MaxAttempts = 3 });
        try
        {
            await client.Locations.GetAsync(arguments.Location, cancel);
            return null;
        }
        catch (PlateauException refusal)
        {
            return refusal;
        }
    }

    private static int Refuse(TextWriter error, string? fault)
    {
        error.WriteLine(fault);
        return CommandLine.BadArguments;
    }
}
