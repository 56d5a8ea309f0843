using System.CommandLine;
using Plateau.Client;
using Plateau.Contracts;

namespace Plateau.Server.Commands.Api;

/// <summary><c>plateau customers</c>.</summary>
internal static class CustomerCommands
{
    private static readonly Argument<CustomerId> Id =
        OperatorArguments.Id<CustomerId>("customer", "Id of the customer, cus_….");

    private static readonly Option<bool> Cascade = new("--cascade")
    {
        Description = "With the customer's locations, the devices there, and everything recorded of them.",
    };

    /// <summary>The members that people set.</summary>
    internal static readonly BodyMembers Body =
        new BodyMembers().Text("--reference", "reference_id", "Your own name for the customer.");

    public static Command Create() => new("customers", "Customers: list, show, create, update, delete.")
    {
        ApiCommand.Create(
            "list", "List customers, newest first.", "plateau customers list --reference C-77",
            (result, client, cancel) => Output.WriteAsync(
                result, client.Customers.ListAsync(
                    new CustomerFilter { ReferenceId = result.GetValue(RegistryArguments.Reference) }, cancel),
                ContractsJsonContext.Default.Customer, RegistryColumns.OfCustomer, cancel),
            RegistryArguments.Reference, Output.Limit, Output.Quiet, Output.Json, Output.Csv),
        ApiCommand.Create(
            "show", "Show a customer.", "plateau customers show cus_65f0c2a4b1d2e3f405060708",
            async (result, client, cancel) => await Output.WriteAsync(
                result, await client.Customers.GetAsync(result.GetValue(Id), cancel),
                ContractsJsonContext.Default.Customer, RegistryColumns.OfCustomer, cancel),
            Id, Output.Json, Output.Csv),
        ApiCommand.Create(
            "create", "Register a customer.", "plateau customers create --reference C-77",
            async (result, client, cancel) => await Output.WriteAsync(
                result,
                await client.Customers.CreateFromJsonAsync(await Body.ReadAsync(result, cancel), cancel: cancel),
                ContractsJsonContext.Default.Customer, RegistryColumns.OfCustomer, cancel),
            [.. Body.Symbols, Output.Quiet, Output.Json, Output.Csv]),
        ApiCommand.Create(
            "update", "Change a customer: what is not told stays, and an empty value removes.",
            "plateau customers update cus_65f0c2a4b1d2e3f405060708 --reference C-78",
            async (result, client, cancel) => await Output.WriteAsync(
                result,
                await client.Customers.PatchAsync(
                    result.GetValue(Id), await ApiCommand.ReadChangeAsync(result, Body, cancel), cancel),
                ContractsJsonContext.Default.Customer, RegistryColumns.OfCustomer, cancel),
            [Id, .. Body.Symbols, Output.Quiet, Output.Json, Output.Csv]),
        DeleteCommand.Create(
            "Delete a customer who has no locations; with --cascade, one who has.",
            "plateau customers delete cus_65f0c2a4b1d2e3f405060708 --cascade", Id,
            id => $"Delete {id}?",
            (client, result, id, cancel) => result.GetValue(Cascade)
                ? client.Customers.DeleteWithEverythingAsync(id, cancel)
                : client.Customers.DeleteAsync(id, cancel),
            Cascade),
    };
}
