using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text.Json;
using Plateau.Client;
using Plateau.Contracts;

namespace Plateau.Server.Commands.Api;

/// <summary>What <c>plateau states</c> reads and submits one by one.</summary>
internal static class StateCommands
{
    private static readonly Column<DeviceState>[] Columns =
    [
        new("device_id", one => one.DeviceId.ToString()),
        new("time", one => Output.Text(one.Time)),
        new("state_of_charge_percent", one => Output.Text(one.StateOfChargePercent)),
        new("target_state_of_charge_percent", one => Output.Text(one.TargetStateOfChargePercent)),
        new("battery_power_kw", one => Output.Text(one.BatteryPowerKw)),
        new("energy_remaining_kwh", one => Output.Text(one.EnergyRemainingKwh)),
        new("backup_reserve_percent", one => Output.Text(one.BackupReservePercent)),
        new("record_reference_id", one => one.RecordReferenceId),
        new("location_id", one => one.LocationId.ToString()),
        new("id", one => one.Id.ToString()),
    ];

    private static readonly Column<DeviceState>[] WatchColumns = Columns[..5];

    private static readonly Column<DeviceStateAggregate>[] BucketColumns =
    [
        new("start_time", one => Output.Text(one.StartTime)),
        new("end_time", one => Output.Text(one.EndTime)),
        new("count", one => Output.Text(one.Count)),
        new("state_of_charge_percent_mean", one => Output.Text(one.StateOfChargePercent?.Mean)),
        new("battery_power_kw_mean", one => Output.Text(one.BatteryPowerKw?.Mean)),
        new("energy_charged_kwh", one => Output.Text(one.EnergyChargedKwh)),
        new("energy_discharged_kwh", one => Output.Text(one.EnergyDischargedKwh)),
    ];

    private static readonly Argument<DeviceId> Device =
        OperatorArguments.Id<DeviceId>("device", "Id of the device, dev_….");

    /// <summary>All of them.</summary>
    public static IEnumerable<Command> Create() =>
        [Submit(), Latest(), History(), Aggregates(), Watch(), Export.ExportCommand.Create()];

    private static Command Submit()
    {
        var place = ApiCommand.IdOption<LocationId>("--location", "Where the device was, loc_….", isRequired: true);
        var charge = ApiCommand.NumberOption("--charge", "State of charge, percent.", isRequired: true);
        var target = ApiCommand.NumberOption("--target", "Target state of charge, percent.", isRequired: true);
        var power = ApiCommand.NumberOption("--power", "Battery power, kW; positive charges.");
        var energy = ApiCommand.NumberOption("--energy", "Energy in the battery, kWh.");
        var reserve = ApiCommand.NumberOption("--backup-reserve", "Share kept for backup, percent.");
        Option<string?> reference = new("--reference") { Description = "Your name for this record." };
        var time = Time("--time", "When it was measured. [default: now]");
        return ApiCommand.Create(
            "submit", "Submit one state of a device; once this returns, it is durable.",
            "plateau states submit dev_65f0c2a4b1d2e3f405060708 --location loc_65f0c2a4b1d2e3f405060708 --charge 34.2 "
            + "--target 80 --power -3.4",
            async (result, client, cancel) =>
            {
                var answer = await client.DeviceStates.SubmitAsync(
                    result.GetValue(Device),
                    new DeviceStateSubmission
                    {
                        LocationId = result.GetValue(place)!.Value, // it is required
                        Time = result.GetValue(time) ?? TimeProvider.System.GetUtcNow(),
                        StateOfChargePercent = result.GetValue(charge)!.Value, // it is required
                        TargetStateOfChargePercent = result.GetValue(target)!.Value, // it is required
                        BatteryPowerKw = result.GetValue(power),
                        EnergyRemainingKwh = result.GetValue(energy),
                        BackupReservePercent = result.GetValue(reserve),
                        RecordReferenceId = result.GetValue(reference),
                    },
                    cancel);
                await Output.WriteAsync(
                    result, answer.Receipt, ContractsJsonContext.Default.DeviceStateReceipt,
                    [
                        new("id", one => one.Id.ToString()), new("time_created", one => Output.Text(one.TimeCreated)),
                        new("record_reference_id", _ => answer.RecordReferenceId),
                        new("replayed", _ => answer.Replayed ? "yes" : "no"),
                    ],
                    cancel);
            },
            Device, place, charge, target, power, energy, reserve, time, reference, Output.Json, Output.Csv);
    }

    private static Command Latest()
    {
        var device = new Argument<DeviceId?>("device")
        {
            Description = "Id of a device, dev_…; none for all devices.",
            Arity = ArgumentArity.ZeroOrOne,
            CustomParser = ApiCommand.ReadId<DeviceId>,
        };
        return ApiCommand.Create(
            "latest", "Show the latest state of a device, or of each device, and its age.", "plateau states latest",
            async (result, client, cancel) =>
            {
                var states = result.GetValue(device) is not { } one
                    ? client.DeviceStates.ListLatestAsync(cancel: cancel)
                    : await client.DeviceStates.LatestAsync(one, cancel) is { } state
                        ? new[] { state }.ToAsyncEnumerable()
                        : AsyncEnumerable.Empty<DeviceState>();
                var now = TimeProvider.System.GetUtcNow();
                Column<DeviceState>[] columns =
                    [Columns[0], new("age", one => AgeOf(now - one.Time), IsOfTable: true), .. Columns[1..]];
                await Output.WriteAsync(result, states, ContractsJsonContext.Default.DeviceState, columns, cancel);
            },
            device, Output.Limit, Output.Json, Output.Csv);
    }

