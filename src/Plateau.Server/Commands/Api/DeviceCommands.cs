using System.CommandLine;
using Plateau.Client;
using Plateau.Contracts;

namespace Plateau.Server.Commands.Api;

/// <summary><c>plateau devices</c>.</summary>
internal static class DeviceCommands
{
    private const string CreateHelp = """
        Register a device. What is not told is not known; an empty value is none.
        """;

    private const string UpdateHelp = """
        Change a device: what is not told stays, and an empty value removes. A consent is changed with --consent.
        """;

    private static readonly Argument<DeviceId> Id =
        OperatorArguments.Id<DeviceId>("device", "Id of the device, dev_….");

    /// <summary>The members that people set.</summary>
    internal static readonly BodyMembers Body = new BodyMembers()
        .Text("--reference", "reference_id", "Your own name for it.")
        .List("--location", "locations", "Where it is placed, loc_…; repeatable.")
        .Text("--timezone", "timezone", "Time zone. [default: that of its first location, else UTC]", "name")
        .Place("--place", "geo_location")
        .Flag("--controlled", "controlled", "May it be steered? Once false it stays false.")
        .Flags(
            "--consent", "consents", "A consent: information, telemetry, control or geo_location; repeatable.",
            "information", "telemetry", "control", "geo_location")
        .Text("--manufacturer", "properties.manufacturer", "Who makes it.")
        .Text("--model-code", "properties.model_code", "Its maker's code of the model.")
        .Text("--model-name", "properties.model_name", "Name of the model.")
        .Text("--install-date", "properties.install_date", "When it was installed, 2026-02-01T00:00:00Z.", "time")
        .Number("--battery-capacity-kwh", "properties.battery.capacity_kwh", "Usable capacity, kWh.")
        .Number("--battery-power-kw", "properties.battery.power_kw", "Rated power, kW.")
        .Number("--battery-charge-power-kw", "properties.battery.charge_power_kw", "Greatest power in, kW.")
        .Number("--battery-discharge-power-kw", "properties.battery.discharge_power_kw", "Greatest power out, kW.")
        .Number("--battery-efficiency", "properties.battery.round_trip_efficiency", "Energy out over energy in.")
        .Number("--pv-peak-power-kw", "properties.pv.peak_power_kw", "Peak power of solar panels, kW.")
        .Number("--pv-azimuth", "properties.pv.azimuth", "Degrees from true north, positive anticlockwise.")
        .Number("--pv-tilt", "properties.pv.tilt", "Degrees from the horizontal.")
        .Flag("--pv-terrain-shading", "properties.pv.terrain_shading", "Does terrain shade the panels?")
        .Flag("--pv-forecasts", "properties.pv.forecasts_enabled", "Are forecasts wanted?")
        .Number("--inverter-export-limit-kw", "properties.inverter.ac_export_limit_kw", "Most power to the grid, kW.")
        .Number("--ev-max-power-kw", "properties.ev_charger.max_power_kw", "Greatest charging power of a car, kW.")
        .Number("--ev-min-power-kw", "properties.ev_charger.min_power_kw", "Least charging power, kW.")
        .Number("--ev-phases", "properties.ev_charger.phases", "1 or 3.")
        .Flag("--ev-phase-switching", "properties.ev_charger.phase_switching", "Can it change between 1 and 3 phases?")
        .Flag("--ev-v2g", "properties.ev_charger.v2g_capable", "Can a car feed back?")
        .Number("--heat-pump-max-power-kw", "properties.heat_pump.max_power_kw", "Greatest electric power, kW.")
        .Number("--heat-pump-min-power-kw", "properties.heat_pump.min_power_kw", "Least electric power, kW.")
        .Number(
            "--heat-pump-storage-litres", "properties.heat_pump.thermal_storage_litres", "Volume of its store.");

