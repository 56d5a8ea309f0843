using System.CommandLine;
using System.CommandLine.Parsing;
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

    private static readonly Option<DateTimeOffset?> Start = Time("--start", "From this time on");

    private static readonly Option<DateTimeOffset?> End = Time("--end", "Before this time");

    /// <summary>All of them.</summary>
    public static IEnumerable<Command> Create() => [Submit(), Latest(), History(), Aggregates(), Watch()];

    private static Command Submit()
    {
        var place = ApiCommand.IdOption<LocationId>("--location", "Where the device was, loc_….", isRequired: true);
        Option<double> charge = new("--charge") { Description = "State of charge, percent.", Required = true };
        Option<double> target = new("--target") { Description = "Target state of charge, percent.", Required = true };
        Option<double?> power = new("--power") { Description = "Battery power, kW; positive charges." };
        Option<string?> reference = new("--reference") { Description = "Your name for this record." };
        var time = Time("--time", "When it was measured. [default: now]");
        return ApiCommand.Create(
            "submit", "Submit one state of a device; once this returns, it is durable.",
            async (result, client, cancel) =>
            {
                var answer = await client.DeviceStates.SubmitAsync(
                    result.GetValue(Device),
                    new DeviceStateSubmission
                    {
                        LocationId = result.GetValue(place)!.Value, // it is required
                        Time = result.GetValue(time) ?? TimeProvider.System.GetUtcNow(),
                        StateOfChargePercent = result.GetValue(charge),
                        TargetStateOfChargePercent = result.GetValue(target),
                        BatteryPowerKw = result.GetValue(power),
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
            Device, place, charge, target, power, time, reference, Output.Json, Output.Csv);
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
            "latest", "Show the latest state of a device, or of each device.",
            async (result, client, cancel) =>
            {
                var states = result.GetValue(device) is not { } one
                    ? client.DeviceStates.ListLatestAsync(cancel: cancel)
                    : await client.DeviceStates.LatestAsync(one, cancel) is { } state
                        ? new[] { state }.ToAsyncEnumerable()
                        : AsyncEnumerable.Empty<DeviceState>();
                await Output.WriteAsync(result, states, ContractsJsonContext.Default.DeviceState, Columns, cancel);
            },
            device, Output.Limit, Output.Json, Output.Csv);
    }

    private static Command History() => ApiCommand.Create(
        "history", "List a device's states, newest first.",
        (result, client, cancel) => Output.WriteAsync(
            result, client.DeviceStates.HistoryAsync(
                result.GetValue(Device),
                new HistoryFilter { StartTime = result.GetValue(Start), EndTime = result.GetValue(End) }, cancel),
            ContractsJsonContext.Default.DeviceState, Columns, cancel),
        Device, Start, End, Output.Limit, Output.Json, Output.Csv);

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
            async (result, client, cancel) =>
            {
                var end = result.GetValue(End) ?? TimeProvider.System.GetUtcNow();
                var list = await client.DeviceStates.AggregatesAsync(
                    result.GetValue(Device),
                    new AggregateRange(
                        result.GetValue(Start) ?? end.AddDays(-1), end, result.GetRequiredValue(interval)),
                    cancel);
                await Output.WriteAsync(
                    result, list.Data.ToAsyncEnumerable(), ContractsJsonContext.Default.DeviceStateAggregate,
                    BucketColumns, cancel);
            },
            Device, Start, End, interval, Output.Limit, Output.Json, Output.Csv);
    }

    private static Command Watch()
    {
        var device = ApiCommand.IdOption<DeviceId>("--device", "Only the states of this device.");
        return ApiCommand.Create(
            "watch", "Print states as they are accepted, until Ctrl-C.",
            async (result, client, cancel) =>
            {
                var output = result.InvocationConfiguration.Output;
                var asJson = result.GetValue(Output.Json);
                await foreach (var one in client.DeviceStates.StreamAsync(result.GetValue(device), cancel: cancel))
                {
                    if (one.State is { } state)
                    {
                        await output.WriteLineAsync(asJson
                            ? System.Text.Json.JsonSerializer.Serialize(state, ContractsJsonContext.Default.DeviceState)
                            : string.Join('\t', Columns.Take(5).Select(column => column.Value(state))));
                    }
                    else
                    {
                        await result.InvocationConfiguration.Error.WriteLineAsync(
                            $"States accepted since {Output.Text(one.GapSince)} may be missing: read the history.");
                    }
                }
            },
            device, Output.Json);
    }

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
