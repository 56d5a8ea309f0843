using System.Text.Json;
using Plateau.Contracts;
using Plateau.Server.Access;
using Plateau.Server.Http;
using Plateau.Server.Locations;

namespace Plateau.Server.Devices;

/// <summary>What a new or changed device becomes. Pure: no store, clock or HTTP.</summary>
internal static class DeviceRules
{
    /// <summary>The device a creation body asks for.</summary>
    /// <param name="caller">Whose it becomes.</param>
    /// <param name="id">Its id.</param>
    /// <param name="draft">The body.</param>
    /// <param name="first">The first of its locations; null when it has none.</param>
    /// <param name="now">The moment of creation, UTC.</param>
    public static DeviceRow Create(
        Caller caller, DeviceId id, DeviceDraft draft, LocationRow? first, DateTimeOffset now)
    {
        var device = new DeviceRow
        {
            Id = id,
            AccountId = caller.AccountId,
            LiveMode = caller.LiveMode,
            ReferenceId = draft.ReferenceId,
            Controlled = draft.Controlled ?? true,
            ConsentInformation = draft.Consents?.Information ?? true,
            ConsentTelemetry = draft.Consents?.Telemetry ?? true,
            ConsentControl = draft.Consents?.Control ?? false,
            ConsentGeoLocation = draft.Consents?.GeoLocation ?? false,
            ConsentsCreated = now,
            ConsentsUpdated = now,
            Timezone = draft.Timezone,
            Lat = draft.GeoLocation?.Lat,
            Lng = draft.GeoLocation?.Lng,
            Locations = DeviceLocations.Pack(draft.Locations ?? []),
            TimeCreated = now,
            Properties = Serialise(draft.Properties ?? new()),
            Kinds = DeviceParts.Of(draft.Properties),
        };
        CopyFrom(first, device);
        return device;
    }

    /// <summary>
    /// Applies what a merge patch led to, but for its consents. Answers the refusal, or null when the device was
    /// changed.
    /// </summary>
    /// <param name="device">The device, changed in place.</param>
    /// <param name="merged">The body the device would be created with after the patch.</param>
    /// <param name="first">The first of its locations after the patch; null when it has none.</param>
    public static ApiError? Change(DeviceRow device, DeviceDraft merged, LocationRow? first)
    {
        if (!device.Controlled && merged.Controlled != false)
        {
            return ApiError.Unprocessable(
                ErrorCodes.ControlledOneWay, "A device that is not controlled does not become so again.");
        }
        var hadNoLocation = DeviceLocations.Count(device.Locations) == 0;
        device.ReferenceId = merged.ReferenceId;
        device.Controlled = merged.Controlled ?? true;
        device.Timezone = merged.Timezone;
        device.Lat = merged.GeoLocation?.Lat;
        device.Lng = merged.GeoLocation?.Lng;
        device.Locations = DeviceLocations.Pack(merged.Locations ?? []);
        device.Properties = Serialise(merged.Properties ?? new());
        device.Kinds = DeviceParts.Of(merged.Properties);
        // Once only: what a patch removes from a device that has its places stays removed.
        if (hadNoLocation)
        {
            CopyFrom(first, device);
        }
        return null;
    }

    /// <summary>Applies the consents of a merge patch and answers whether any of them changed.</summary>
    /// <param name="device">The device, changed in place.</param>
    /// <param name="merged">The consents after the patch; those it leaves out stay.</param>
    /// <param name="now">The moment of the change, UTC.</param>
    public static bool ChangeConsents(DeviceRow device, ConsentsDraft? merged, DateTimeOffset now)
    {
        var before = device.Consents;
        device.ConsentInformation = merged?.Information ?? before.Information;
        device.ConsentTelemetry = merged?.Telemetry ?? before.Telemetry;
        device.ConsentControl = merged?.Control ?? before.Control;
        device.ConsentGeoLocation = merged?.GeoLocation ?? before.GeoLocation;
        if (device.Consents == before)
        {
            return false;
        }
        device.ConsentsUpdated = now;
        return true;
    }

    /// <summary>The body that would create the device as it stands: what a merge patch is applied to.</summary>
    public static DeviceDraft ToDraft(DeviceRow device) => new()
    {
        ReferenceId = device.ReferenceId,
        Controlled = device.Controlled,
        Properties = JsonSerializer.Deserialize(device.Properties, WireJson.Context.DeviceProperties),
        Consents = new ConsentsDraft
        {
            Information = device.ConsentInformation,
            Telemetry = device.ConsentTelemetry,
            Control = device.ConsentControl,
            GeoLocation = device.ConsentGeoLocation,
        },
        Timezone = device.Timezone,
        GeoLocation = device is { Lat: { } lat, Lng: { } lng } ? new GeoLocation(lat, lng) : null,
        Locations = DeviceLocations.Unpack(device.Locations),
    };

    // Time zone and place of the first location, where the device has none of its own.
    private static void CopyFrom(LocationRow? first, DeviceRow device)
    {
        if (first is null)
        {
            return;
        }
        device.Timezone ??= first.Timezone;
        if (device.Lat is null)
        {
            (device.Lat, device.Lng) = (first.Lat, first.Lng);
        }
    }

    private static byte[] Serialise(DeviceProperties properties) =>
        JsonSerializer.SerializeToUtf8Bytes(properties, WireJson.Context.DeviceProperties);
}
