using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Plateau.Client.Transport;
using Plateau.Contracts;

namespace Plateau.Client;

/// <summary>Devices of the account.</summary>
public sealed class DevicesClient
{
    private const string Path = "devices";
    private readonly ApiConnection _connection;

    internal DevicesClient(ApiConnection connection) => _connection = connection;

    /// <summary>Walks all devices, newest first; pages are read as the walk reaches them.</summary>
    /// <param name="filter">Which devices; null for all.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="PlateauException">A page could not be read.</exception>
    public IAsyncEnumerable<Device> ListAsync(DeviceFilter? filter = null, CancellationToken cancel = default) =>
        _connection.ListAsync(
            Path, Filters(filter), device => device.Id, ContractsJsonContext.Default.ListPageDevice, cancel);

    /// <summary>Reads one page of devices, newest first.</summary>
    /// <param name="filter">Which devices; null for all.</param>
    /// <param name="page">Which page; null for the first.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="PlateauException">The page could not be read.</exception>
    public Task<ListPage<Device>> ListPageAsync(
        DeviceFilter? filter = null, PageRequest<DeviceId>? page = null, CancellationToken cancel = default) =>
        _connection.ListPageAsync(Path, Filters(filter), page, ContractsJsonContext.Default.ListPageDevice, cancel);

    /// <summary>
    /// Reads the fleet at a glance: how many devices of which kind, how many are heard of, their power and charge.
    /// </summary>
    /// <exception cref="PlateauException">It could not be read.</exception>
    public Task<FleetSummary> SummarizeAsync(CancellationToken cancel = default) =>
        _connection.GetAsync($"{Path}/summary", ContractsJsonContext.Default.FleetSummary, cancel);

    /// <summary>Registers a device.</summary>
    /// <param name="draft">The device.</param>
    /// <param name="idempotencyKey">
    /// 1–255 printable characters: the same key and draft within 24 hours give the same device. Null: a new key,
    /// so that a repeated try makes no second device.
    /// </param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="PlateauException">It was not registered.</exception>
    public Task<Device> CreateAsync(
        DeviceDraft draft, string? idempotencyKey = null, CancellationToken cancel = default) =>
        _connection.CreateAsync(
            Path, draft, ContractsJsonContext.Default.DeviceDraft, ContractsJsonContext.Default.Device,
            idempotencyKey, cancel);

    /// <summary>
    /// Registers many devices at once; each answer is durable when it comes. What is wrong is named in its line and
    /// keeps nothing else out. It is never repeated by itself: a line sent again makes a second device.
    /// </summary>
    /// <param name="drafts">The devices.</param>
    /// <param name="cancel">Gives up; some devices may have been registered all the same.</param>
    /// <returns>One element a device, in their order; its line is the place in the list, from 1.</returns>
    /// <exception cref="PlateauException">
    /// It ended before its end. What was answered is registered; of up to 200 devices after that it is not known:
    /// look for their references.
    /// </exception>
    public async IAsyncEnumerable<DeviceImportLine> ImportAsync(
        IReadOnlyList<DeviceDraft> drafts, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(drafts);
        var request = new ApiRequest(HttpMethod.Post, $"{Path}/import", SafeToRepeat: false)
        {
            Body = DeviceImportLines.Write(drafts),
            MediaType = DeviceImportLines.MediaType,
        };
        using var response = await _connection.OpenAsync(request, cancel);
        await foreach (var line in DeviceImportLines.ReadAsync(response, cancel))
        {
            yield return line;
        }
    }

    /// <summary>Registers a device of a body of the API as it is; what it may be is the server's to say.</summary>
    /// <param name="body">The body.</param>
    /// <param name="idempotencyKey">As of <see cref="CreateAsync"/>.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="PlateauException">It was not registered.</exception>
    public Task<Device> CreateFromJsonAsync(
        JsonObject body, string? idempotencyKey = null, CancellationToken cancel = default) =>
        _connection.CreateAsync(Path, body, ContractsJsonContext.Default.Device, idempotencyKey, cancel);

    /// <summary>Reads a device.</summary>
    /// <exception cref="PlateauException">404 when there is none.</exception>
    public Task<Device> GetAsync(DeviceId id, CancellationToken cancel = default) =>
        _connection.GetAsync($"{Path}/{id}", ContractsJsonContext.Default.Device, cancel);

    /// <summary>Changes a device: what is null in the change stays as it is.</summary>
    /// <exception cref="PlateauException">404 when there is none; otherwise it was not changed.</exception>
    public Task<Device> UpdateAsync(DeviceId id, DeviceDraft change, CancellationToken cancel = default) =>
        _connection.ChangeAsync(
            $"{Path}/{id}", change, ContractsJsonContext.Default.DeviceDraft,
            ContractsJsonContext.Default.Device, cancel);

    /// <summary>Changes a device by a merge patch (RFC 7396), in which null removes a member.</summary>
    /// <exception cref="PlateauException">404 when there is none; otherwise it was not changed.</exception>
    public Task<Device> PatchAsync(DeviceId id, JsonObject mergePatch, CancellationToken cancel = default) =>
        _connection.ChangeAsync($"{Path}/{id}", mergePatch, ContractsJsonContext.Default.Device, cancel);

    /// <summary>Walks the changes of a device's consents, newest first.</summary>
    /// <exception cref="PlateauException">404 when there is no such device.</exception>
    public IAsyncEnumerable<ConsentChange> ListConsentChangesAsync(
        DeviceId id, CancellationToken cancel = default) =>
        _connection.ListAsync(
            $"{Path}/{id}/consents", [], change => change.Id, ContractsJsonContext.Default.ListPageConsentChange,
            cancel);

    /// <summary>Deletes a device and, in the background, everything recorded of it.</summary>
    /// <exception cref="PlateauException">404 when there is none.</exception>
    public Task DeleteAsync(DeviceId id, CancellationToken cancel = default) =>
        _connection.DeleteAsync($"{Path}/{id}", cancel);

    internal static (string Name, string? Value)[] Filters(DeviceFilter? filter) =>
        [
            ("reference_id", filter?.ReferenceId), ("location_id", filter?.LocationId?.ToString()),
            ("kind", filter?.Kind is { } kind ? WireName.Of(kind) : null),
            ("activity", filter?.Activity is { } activity ? WireName.Of(activity) : null),
            ("reference_prefix", filter?.ReferencePrefix),
        ];
}
