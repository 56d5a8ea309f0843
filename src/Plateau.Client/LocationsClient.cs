using System.Text.Json.Nodes;
using Plateau.Client.Transport;
using Plateau.Contracts;

namespace Plateau.Client;

/// <summary>Homes and sites of the account.</summary>
public sealed class LocationsClient
{
    private const string Path = "locations";
    private readonly ApiConnection _connection;

    internal LocationsClient(ApiConnection connection) => _connection = connection;

    /// <summary>Walks all locations, newest first; pages are read as the walk reaches them.</summary>
    /// <param name="filter">Which locations; null for all.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="PlateauException">A page could not be read.</exception>
    public IAsyncEnumerable<Location> ListAsync(LocationFilter? filter = null, CancellationToken cancel = default) =>
        _connection.ListAsync(
            Path, Filters(filter), location => location.Id, ContractsJsonContext.Default.ListPageLocation, cancel);

    /// <summary>Reads one page of locations, newest first.</summary>
    /// <param name="filter">Which locations; null for all.</param>
    /// <param name="page">Which page; null for the first.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="PlateauException">The page could not be read.</exception>
    public Task<ListPage<Location>> ListPageAsync(
        LocationFilter? filter = null, PageRequest<LocationId>? page = null, CancellationToken cancel = default) =>
        _connection.ListPageAsync(Path, Filters(filter), page, ContractsJsonContext.Default.ListPageLocation, cancel);

    /// <summary>Registers a location.</summary>
    /// <param name="draft">The location.</param>
    /// <param name="idempotencyKey">
    /// 1–255 printable characters: the same key and draft within 24 hours give the same location. Null: a new key,
    /// so that a repeated try makes no second location.
    /// </param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="PlateauException">It was not registered.</exception>
    public Task<Location> CreateAsync(
        LocationDraft draft, string? idempotencyKey = null, CancellationToken cancel = default) =>
        _connection.CreateAsync(
            Path, draft, ContractsJsonContext.Default.LocationDraft, ContractsJsonContext.Default.Location,
            idempotencyKey, cancel);

    /// <summary>Registers a location of a body of the API as it is; what it may be is the server's to say.</summary>
    /// <param name="body">The body.</param>
    /// <param name="idempotencyKey">As of <see cref="CreateAsync"/>.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="PlateauException">It was not registered.</exception>
    public Task<Location> CreateFromJsonAsync(
        JsonObject body, string? idempotencyKey = null, CancellationToken cancel = default) =>
        _connection.CreateAsync(Path, body, ContractsJsonContext.Default.Location, idempotencyKey, cancel);

    /// <summary>Reads a location.</summary>
    /// <exception cref="PlateauException">404 when there is none.</exception>
    public Task<Location> GetAsync(LocationId id, CancellationToken cancel = default) =>
        _connection.GetAsync($"{Path}/{id}", ContractsJsonContext.Default.Location, cancel);

    /// <summary>Changes a location: what is null in the change stays as it is.</summary>
    /// <exception cref="PlateauException">404 when there is none; otherwise it was not changed.</exception>
    public Task<Location> UpdateAsync(LocationId id, LocationChange change, CancellationToken cancel = default) =>
        _connection.ChangeAsync(
            $"{Path}/{id}", change, ContractsJsonContext.Default.LocationChange,
            ContractsJsonContext.Default.Location, cancel);

    /// <summary>Changes a location by a merge patch (RFC 7396), in which null removes a member.</summary>
    /// <exception cref="PlateauException">404 when there is none; otherwise it was not changed.</exception>
    public Task<Location> PatchAsync(LocationId id, JsonObject mergePatch, CancellationToken cancel = default) =>
        _connection.ChangeAsync($"{Path}/{id}", mergePatch, ContractsJsonContext.Default.Location, cancel);

    /// <summary>Deletes a location that no device is placed at.</summary>
    /// <exception cref="PlateauException">404 when there is none; 409 when devices are placed there.</exception>
    public Task DeleteAsync(LocationId id, CancellationToken cancel = default) =>
        _connection.DeleteAsync($"{Path}/{id}", cancel);

    private static (string Name, string? Value)[] Filters(LocationFilter? filter) =>
        [("reference_id", filter?.ReferenceId), ("customer_id", filter?.CustomerId?.ToString())];
}
