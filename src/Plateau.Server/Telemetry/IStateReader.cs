using Plateau.Contracts;
using Plateau.Server.Access;
using Plateau.Telemetry;

namespace Plateau.Server.Telemetry;

/// <summary>Reads records where they are kept: one for each engine.</summary>
/// <remarks>
/// A record is a row until it is folded into a chunk. Who reads both asks for the rows first: what is folded in between
/// is then met twice, which a reader can see, and never missed.
/// </remarks>
internal interface IStateReader
{
    /// <summary>A caller's device; null when there is none.</summary>
    Task<TelemetryDevice?> FindDeviceAsync(Caller caller, DeviceId id, CancellationToken cancel);

    /// <summary>The latest records of some devices: by time, then by acceptance, then by id.</summary>
    /// <param name="devices">The devices.</param>
    /// <param name="cancel">Gives up.</param>
    /// <returns>One for each of the devices, in their order; null for a device that has none.</returns>
    Task<StateRecord?[]> FindLatestAsync(IReadOnlyList<DeviceId> devices, CancellationToken cancel);

    /// <summary>Reads records that are rows.</summary>
    /// <param name="device">The device.</param>
    /// <param name="range">Which of its records.</param>
    /// <param name="newestFirst">Whether they come in descending order, else ascending.</param>
    /// <param name="limit">How many at the most: the first ones in that order.</param>
    /// <param name="cancel">Gives up.</param>
    Task<List<StateRecord>> ReadRowsAsync(
        DeviceId device, KeyRange range, bool newestFirst, int limit, CancellationToken cancel);

    /// <summary>Reads the chunks of some days.</summary>
    /// <param name="device">The device.</param>
    /// <param name="firstDay">The first day, days since 1970-01-01.</param>
    /// <param name="lastDay">The last day, inclusive.</param>
    /// <param name="newestFirst">Whether they come in descending order, else ascending.</param>
    /// <param name="limit">How many at the most: the first ones in that order.</param>
    /// <param name="cancel">Gives up.</param>
    Task<List<StoredChunk>> ReadChunksAsync(
        DeviceId device, int firstDay, int lastDay, bool newestFirst, int limit, CancellationToken cancel);

    /// <summary>Reads what is summed up of some devices' records: all that are rows, then the packed ones.</summary>
    /// <param name="devices">The devices.</param>
    /// <param name="start">The first time, microseconds since 1970-01-01T00:00:00Z.</param>
    /// <param name="end">The end, exclusive.</param>
    /// <param name="packed">Which packed ones.</param>
    /// <param name="cancel">Gives up.</param>
    /// <returns>
    /// A list for each of the devices, in their order; its samples ascending by their keys, its chunks by their days.
    /// </returns>
    Task<(List<StateSample>[] Rows, List<PackedSamples>[] Packed)> ReadSamplesAsync(
        IReadOnlyList<DeviceId> devices, long start, long end, PackedRange packed, CancellationToken cancel);

    /// <summary>Reads what is summed up of more records of some devices that are packed.</summary>
    /// <param name="devices">The devices.</param>
    /// <param name="packed">Which.</param>
    /// <param name="cancel">Gives up.</param>
    /// <returns>A list for each of the devices, in their order; its chunks ascending.</returns>
    Task<List<PackedSamples>[]> ReadPackedSamplesAsync(
        IReadOnlyList<DeviceId> devices, PackedRange packed, CancellationToken cancel);
}

/// <summary>What reading a device's records takes to know of it.</summary>
/// <param name="ConsentTelemetry">Whether its owner has agreed to telemetry.</param>
/// <param name="Timezone">Its tz database name; null is UTC.</param>
internal sealed record TelemetryDevice(bool ConsentTelemetry, string? Timezone);

/// <summary>Days of chunks that are summed up.</summary>
/// <param name="FirstDay">The first day, days since 1970-01-01.</param>
/// <param name="LastDay">The last day, inclusive.</param>
/// <param name="Edge">Of a chunk that ends before this time, µs, only the latest records are read.</param>
internal readonly record struct PackedRange(int FirstDay, int LastDay, long Edge);

/// <summary>A chunk that is summed up.</summary>
/// <param name="FirstTime">Time of its first record, microseconds since 1970-01-01T00:00:00Z.</param>
/// <param name="LastTime">Time of its last record.</param>
/// <param name="Data">Its bytes.</param>
internal readonly record struct PackedSamples(long FirstTime, long LastTime, byte[] Data);
