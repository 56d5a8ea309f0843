using System.CommandLine;
using System.Net;
using Plateau.Client;
using Plateau.Contracts;
using Plateau.Server.Import;

namespace Plateau.Server.Commands;

/// <summary><c>plateau states</c>: states of devices, sent to a server over its API.</summary>
internal static class StatesCommand
{
    private const string ImportHelp = """
        Send files of device states to a server.

        CSV with a header, or NDJSON, one object a line; plain or gzip; - is standard input. Known by name are
        device_ref (the reference_id of a device) or device_id, time, state_of_charge_percent,
        target_state_of_charge_percent, battery_power_kw, energy_remaining_kwh, backup_reserve_percent, location_id and
        record_reference_id; --map tells what others mean. Power into a battery is positive. An empty cell, - or -- is
        absent, not zero.
        Import a file as often as you like: a line without a record_reference_id is given one that follows from its time
        and numbers, so it is kept once. Ctrl-C stops; run it again to go on.
        Who calls is told by --account and --key, by --demo-file, or by PLATEAU_ACCOUNT and PLATEAU_KEY; where nothing
        tells, it is the profile of `plateau login`, or the demo that was started in this folder.
        Exit codes: 0 all accepted or repeated, 1 some refused or the server failed, 2 bad arguments, 130 stopped.

        Examples:
          plateau states import states.csv --target 80 --location loc_65f0c2a4b1d2e3f405060708 --create-devices
          plateau states import export.csv.gz --dry-run --timezone Europe/Berlin --reference "My battery" --target 80
            --map "Zeit=time" --map "SoC (%)=state_of_charge_percent" --map "Leistung [W]=battery_power_kw*0.001"
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
        var command = new Command("import", ImportHelp);
        foreach (var symbol in ImportOptions.All)
        {
            if (symbol is Option option)
            {
                command.Add(option);
            }
            else if (symbol is Argument argument)
            {
                command.Add(argument);
            }
        }
        CallerOptions.AddTo(command);
        command.SetAction(ImportAsync);
        return command;
    }

    private static async Task<int> ImportAsync(ParseResult result, CancellationToken cancel)
    {
        var error = result.InvocationConfiguration.Error;
        if (ImportArguments.Read(result, out var fault) is not { } arguments)
        {
            error.WriteLine(fault);
            return CommandLine.BadArguments;
        }
        var files = new List<StateFile>();
        try
        {
            foreach (var path in arguments.Files)
            {
                files.Add(await StateFile.OpenAsync(path, arguments.Reading, cancel));
            }
            foreach (var hint in files.Select(file => file.Hint).OfType<string>())
            {
                error.WriteLine(hint);
            }
            return await ImportAsync(result, arguments, files, cancel);
        }
        catch (StateFileException unusable)
        {
            error.WriteLine(unusable.Message);
            return CommandLine.BadArguments;
        }
        finally
        {
            files.ForEach(file => file.Dispose());
        }
    }

    private static async Task<int> ImportAsync(
        ParseResult result, ImportArguments arguments, List<StateFile> files, CancellationToken cancel)
    {
        var (output, error) = (result.InvocationConfiguration.Output, result.InvocationConfiguration.Error);
        if (arguments.Client is { } caller && await CheckAsync(caller, arguments, cancel) is { } refusal)
        {
            error.WriteLine(Api.ApiCommand.Explain(refusal));
            var argumentsAreWrong = refusal.Status is HttpStatusCode.NotFound or HttpStatusCode.Unauthorized;
            return argumentsAreWrong ? CommandLine.BadArguments : CommandLine.Failed;
        }
        var summary = new ImportSummary(isDryRun: arguments.Client is null);
        using (var rejects = arguments.Rejects is { } path ? new RejectsFile(path, arguments.Reading.Encoding) : null)
        using (var client = arguments.Client is { } options ? new PlateauClient(options) : null)
        {
            var work = client is null
                ? StateImport.TryAsync(files, summary, rejects, cancel)
                : new StateImport(
                    client,
                    new ImportDevices(
                        client, arguments.CreateDevices ? arguments.Reading.Location : null, arguments.Timezone),
                    summary, rejects).RunAsync(files, cancel);
            await new ImportScreen(files, summary, TimeProvider.System).ShowAsync(error, work);
        }
        var report = summary.ToReport();
        if (result.GetValue(ImportOptions.Json))
        {
            output.WriteLine(report.ToJson());
        }
        else
        {
            foreach (var line in ImportScreen.Describe(report))
            {
                output.WriteLine(line);
            }
        }
        if (cancel.IsCancellationRequested)
        {
            return CommandLine.Interrupted;
        }
        return report.IsComplete ? CommandLine.Succeeded : CommandLine.Failed;
    }

    // An import is patient with a server that fails on the way; a wrong address, key, place or device is told at once.
    private static async Task<PlateauException?> CheckAsync(
        PlateauClientOptions caller, ImportArguments arguments, CancellationToken cancel)
    {
        using var client = new PlateauClient(caller with { MaxAttempts = 3 });
        try
        {
            if (arguments.Reading.Location is { } location)
            {
                await client.Locations.GetAsync(location, cancel);
            }
            if (arguments.Reading.Device is { IsId: true, Text: var device })
            {
                await client.Devices.GetAsync(ObjectIdText.Parse<DeviceId>(device), cancel);
            }
            await client.Account.GetAsync(cancel);
            return null;
        }
        catch (PlateauException refusal)
        {
            return refusal;
        }
    }
}
