using Plateau.Contracts;
using Plateau.Server.Access;
using Plateau.Server.Http;

namespace Plateau.Server.Devices;

/// <summary>
/// Writes devices as they are answered. The properties are copied as they are stored, which is several times cheaper
/// than building and serialising them; consents decide what is shown.
/// </summary>
internal static class DeviceJson
{
    /// <summary>Bytes that most devices take.</summary>
    public const int UsualBytes = 1_200;

    /// <summary>The device as it is answered.</summary>
    public static byte[] ToUtf8(DeviceRow device)
    {
        using var json = new JsonBuffer(UsualBytes);
        WriteVersioned(json, device.AccountId, device.LiveMode, DeviceFields.Of(device));
        WriteLastSeen(json, device.LastSeen);
        return json.Written.ToArray();
    }

    /// <summary>A device as lists keep it.</summary>
    public static ListedDevice ToListed(Caller caller, long version, in DeviceFields device)
    {
        using var json = new JsonBuffer(UsualBytes);
        WriteVersioned(json, caller.AccountId, caller.LiveMode, device);
        return new ListedDevice(device.Id, version, json.Written.ToArray());
    }

    /// <summary>Writes <c>last_seen</c> and the brace after it.</summary>
    public static void WriteLastSeen(JsonBuffer json, DateTimeOffset? lastSeen)
    {
        json.Raw(",\"last_seen\":"u8);
        if (lastSeen is { } seen)
        {
            json.Time(seen);
            json.Raw("}"u8);
        }
        else
        {
            json.Raw("null}"u8);
        }
    }

    /// <summary>
    /// Writes what stays as it is while a device's version does: all but <c>last_seen</c> and the brace after it.
    /// </summary>
    public static void WriteVersioned(JsonBuffer json, AccountId account, bool liveMode, in DeviceFields device)
    {
        json.Raw("{\"id\":"u8);
        json.Id(device.Id);
        json.Raw(",\"object\":\"device\",\"live_mode\":"u8);
        json.Boolean(liveMode);
        json.Raw(",\"account_id\":"u8);
        json.Id(account);
        json.Raw(",\"controlled\":"u8);
        json.Boolean(device.Controlled);
        json.Raw(",\"properties\":"u8);
        json.Raw(device.ConsentInformation ? device.Properties : "{}"u8);
        WriteConsents(json, device);
        json.Raw(",\"timezone\":"u8);
        json.Text(device.Timezone.IsEmpty ? "UTC"u8 : device.Timezone);
        WritePlace(json, device);
        json.Raw(",\"vpp_participation\":null"u8);
        WriteLocations(json, device.Locations);
        json.Raw(",\"time_created\":"u8);
        json.Time(device.TimeCreated);
        if (!device.ReferenceId.IsEmpty)
        {
            json.Raw(",\"reference_id\":"u8);
            json.Text(device.ReferenceId);
        }
    }

    private static void WriteConsents(JsonBuffer json, in DeviceFields device)
    {
        json.Raw(",\"consents\":{\"time_updated\":"u8);
        json.Time(device.ConsentsUpdated);
        json.Raw(",\"time_created\":"u8);
        json.Time(device.ConsentsCreated);
        json.Raw(",\"information\":"u8);
        json.Boolean(device.ConsentInformation);
        json.Raw(",\"telemetry\":"u8);
        json.Boolean(device.ConsentTelemetry);
        json.Raw(",\"control\":"u8);
        json.Boolean(device.ConsentControl);
        json.Raw(",\"geo_location\":"u8);
        json.Boolean(device.ConsentGeoLocation);
        json.Raw("}"u8);
    }

    private static void WritePlace(JsonBuffer json, in DeviceFields device)
    {
        if (device is { ConsentGeoLocation: true, Lat: { } lat, Lng: { } lng })
        {
            json.Raw(",\"geo_location\":{\"lat\":"u8);
            json.Number(lat);
            json.Raw(",\"lng\":"u8);
            json.Number(lng);
            json.Raw("}"u8);
        }
        else
        {
            json.Raw(",\"geo_location\":null"u8);
        }
    }

    private static void WriteLocations(JsonBuffer json, ReadOnlySpan<byte> locations)
    {
        json.Raw(",\"locations\":["u8);
        for (var index = 0; index < DeviceLocations.Count(locations); index++)
        {
            if (index > 0)
            {
                json.Raw(","u8);
            }
            json.Id(DeviceLocations.At(locations, index));
        }
        json.Raw("]"u8);
    }
}
