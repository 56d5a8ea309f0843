using Microsoft.AspNetCore.Http.HttpResults;
using Plateau.Contracts;
using Plateau.Server.Access;
using Plateau.Server.Devices;
using Plateau.Server.Http;
using Plateau.Server.Storage;
using Plateau.Telemetry;

namespace Plateau.Server.Telemetry;

/// <summary>States of devices.</summary>
internal static class TelemetryEndpoints
{
    /// <summary>What the slice needs.</summary>
    public static void AddTelemetry(this IServiceCollection services)
    {
        services.AddOptions<TelemetryOptions>().BindConfiguration("Plateau:Telemetry").ValidateDataAnnotations()
            .ValidateOnStart();
        services.AddSingleton<TelemetryMetrics>();
        services.AddSingleton<DeviceStateBody>();
        services.AddSingleton<IStateStore>(provider =>
            provider.GetRequiredService<Engine>().Kind == EngineKind.Postgres
                ? ActivatorUtilities.CreateInstance<PostgresStateStore>(provider)
                : ActivatorUtilities.CreateInstance<SqliteStateStore>(provider));
        services.AddSingleton<StateWriter>();
        services.AddHostedService(provider => provider.GetRequiredService<StateWriter>());
        services.AddHostedService<ErasureWorker>();
    }

    /// <summary>Maps the states under <c>/devices/{id}</c>.</summary>
    public static void MapTelemetry(this IEndpointRouteBuilder routes)
    {
        var states = routes.MapGroup("/devices/{id}/state").WithTags("Device states");
        states.Names<DeviceId>(DeviceDirectory.HasDeviceAsync, DeviceEndpoints.NotFound);
        states.MapPut("", Submit).WithName("DeviceStateSubmit").RequireAuthorization(Scopes.Submit)
            .WithSummary("Submit a device's state. An answer of 200 means that it is durable.")
            .Takes(routes.ServiceProvider.GetRequiredService<DeviceStateBody>().Schema)
            .Fails(
                ErrorCodes.DeviceNotFound, ErrorCodes.LocationNotFound, ErrorCodes.TelemetryConsentMissing,
                ErrorCodes.RecordReferenceIdConflict, ErrorCodes.LocationsFull);
        states.MapGet("", GetLatest).WithName("DeviceStateGet").RequireAuthorization(Scopes.Read)
            .WithSummary("Read a device's latest state, by time.")
            .Fails(ErrorCodes.DeviceNotFound, ErrorCodes.DeviceStateNotFound, ErrorCodes.TelemetryConsentMissing);
    }

    private static async Task<Results<Ok<DeviceStateReceipt>, ApiError>> Submit(
        PathId<DeviceId> id, HttpContext context, Caller caller, DeviceStateBody form, StateWriter writer,
        TimeProvider clock, CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        var body = await RequestBody.ReadAsync(context, form.Schema, cancel);
        if (body.Error is { } error)
        {
            // A missing device wins over a wrong body; only then is it worth a look at the store.
            var db = context.RequestServices.GetRequiredService<PlateauDb>();
            return await db.HasDeviceAsync(caller, id.Value, cancel) ? error : DeviceEndpoints.NotFound(id.Value);
        }
        var chance = body.Value!.RecordReferenceId is null ? Secrets.RandomNumber() : 0;
        var record = SubmissionRules.ToRecord(id.Value, body.Value, now, chance);
        var outcome = await writer.SubmitAsync(new PendingRecord(caller, record), cancel);
        if (outcome.Result == SubmissionResult.Repeated)
        {
            context.Response.Headers[IdempotentCreation.ReplayedHeader] = "true";
        }
        return outcome.Result is SubmissionResult.Kept or SubmissionResult.Repeated
            ? TypedResults.Ok(ToReceipt(outcome.Stored!, caller))
            : ToError(outcome, record);
    }

    private static async Task<Results<Ok<DeviceState>, ApiError>> GetLatest(
        PathId<DeviceId> id, Caller caller, PlateauDb db, IStateStore store, CancellationToken cancel)
    {
        if (await db.FindDeviceAsync(caller, id.Value, cancel) is not { } device)
        {
            return DeviceEndpoints.NotFound(id.Value);
        }
        if (!device.ConsentTelemetry)
        {
            return NoConsent(id.Value);
        }
        return await store.FindLatestAsync(id.Value, cancel) is { } record
            ? TypedResults.Ok(ToWire(record, caller))
            : ApiError.NotFound(ErrorCodes.DeviceStateNotFound, $"The device {id.Value} has no state yet.");
    }

    private static ApiError ToError(SubmissionOutcome outcome, StateRecord record) => outcome.Result switch
    {
        SubmissionResult.DeviceNotFound => DeviceEndpoints.NotFound(record.Key.DeviceId),
        SubmissionResult.LocationNotFound => Locations.LocationEndpoints.NotFound(record.LocationId),
        SubmissionResult.ConsentMissing => NoConsent(record.Key.DeviceId),
        SubmissionResult.Conflict => ApiError.Conflict(
            ErrorCodes.RecordReferenceIdConflict,
            $"The record {outcome.Stored!.Key.Id} of this device, time and reference has other content."),
        SubmissionResult.LocationsFull => ApiError.Unprocessable(
            ErrorCodes.LocationsFull, $"The device is placed at {DeviceLocations.Max} locations already."),
        SubmissionResult.StorageUnavailable => ApiError.StorageUnavailable(
            "The store cannot take the record now. Repeat it; with a record_reference_id it is never kept twice."),
        _ => throw new InvalidOperationException($"{outcome.Result} is no refusal."),
    };

    private static ApiError NoConsent(DeviceId id) => ApiError.Forbidden(
        ErrorCodes.TelemetryConsentMissing, $"The owner of {id} has not agreed to telemetry.");

    private static DeviceStateReceipt ToReceipt(StateRecord record, Caller caller) => new()
    {
        Id = record.Key.Id,
        DeviceId = record.Key.DeviceId,
        TimeCreated = DateTimeOffset.FromUnixTimeMilliseconds(record.CreatedUnixMilliseconds),
        AccountId = caller.AccountId,
    };

    private static DeviceState ToWire(StateRecord record, Caller caller) => new()
    {
        Id = record.Key.Id,
        AccountId = caller.AccountId,
        DeviceId = record.Key.DeviceId,
        LocationId = record.LocationId,
        Time = Instant.FromUnixMicroseconds(record.Key.UnixMicroseconds),
        StateOfChargePercent = record.StateOfChargePercent,
        TargetStateOfChargePercent = record.TargetStateOfChargePercent,
        BatteryPowerKw = record.BatteryPowerKw,
        EnergyRemainingKwh = record.EnergyRemainingKwh,
        BackupReservePercent = record.BackupReservePercent,
        RecordReferenceId = record.RecordReferenceId,
        TimeCreated = DateTimeOffset.FromUnixTimeMilliseconds(record.CreatedUnixMilliseconds),
    };
}
