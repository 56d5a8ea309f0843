using Plateau.Contracts;
using Plateau.Server.Devices;
using Plateau.Server.Http;
using Plateau.Server.Locations;
using Plateau.Telemetry;

namespace Plateau.Server.Telemetry;

/// <summary>How refused records are answered, one by one or in a batch.</summary>
internal static class SubmissionErrors
{
    /// <summary>The codes of <see cref="Of"/>.</summary>
    public static readonly string[] Codes =
    [
        ErrorCodes.DeviceNotFound, ErrorCodes.LocationNotFound, ErrorCodes.TelemetryConsentMissing,
        ErrorCodes.RecordReferenceIdConflict, ErrorCodes.LocationsFull,
    ];

    /// <summary>The refusal of a record.</summary>
    public static ApiError Of(SubmissionOutcome outcome, StateRecord record) => outcome.Result switch
    {
        SubmissionResult.DeviceNotFound => DeviceEndpoints.NotFound(record.Key.DeviceId),
        SubmissionResult.LocationNotFound => LocationEndpoints.NotFound(record.LocationId),
        SubmissionResult.ConsentMissing => TelemetryAccess.NoConsent(record.Key.DeviceId),
        SubmissionResult.Conflict => ApiError.Conflict(
            ErrorCodes.RecordReferenceIdConflict,
            $"The record {outcome.Stored!.Key.Id} of this device, time and reference has other content."),
        SubmissionResult.LocationsFull => ApiError.Unprocessable(
            ErrorCodes.LocationsFull, $"The device is placed at {DeviceLocations.Max} locations already."),
        SubmissionResult.StorageUnavailable => ApiError.StorageUnavailable(
            "The store cannot take the record now. Repeat it; with a record_reference_id it is never kept twice."),
        SubmissionResult.Failed => new(
            ErrorCodes.InternalError, "The server failed to keep the record. Its log says why."),
        _ => throw new InvalidOperationException($"{outcome.Result} is no refusal."),
    };
}
