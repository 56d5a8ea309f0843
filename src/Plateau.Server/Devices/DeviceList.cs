using Plateau.Contracts;
using Plateau.Server.Access;
using Plateau.Server.Http;
using Plateau.Server.Storage;

namespace Plateau.Server.Devices;

/// <summary>What is asked of the list of devices.</summary>
/// <param name="Caller">Whose devices.</param>
/// <param name="Page">Which page.</param>
/// <param name="ReferenceId">Only those with this reference; null for all.</param>
/// <param name="LocationId">Only those placed here; null for all.</param>
internal sealed record DeviceQuery(Caller Caller, ListQuery Page, string? ReferenceId, LocationId? LocationId);

/// <summary>A device on a page, before it is known what it looks like.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Version">The version it is in.</param>
/// <param name="LastSeen">Its <c>last_seen</c>, which has no part in the version.</param>
internal readonly record struct FoundDevice(DeviceId Id, long Version, DateTimeOffset? LastSeen);

/// <summary>
/// Reads pages of devices without EF Core: it is the call made most often after submitting states. It finds the ids
/// and versions of a page, and reads whole only the devices that this process does not know in that version.
/// </summary>
internal sealed class DeviceList(Engine engine)
{
    private readonly ListedDevices _listed = new();

    /// <summary>Reads one page; the caller sends it or disposes of it.</summary>
    public async Task<DevicePage> ReadAsync(DeviceQuery query, CancellationToken cancel)
    {
        while (true)
        {
            var found = await FindAsync(query, cancel);
            var hasMore = found.Count > query.Page.Limit;
            if (hasMore)
            {
                found.RemoveAt(query.Page.Limit);
            }
            if (query.Page.Backwards)
            {
                found.Reverse();
            }
            var devices = found.ConvertAll(device => _listed.Find(device.Id, device.Version));
            await ReadUnknownAsync(query.Caller, found, devices, cancel);
            // Where a device was deleted between the two reads the page is another one. Each turn takes one more
            // deletion within it.
            if (!devices.Contains(null))
            {
                return ToPage(found, devices, hasMore);
            }
        }
    }

    private async ValueTask<List<FoundDevice>> FindAsync(DeviceQuery query, CancellationToken cancel) =>
        engine.Kind == EngineKind.Postgres
            ? await PostgresDeviceList.FindAsync(engine.Postgres, query, cancel)
            : SqliteDeviceList.Find(engine.Readers, query);

    private async ValueTask ReadUnknownAsync(
        Caller caller, List<FoundDevice> found, List<ListedDevice?> devices, CancellationToken cancel)
    {
        var unknown = new List<DeviceId>();
        for (var index = 0; index < found.Count; index++)
        {
            if (devices[index] is null)
            {
                unknown.Add(found[index].Id);
            }
        }
        if (unknown.Count == 0)
        {
            return;
        }
        var read = engine.Kind == EngineKind.Postgres
            ? await PostgresDeviceList.ReadAsync(engine.Postgres, caller, unknown, cancel)
            : SqliteDeviceList.Read(engine.Readers, caller, unknown);
        var byId = read.ToDictionary(device => device.Id);
        for (var index = 0; index < found.Count; index++)
        {
            if (byId.TryGetValue(found[index].Id, out var device))
            {
                _listed.Keep(device);
                devices[index] = device;
            }
        }
    }

    private static DevicePage ToPage(List<FoundDevice> found, List<ListedDevice?> devices, bool hasMore)
    {
        var page = new DevicePage(found.Count, hasMore);
        foreach (var ((_, _, lastSeen), device) in found.Zip(devices))
        {
            page.Add(device!, lastSeen); // none is missing
        }
        return page;
    }
}
