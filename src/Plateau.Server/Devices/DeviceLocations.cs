using Plateau.Contracts;

namespace Plateau.Server.Devices;

/// <summary>The ids of a device's locations, packed: twelve bytes each, in the order they were added.</summary>
internal static class DeviceLocations
{
    /// <summary>Locations a device may have.</summary>
    public const int Max = 100;

    /// <summary>How many there are.</summary>
    public static int Count(ReadOnlySpan<byte> packed) => packed.Length / ObjectId.Size;

    /// <summary>The one at an index.</summary>
    public static LocationId At(ReadOnlySpan<byte> packed, int index) =>
        new(ObjectId.Read(packed.Slice(index * ObjectId.Size, ObjectId.Size)));

    /// <summary>Whether a location is among them.</summary>
    public static bool Contains(ReadOnlySpan<byte> packed, LocationId location)
    {
        for (var index = 0; index < Count(packed); index++)
        {
            if (At(packed, index) == location)
            {
                return true;
            }
        }
        return false;
    }

    /// <summary>All of them.</summary>
    public static LocationId[] Unpack(byte[] packed) =>
        [.. Enumerable.Range(0, Count(packed)).Select(index => At(packed, index))];

    /// <summary>Packs.</summary>
    public static byte[] Pack(IReadOnlyList<LocationId> locations)
    {
        var packed = new byte[locations.Count * ObjectId.Size];
        for (var index = 0; index < locations.Count; index++)
        {
            locations[index].Value.Write(packed.AsSpan(index * ObjectId.Size));
        }
        return packed;
    }

    /// <summary>Packs one more.</summary>
    public static byte[] Append(byte[] packed, LocationId location) => [.. packed, .. location.Value.ToByteArray()];
}
