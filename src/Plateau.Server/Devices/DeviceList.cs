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
/// <param name="Traits">Only those of this sort.</param>
/// <param name="FreshSince">A device seen at this moment or later is fresh, UTC.</param>
internal sealed record DeviceQuery(
    Caller Caller, ListQuery Page, string? ReferenceId, LocationId? LocationId, DeviceTraits Traits,
    DateTimeOffset FreshSince);

/// <summary>Reads pages of devices without EF Core: it is the call made most often after submitting states.</summary>
internal sealed class DeviceList(Engine engine)
{
    private readonly ListedDevices _listed = new();

    /// <summary>Reads one page; the caller sends it or disposes of it.</summary>
    public Task<DevicePage> ReadAsync(DeviceQuery query, CancellationToken cancel) =>
        engine.Kind == EngineKind.Postgres
            ? PostgresDeviceList.ReadAsync(engine.Postgres, _listed, query, cancel)
            : SqliteDeviceList.ReadAsync(engine.Readers, query, cancel);
}
