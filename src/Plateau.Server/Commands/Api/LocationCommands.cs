using System.CommandLine;
using Plateau.Client;
using Plateau.Contracts;

namespace Plateau.Server.Commands.Api;

/// <summary><c>plateau locations</c>.</summary>
internal static class LocationCommands
{
    private static readonly Argument<LocationId> Id =
        OperatorArguments.Id<LocationId>("location", "Id of the location, loc_….");

    /// <summary>The members that people set.</summary>
    internal static readonly BodyMembers Body = new BodyMembers()
        .Text("--reference", "reference_id", "Your own name for it.")
        .Text("--customer", "customer_id", "Who lives there, cus_….", "id")
        .Text("--timezone", "timezone", "Time zone, such as Europe/London.", "name")
        .Text("--currency", "currency_code", "ISO 4217 code, such as EUR.", "code")
        .Text("--address-line1", "postal_address.address_line1", "Street and number.")
        .Text("--address-line2", "postal_address.address_line2", "Second line.")
        .Text("--city", "postal_address.city", "City or town.")
        .Text("--state", "postal_address.state", "State or region; required in the United States.")
        .Text("--post-code", "postal_address.post_code", "Postal code.")
        .Text("--country", "postal_address.country_code", "ISO 3166-1 code, such as GB.", "code")
        .Place("--place", "geo_location");

    public static Command Create() => new("locations", "Homes and sites: list, show, create, update, delete.")
    {
        List(),
        ApiCommand.Create(
            "show", "Show a location.", "plateau locations show loc_65f0c2a4b1d2e3f405060708 --json",
            async (result, client, cancel) => await Output.WriteAsync(
                result, await client.Locations.GetAsync(result.GetValue(Id), cancel),
                ContractsJsonContext.Default.Location, RegistryColumns.OfLocation, cancel),
            Id, Output.Json, Output.Csv),
        ApiCommand.Create(
            "create", "Register a location; it wants a time zone, a city and a country.",
            "plateau locations create --timezone Europe/London --city London --country GB",
            async (result, client, cancel) => await Output.WriteAsync(
                result,
                await client.Locations.CreateFromJsonAsync(await Body.ReadAsync(result, cancel), cancel: cancel),
                ContractsJsonContext.Default.Location, RegistryColumns.OfLocation, cancel),
            [.. Body.Symbols, Output.Quiet, Output.Json, Output.Csv]),
        ApiCommand.Create(
            "update", "Change a location: what is not told stays, and an empty value removes.",
            "plateau locations update loc_65f0c2a4b1d2e3f405060708 --reference \"Home 7\"",
            async (result, client, cancel) => await Output.WriteAsync(
                result,
                await client.Locations.PatchAsync(
                    result.GetValue(Id), await ApiCommand.ReadChangeAsync(result, Body, cancel), cancel),
                ContractsJsonContext.Default.Location, RegistryColumns.OfLocation, cancel),
            [Id, .. Body.Symbols, Output.Quiet, Output.Json, Output.Csv]),
        DeleteCommand.Create(
            "Delete a location that no device is placed at.",
            "plateau locations delete loc_65f0c2a4b1d2e3f405060708", Id, id => $"Delete {id}?",
            (client, _, id, cancel) => client.Locations.DeleteAsync(id, cancel)),
    };

    private static Command List()
    {
        var reference = RegistryArguments.Reference;
        var customer = ApiCommand.IdOption<CustomerId>("--customer", "Only those of this customer.");
        return ApiCommand.Create(
            "list", "List locations, newest first.", "plateau locations list --customer cus_65f0c2a4b1d2e3f405060708",
            (result, client, cancel) => Output.WriteAsync(
                result, client.Locations.ListAsync(
                    new LocationFilter
                    {
                        ReferenceId = result.GetValue(reference), CustomerId = result.GetValue(customer),
                    },
                    cancel),
                ContractsJsonContext.Default.Location, RegistryColumns.OfLocation, cancel),
            reference, customer, Output.Limit, Output.Quiet, Output.Json, Output.Csv);
    }
}
