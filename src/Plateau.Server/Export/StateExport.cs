using System.Runtime.CompilerServices;
using Plateau.Client;
using Plateau.Contracts;

namespace Plateau.Server.Export;

/// <summary>Which states to export. What is null does not filter.</summary>
/// <param name="Device">Of this device.</param>
/// <param name="Location">Measured at this place.</param>
/// <param name="From">Of this time and later.</param>
/// <param name="To">Before this time.</param>
internal sealed record ExportRange(DeviceId? Device, LocationId? Location, DateTimeOffset? From, DateTimeOffset? To);

/// <summary>Walks the states of a range, device by device, newest first, a page at a time.</summary>
/// <param name="client">The server.</param>
/// <param name="range">Which states.</param>
internal sealed class StateExport(PlateauClient client, ExportRange range)
{
    private long _records;
    private int _devices;
    private int _skipped;
    private int _deleted;
    private double _shareOfDevice;

    /// <summary>States that were read.</summary>
    public long Records => Volatile.Read(ref _records);

    /// <summary>Devices whose states were all read.</summary>
    public int Devices => Volatile.Read(ref _devices);

    /// <summary>Devices that were left out, as their owners have not agreed to telemetry.</summary>
    public int Skipped => Volatile.Read(ref _skipped);

    /// <summary>Devices that were deleted while others were read.</summary>
    public int Deleted => Volatile.Read(ref _deleted);

    /// <summary>How much was done, in devices: of the one being read, by time.</summary>
    public double DevicesDone => Devices + Skipped + Deleted + Volatile.Read(ref _shareOfDevice);

    /// <summary>How many devices there are to walk.</summary>
    public async Task<int> CountDevicesAsync(CancellationToken cancel) =>
        range.Device is not null ? 1 : await client.Devices.ListAsync(Filter, cancel).CountAsync(cancel);

    public async IAsyncEnumerable<ExportedState> ReadAsync([EnumeratorCancellation] CancellationToken cancel)
    {
        var devices = range.Device is { } one
            ? new[] { await client.Devices.GetAsync(one, cancel) }.ToAsyncEnumerable()
            : client.Devices.ListAsync(Filter, cancel);
        var wanted = new HistoryFilter { StartTime = range.From, EndTime = range.To };
        await foreach (var device in devices.WithCancellation(cancel))
        {
            await using var states = client.DeviceStates.HistoryAsync(device.Id, wanted, cancel)
                .GetAsyncEnumerator(cancel);
            while (await NextAsync(device, states, cancel) is { } state)
            {
                if (range.Location is null || state.LocationId == range.Location)
                {
                    Interlocked.Increment(ref _records);
                    yield return new ExportedState(device.ReferenceId, state);
                }
                Volatile.Write(ref _shareOfDevice, ShareReadAt(device, state.Time));
            }
            Volatile.Write(ref _shareOfDevice, 0);
        }
    }

    private DeviceFilter Filter => new() { LocationId = range.Location };

    // Of a whole fleet, a device that is deleted or whose consent is withdrawn on the way is left out; one that was
    // asked for by its id is an error.
    private async ValueTask<DeviceState?> NextAsync(
        Device device, IAsyncEnumerator<DeviceState> states, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        try
        {
            if (await states.MoveNextAsync())
            {
                return states.Current;
            }
            Interlocked.Increment(ref _devices);
        }
        catch (PlateauException fault) when (range.Device is null && fault.Code is ErrorCodes.TelemetryConsentMissing)
        {
            Interlocked.Increment(ref _skipped);
        }
        catch (PlateauException fault) when (range.Device is null && fault.Code is ErrorCodes.DeviceNotFound)
        {
            Interlocked.Increment(ref _deleted);
        }
        return null;
    }

    private double ShareReadAt(Device device, DateTimeOffset time)
    {
        var from = range.From ?? device.TimeCreated;
        var to = range.To ?? device.LastSeen ?? time;
        return to <= from ? 0 : Math.Clamp((to - time) / (to - from), 0, 1);
    }
}