    private static Command History() => ApiCommand.Create(
        "history", "List a device's states, newest first.",
        "plateau states history dev_65f0c2a4b1d2e3f405060708 --from 2026-02-01 --timezone Europe/London --csv",
        (result, client, cancel) =>
        {
            var (from, to) = TimeRange.Read(result);
            return Output.WriteAsync(
                result, client.DeviceStates.HistoryAsync(
                    result.GetValue(Device), new HistoryFilter { StartTime = from, EndTime = to }, cancel),
                ContractsJsonContext.Default.DeviceState, Columns, cancel);
        },
        Device, TimeRange.From, TimeRange.To, TimeRange.Timezone, Output.Limit, Output.Json, Output.Csv);

    private static Command Aggregates()
    {
        var interval = new Option<string>("--interval")
        {
            Description = "How long a bucket is, on the clock of the device.",
            DefaultValueFactory = _ => "PT30M",
        };
        interval.AcceptOnlyFromAmong("PT5M", "PT15M", "PT30M", "PT1H", "P1D", "P1M");
        return ApiCommand.Create(
            "aggregates", "Sum up a device's states in buckets, oldest first; the last day where no time is told.",
            "plateau states aggregates dev_65f0c2a4b1d2e3f405060708 --interval PT1H",
            async (result, client, cancel) =>
            {
                var (from, to) = TimeRange.Read(result);
                var end = to ?? TimeProvider.System.GetUtcNow();
                var list = await client.DeviceStates.AggregatesAsync(
                    result.GetValue(Device),
                    new AggregateRange(from ?? end.AddDays(-1), end, result.GetRequiredValue(interval)), cancel);
                await Output.WriteAsync(
                    result, list.Data.ToAsyncEnumerable(), ContractsJsonContext.Default.DeviceStateAggregate,
                    BucketColumns, cancel);
            },
            Device, TimeRange.From, TimeRange.To, TimeRange.Timezone, interval, Output.Limit, Output.Json, Output.Csv);
    }

    private static Command Watch()
    {
        var device = ApiCommand.IdOption<DeviceId>("--device", "Only the states of this device.");
        return ApiCommand.Create(
            "watch", "Print states as they are accepted, until Ctrl-C or --limit of them.",
            "plateau states watch --device dev_65f0c2a4b1d2e3f405060708",
            async (result, client, cancel) =>
            {
                var (output, error) = (result.InvocationConfiguration.Output, result.InvocationConfiguration.Error);
                var asJson = result.GetValue(Output.Json);
                var left = result.GetValue(Output.Limit) ?? int.MaxValue;
                if (!asJson)
                {
                    await output.WriteLineAsync(string.Join('\t', WatchColumns.Select(column => column.Name)));
                }
                await foreach (var one in client.DeviceStates.StreamAsync(result.GetValue(device), cancel: cancel))
                {
                    if (one.State is not { } state)
                    {
                        await error.WriteLineAsync(
                            $"States accepted since {Output.Text(one.GapSince)} may be missing: read the history.");
                        continue;
                    }
                    await output.WriteLineAsync(asJson
                        ? JsonSerializer.Serialize(state, ContractsJsonContext.Default.DeviceState)
                        : string.Join('\t', WatchColumns.Select(column => column.Value(state))));
                    left--;
                    if (left == 0)
                    {
                        return;
                    }
                }
            },
            device, Output.Limit, Output.Json);
    }

    // Young ones to the second, old ones to the day.
    private static string AgeOf(TimeSpan age) => age switch
    {
        { TotalSeconds: < 120 } => FormattableString.Invariant($"{Math.Max(0, age.TotalSeconds):0} s"),
        { TotalMinutes: < 120 } => FormattableString.Invariant($"{age.TotalMinutes:0} min"),
        { TotalHours: < 48 } => FormattableString.Invariant($"{age.TotalHours:0} h"),
        _ => FormattableString.Invariant($"{age.TotalDays:0} d"),
    };

    private static Option<DateTimeOffset?> Time(string name, string description) => new(name)
    {
        Description = $"{description}, such as 2026-02-01T10:30:00Z.",
        HelpName = "time",
        CustomParser = ReadTime,
    };

    private static DateTimeOffset? ReadTime(ArgumentResult argument)
    {
        if (Instant.TryParse(argument.Tokens[0].Value, out var time))
        {
            return time;
        }
        argument.AddError($"'{argument.Tokens[0].Value}' is not a time such as 2026-02-01T10:30:00Z.");
        return null;
    }
}
