using System.Text.Json.Nodes;
using Plateau.Client.Transport;
using Plateau.Contracts;

namespace Plateau.Client;

/// <summary>Customers of the account.</summary>
public sealed class CustomersClient
{
    private const string Path = "customers";
    private readonly ApiConnection _connection;

    internal CustomersClient(ApiConnection connection) => _connection = connection;

    /// <summary>Walks all customers, newest first; pages are read as the walk reaches them.</summary>
    /// <param name="filter">Which customers; null for all.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="PlateauException">A page could not be read.</exception>
    public IAsyncEnumerable<Customer> ListAsync(CustomerFilter? filter = null, CancellationToken cancel = default) =>
        _connection.ListAsync(
            Path, Filters(filter), customer => customer.Id, ContractsJsonContext.Default.ListPageCustomer, cancel);

    /// <summary>Reads one page of customers, newest first.</summary>
    /// <param name="filter">Which customers; null for all.</param>
    /// <param name="page">Which page; null for the first.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="PlateauException">The page could not be read.</exception>
    public Task<ListPage<Customer>> ListPageAsync(
        CustomerFilter? filter = null, PageRequest<CustomerId>? page = null, CancellationToken cancel = default) =>
        _connection.ListPageAsync(Path, Filters(filter), page, ContractsJsonContext.Default.ListPageCustomer, cancel);

    /// <summary>Registers a customer.</summary>
    /// <param name="draft">The customer.</param>
    /// <param name="idempotencyKey">
    /// 1–255 printable characters: the same key and draft within 24 hours give the same customer. Null: a new key,
    /// so that a repeated try makes no second customer.
    /// </param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="PlateauException">It was not registered.</exception>
    public Task<Customer> CreateAsync(
        CustomerDraft draft, string? idempotencyKey = null, CancellationToken cancel = default) =>
        _connection.CreateAsync(
            Path, draft, ContractsJsonContext.Default.CustomerDraft, ContractsJsonContext.Default.Customer,
            idempotencyKey, cancel);

    /// <summary>Registers a customer of a body of the API as it is; what it may be is the server's to say.</summary>
    /// <param name="body">The body.</param>
    /// <param name="idempotencyKey">As of <see cref="CreateAsync"/>.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="PlateauException">It was not registered.</exception>
    public Task<Customer> CreateFromJsonAsync(
        JsonObject body, string? idempotencyKey = null, CancellationToken cancel = default) =>
        _connection.CreateAsync(Path, body, ContractsJsonContext.Default.Customer, idempotencyKey, cancel);

    /// <summary>Reads a customer.</summary>
    /// <exception cref="PlateauException">404 when there is none.</exception>
    public Task<Customer> GetAsync(CustomerId id, CancellationToken cancel = default) =>
        _connection.GetAsync($"{Path}/{id}", ContractsJsonContext.Default.Customer, cancel);

    /// <summary>Changes a customer: what is null in the change stays as it is.</summary>
    /// <exception cref="PlateauException">404 when there is none; otherwise it was not changed.</exception>
    public Task<Customer> UpdateAsync(CustomerId id, CustomerDraft change, CancellationToken cancel = default) =>
        _connection.ChangeAsync(
            $"{Path}/{id}", change, ContractsJsonContext.Default.CustomerDraft,
            ContractsJsonContext.Default.Customer, cancel);

    /// <summary>Changes a customer by a merge patch (RFC 7396), in which null removes a member.</summary>
    /// <exception cref="PlateauException">404 when there is none; otherwise it was not changed.</exception>
    public Task<Customer> PatchAsync(CustomerId id, JsonObject mergePatch, CancellationToken cancel = default) =>
        _connection.ChangeAsync($"{Path}/{id}", mergePatch, ContractsJsonContext.Default.Customer, cancel);

    /// <summary>Deletes a customer who has no locations.</summary>
    /// <exception cref="PlateauException">404 when there is none; 409 with locations.</exception>
    public Task DeleteAsync(CustomerId id, CancellationToken cancel = default) =>
        _connection.DeleteAsync($"{Path}/{id}", cancel);

    /// <summary>
    /// Deletes a customer with the customer's locations, the devices placed there that are no other customer's, and
    /// everything recorded of those.
    /// </summary>
    /// <exception cref="PlateauException">404 when there is none.</exception>
    public Task DeleteWithEverythingAsync(CustomerId id, CancellationToken cancel = default) =>
        _connection.DeleteAsync($"{Path}/{id}?cascade=true", cancel);

    private static (string Name, string? Value)[] Filters(CustomerFilter? filter) =>
        [("reference_id", filter?.ReferenceId)];
}
