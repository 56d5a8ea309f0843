using BitFaster.Caching.Lru;
using Plateau.Contracts;

namespace Plateau.Server.Devices;

/// <summary>A device as lists answer it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Version">The version of its row that this was written from.</param>
/// <param name="Json">Its JSON but for <c>last_seen</c> and the brace after it, UTF-8.</param>
internal sealed record ListedDevice(DeviceId Id, long Version, byte[] Json);

/// <summary>
/// The devices this process listed lately, so that a list reads of most devices only whether they are as they were.
/// </summary>
/// <remarks>A version is read from the store for every answer: nothing that was changed elsewhere is shown.</remarks>
internal sealed class ListedDevices
{
    /// <summary>The longest device that is kept, bytes: all together take 128 MiB at the most.</summary>
    public const int MaxBytes = 4_096;

    private const int MaxDevices = 32_768;

    private readonly ConcurrentLru<DeviceId, ListedDevice> _devices = new(MaxDevices);

    /// <summary>A device in this version; null when it is not kept.</summary>
    public ListedDevice? Find(DeviceId id, long version) =>
        _devices.TryGet(id, out var device) && device.Version == version ? device : null;

    /// <summary>Keeps a device in the place of an earlier version.</summary>
    public void Keep(ListedDevice device)
    {
        if (device.Json.Length <= MaxBytes)
        {
            _devices.AddOrUpdate(device.Id, device);
        }
    }
}
