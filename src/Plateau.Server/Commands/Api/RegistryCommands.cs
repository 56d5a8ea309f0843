using System.CommandLine;
using Plateau.Client;
using Plateau.Contracts;

namespace Plateau.Server.Commands.Api;

/// <summary><c>plateau devices</c>, <c>locations</c>, <c>customers</c> and <c>account</c>.</summary>
internal static class RegistryCommands
{
    private static readonly Option<string?> Reference = new("--reference")
    {
        Description = "Only those with exactly this reference_id.",
        HelpName = "text",
    };

    private static readonly Column<Device>[] DeviceColumns =
    [
        new("id", one => one.Id.ToString()),
        new("reference_id", one => one.ReferenceId),
        new("model_name", one => one.Properties.ModelName),
        new("capacity_kwh", one => Output.Text(one.Properties.Battery?.CapacityKwh)),
        new("telemetry", one => one.Consents.Telemetry ? "yes" : "no"),
        new("timezone", one => one.Timezone),
        new("locations", one => string.Join(' ', one.Locations)),
        new("last_seen", one => Output.Text(one.LastSeen)),
    ];

    private static readonly Column<Location>[] LocationColumns =
    [
        new("id", one => one.Id.ToString()),
        new("reference_id", one => one.ReferenceId),
        new("city", one => one.PostalAddress.City),
        new("country_code", one => one.PostalAddress.CountryCode),
        new("timezone", one => one.Timezone),
        new("customer_id", one => one.CustomerId?.ToString()),
    ];

    private static readonly Column<Customer>[] CustomerColumns =
    [
        new("id", one => one.Id.ToString()),
        new("reference_id", one => one.ReferenceId),
        new("time_created", one => Output.Text(one.TimeCreated)),
    ];

    private static readonly Column<Account>[] AccountColumns =
    [
        new("id", one => one.Id.ToString()),
        new("name", one => one.Name),
        new("mode", one => one.LiveMode ? "live" : "test"),
        new("scope", one => one.Scope.ToString().ToLowerInvariant()),
        new("key_id", one => one.KeyId.ToString()),
    ];

    /// <summary><c>plateau devices</c>.</summary>
    public static Command Devices()
    {
        var id = OperatorArguments.Id<DeviceId>("device", "Id of the device, dev_….");
        var place = ApiCommand.IdOption<LocationId>("--location", "Only those placed at this location.");
        return new Command("devices", "List, show and delete devices.")
        {
            ApiCommand.Create(
                "list", "List devices, newest first.",
                (result, client, cancel) => Output.WriteAsync(
                    result, client.Devices.ListAsync(
                        new DeviceFilter
                        {
                            ReferenceId = result.GetValue(Reference), LocationId = result.GetValue(place),
                        },
                        cancel),
                    ContractsJsonContext.Default.Device, DeviceColumns, cancel),
                Reference, place, Output.Limit, Output.Json, Output.Csv),
            ApiCommand.Create(
                "show", "Show a device.",
                async (result, client, cancel) => await Output.WriteAsync(
                    result, await client.Devices.GetAsync(result.GetValue(id), cancel),
                    ContractsJsonContext.Default.Device, DeviceColumns, cancel),
                id, Output.Json, Output.Csv),
            ApiCommand.Create(
                "delete", "Delete a device and, in the background, everything recorded of it.",
                (result, client, cancel) => client.Devices.DeleteAsync(result.GetValue(id), cancel), id),
        };
    }

    /// <summary><c>plateau locations</c>.</summary>
    public static Command Locations()
    {
        var id = OperatorArguments.Id<LocationId>("location", "Id of the location, loc_….");
        return new Command("locations", "List, show and delete locations.")
        {
            ApiCommand.Create(
                "list", "List locations, newest first.",
                (result, client, cancel) => Output.WriteAsync(
                    result, client.Locations.ListAsync(
                        new LocationFilter { ReferenceId = result.GetValue(Reference) }, cancel),
                    ContractsJsonContext.Default.Location, LocationColumns, cancel),
                Reference, Output.Limit, Output.Json, Output.Csv),
            ApiCommand.Create(
                "show", "Show a location.",
                async (result, client, cancel) => await Output.WriteAsync(
                    result, await client.Locations.GetAsync(result.GetValue(id), cancel),
                    ContractsJsonContext.Default.Location, LocationColumns, cancel),
                id, Output.Json, Output.Csv),
            ApiCommand.Create(
                "delete", "Delete a location that no device is placed at.",
                (result, client, cancel) => client.Locations.DeleteAsync(result.GetValue(id), cancel), id),
        };
    }

    /// <summary><c>plateau customers</c>.</summary>
    public static Command Customers()
    {
        var id = OperatorArguments.Id<CustomerId>("customer", "Id of the customer, cus_….");
        return new Command("customers", "List, show and delete customers.")
        {
            ApiCommand.Create(
                "list", "List customers, newest first.",
                (result, client, cancel) => Output.WriteAsync(
                    result, client.Customers.ListAsync(
                        new CustomerFilter { ReferenceId = result.GetValue(Reference) }, cancel),
                    ContractsJsonContext.Default.Customer, CustomerColumns, cancel),
                Reference, Output.Limit, Output.Json, Output.Csv),
            ApiCommand.Create(
                "show", "Show a customer.",
                async (result, client, cancel) => await Output.WriteAsync(
                    result, await client.Customers.GetAsync(result.GetValue(id), cancel),
                    ContractsJsonContext.Default.Customer, CustomerColumns, cancel),
                id, Output.Json, Output.Csv),
            ApiCommand.Create(
                "delete", "Delete a customer who has no locations.",
                (result, client, cancel) => client.Customers.DeleteAsync(result.GetValue(id), cancel), id),
        };
    }

    /// <summary><c>plateau account</c>.</summary>
    public static Command Account() => ApiCommand.Create(
        "account", "Show the account that calls, and what its key may do.",
        async (result, client, cancel) => await Output.WriteAsync(
            result, await client.Account.GetAsync(cancel), ContractsJsonContext.Default.Account, AccountColumns,
            cancel),
        Output.Json, Output.Csv);
}
