using System.Text.Json;
using Plateau.Client.Transport;
using Plateau.Contracts;

namespace Plateau.Client;

/// <summary>States of devices.</summary>
public sealed class DeviceStatesClient
{
    private readonly ApiConnection _connection;

    internal DeviceStatesClient(ApiConnection connection) => _connection = connection;

    /// <summary>
    /// Submits one state; when this returns, the record is durable. A submission with a reference is repeated where the
    /// way to the server fails; one without is sent once, since a second arrival would be a second record.
    /// </summary>
    /// <param name="device">The device.</param>
    /// <param name="submission">The state.</param>
    /// <param name="cancel">Gives up; the record may have been kept all the same.</param>
    /// <exception cref="PlateauException">
    /// The record was refused; or, with status 503 or none, it is not known whether it was kept.
    /// </exception>
    public async Task<SubmittedDeviceState> SubmitAsync(
        DeviceId device, DeviceStateSubmission submission, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(submission);
        var request = new ApiRequest(
            HttpMethod.Put, PathOf(device), SafeToRepeat: submission.RecordReferenceId is not null)
        {
            Body = JsonSerializer.SerializeToUtf8Bytes(
                submission, ContractsJsonContext.Default.DeviceStateSubmission),
        };
        var answer = await _connection.SendAsync(request, ContractsJsonContext.Default.DeviceStateReceipt, cancel);
        return new SubmittedDeviceState(answer.Value, answer.Replayed);
    }

    /// <summary>Reads the latest state of a device, by time; null when it has none yet.</summary>
    /// <exception cref="PlateauException">
    /// There is no such device, or its owner has not agreed to telemetry.
    /// </exception>
    public async Task<DeviceState?> LatestAsync(DeviceId device, CancellationToken cancel = default)
    {
        try
        {
            return await _connection.GetAsync(PathOf(device), ContractsJsonContext.Default.DeviceState, cancel);
        }
        catch (PlateauException fault) when (fault.Code == ErrorCodes.DeviceStateNotFound)
        {
            return null;
        }
    }

    private static string PathOf(DeviceId device) => $"devices/{device}/state";
}

/// <summary>What became of a submission.</summary>
/// <param name="Receipt">The record's id and when it was accepted; for a repeated one, those of the first time.</param>
/// <param name="Replayed">
/// Whether an equal record with this reference was there already. It may stem from this very call, when an
/// earlier try of it arrived and its answer was lost.
/// </param>
public sealed record SubmittedDeviceState(DeviceStateReceipt Receipt, bool Replayed);
