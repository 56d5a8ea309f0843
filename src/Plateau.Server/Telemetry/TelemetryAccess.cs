using Plateau.Contracts;
using Plateau.Server.Access;
using Plateau.Server.Devices;
using Plateau.Server.Http;

namespace Plateau.Server.Telemetry;

/// <summary>A device whose states may be read, or why they may not.</summary>
/// <param name="Device">The device; null when there is an error.</param>
/// <param name="Error">The refusal; null when there is none.</param>
internal readonly record struct TelemetryAccess(TelemetryDevice? Device, ApiError? Error)
{
    /// <summary>Finds a caller's device whose owner has agreed to telemetry.</summary>
    public static async Task<TelemetryAccess> FindAsync(
        IStateReader reader, Caller caller, DeviceId id, CancellationToken cancel)
    {
        var device = await reader.FindDeviceAsync(caller, id, cancel);
        return device is null ? new(null, DeviceEndpoints.NotFound(id))
            : device.ConsentTelemetry ? new(device, null)
            : new(null, NoConsent(id));
    }

    /// <summary>403: the device's owner has not agreed.</summary>
    public static ApiError NoConsent(DeviceId id) => ApiError.Forbidden(
        ErrorCodes.TelemetryConsentMissing, $"The owner of {id} has not agreed to telemetry.");
}