    public static Command Create() => new("devices", "Devices: list, show, create, update, delete, consents.")
    {
        List(),
        ApiCommand.Create(
            "show", "Show a device.", "plateau devices show dev_65f0c2a4b1d2e3f405060708 --json",
            async (result, client, cancel) => await Output.WriteAsync(
                result, await client.Devices.GetAsync(result.GetValue(Id), cancel),
                ContractsJsonContext.Default.Device, RegistryColumns.OfDevice, cancel),
            Id, Output.Json, Output.Csv),
        ApiCommand.Create(
            "create", CreateHelp, "plateau devices create --reference H-1042 --battery-capacity-kwh 13.5",
            async (result, client, cancel) => await Output.WriteAsync(
                result, await client.Devices.CreateFromJsonAsync(await Body.ReadAsync(result, cancel), cancel: cancel),
                ContractsJsonContext.Default.Device, RegistryColumns.OfDevice, cancel),
            [.. Body.Symbols, Output.Quiet, Output.Json, Output.Csv]),
        ApiCommand.Create(
            "update", UpdateHelp, "plateau devices update dev_65f0c2a4b1d2e3f405060708 --consent telemetry=false",
            async (result, client, cancel) => await Output.WriteAsync(
                result,
                await client.Devices.PatchAsync(
                    result.GetValue(Id), await ApiCommand.ReadChangeAsync(result, Body, cancel), cancel),
                ContractsJsonContext.Default.Device, RegistryColumns.OfDevice, cancel),
            [Id, .. Body.Symbols, Output.Quiet, Output.Json, Output.Csv]),
        DeleteCommand.Create(
            "Delete a device and, in the background, everything recorded of it.",
            "plateau devices delete dev_65f0c2a4b1d2e3f405060708", Id,
            id => $"Delete {id} and everything recorded of it?",
            (client, _, id, cancel) => client.Devices.DeleteAsync(id, cancel)),
        ApiCommand.Create(
            "consents", "List the changes of a device's consents, newest first.",
            "plateau devices consents dev_65f0c2a4b1d2e3f405060708",
            (result, client, cancel) => Output.WriteAsync(
                result, client.Devices.ListConsentChangesAsync(result.GetValue(Id), cancel),
                ContractsJsonContext.Default.ConsentChange, RegistryColumns.OfConsentChange, cancel),
            Id, Output.Limit, Output.Json, Output.Csv),
    };

    private static Command List()
    {
        var reference = RegistryArguments.Reference;
        var place = ApiCommand.IdOption<LocationId>("--location", "Only those placed at this location.");
        var prefix = new Option<string?>("--reference-prefix")
        {
            Description = "Only those whose reference_id begins like this.", HelpName = "text",
        };
        var kind = WordOption<DeviceKind>("--kind", "Only those with such a part.");
        var activity = WordOption<DeviceActivity>("--activity", "Only those heard of lately, not lately, or never.");
        return ApiCommand.Create(
            "list", "List devices, newest first.", "plateau devices list --kind battery --activity silent",
            (result, client, cancel) => Output.WriteAsync(
                result, client.Devices.ListAsync(
                    new DeviceFilter
                    {
                        ReferenceId = result.GetValue(reference), LocationId = result.GetValue(place),
                        ReferencePrefix = result.GetValue(prefix),
                        Kind = WireName.Find<DeviceKind>(result.GetValue(kind) ?? ""),
                        Activity = WireName.Find<DeviceActivity>(result.GetValue(activity) ?? ""),
                    },
                    cancel),
                ContractsJsonContext.Default.Device, RegistryColumns.OfDevice, cancel),
            reference, prefix, place, kind, activity, Output.Limit, Output.Quiet, Output.Json, Output.Csv);
    }

    private static Option<string?> WordOption<T>(string name, string description) where T : struct, Enum =>
        new Option<string?>(name) { Description = description }
            .AcceptOnlyFromAmong([.. Enum.GetValues<T>().Select(WireName.Of)]);
}
