using Microsoft.AspNetCore.Http.HttpResults;
using Plateau.Contracts;
using Plateau.Server.Access;
using Plateau.Server.Accounts;
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
        services.AddForEngine<IStateStore, SqliteStateStore, PostgresStateStore>();
        services.AddForEngine<IStateReader, SqliteStateReader, PostgresStateReader>();
        services.AddForEngine<IStateLog, SqliteStateLog, PostgresStateLog>();
        services.AddForEngine<IChunkStore, SqliteChunkStore, PostgresChunkStore>();
        services.AddSingleton<StateHistory>();
        services.AddSingleton<BulkIntake>();
        services.AddSingleton<BulkPlaces>();
        services.AddSingleton<StateAggregator>();
        services.AddSingleton<FleetReader>();
        services.AddSingleton<FleetSummaryReader>();
        services.AddSingleton<FleetSummaries>();
        services.AddSingleton<StateWriter>();
        services.AddHostedService(provider => provider.GetRequiredService<StateWriter>());
        services.AddHostedService<ErasureWorker>();
        services.AddSingleton<PostgresPartitions>();
        services.AddSingleton<Compactor>();
        services.AddHostedService(provider => provider.GetRequiredService<Compactor>());
    }

    // The one that speaks to the engine of this process.
    private static void AddForEngine<TService, TSqlite, TPostgres>(this IServiceCollection services)
        where TService : class where TSqlite : TService where TPostgres : TService =>
        services.AddSingleton<TService>(provider =>
            provider.GetRequiredService<Engine>().Kind == EngineKind.Postgres
                ? ActivatorUtilities.CreateInstance<TPostgres>(provider)
                : ActivatorUtilities.CreateInstance<TSqlite>(provider));

    /// <summary>Maps the states under <c>/devices/{id}</c>.</summary>
    public static void MapTelemetry(this IEndpointRouteBuilder routes)
    {
        var states = routes.MapGroup("/devices/{id}/state").WithTags("Device states");
        states.Names<DeviceId>(DeviceDirectory.HasDeviceAsync, DeviceEndpoints.NotFound);
        states.MapPut("", Submit).WithName("DeviceStateSubmit").RequireAuthorization(Scopes.Submit)
            .WithSummary("Submit a device's state. An answer of 200 means that it is durable.")
            .Takes(routes.ServiceProvider.GetRequiredService<DeviceStateBody>().Schema)
            .Fails(SubmissionErrors.Codes);
        states.MapGet("", GetLatest).WithName("DeviceStateGet").RequireAuthorization(Scopes.Read)
            .WithSummary("Read a device's latest state, by time.")
            .Fails(ErrorCodes.DeviceNotFound, ErrorCodes.DeviceStateNotFound, ErrorCodes.TelemetryConsentMissing);
    }

    private static async Task<Results<Ok<DeviceStateReceipt>, ApiError>> Submit(
        PathId<DeviceId> id, HttpContext context, Caller caller, DeviceStateBody form, StateWriter writer,
        RetentionPeriods retention, TimeProvider clock, CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        var body = await RequestBody.ReadAsync(context, form.Schema, cancel);
        if (body.Error is { } error)
        {
            // A missing device wins over a wrong body; only then is it worth a look at the store.
            var db = context.RequestServices.GetRequiredService<PlateauDb>();
            return await db.HasDeviceAsync(caller, id.Value, cancel) ? error : DeviceEndpoints.NotFound(id.Value);
        }
        var days = await retention.OfAsync(caller.AccountId, cancel);
        if (SubmissionRules.CheckRetention(body.Value!.Time, now, days) is { } message)
        {
            var db = context.RequestServices.GetRequiredService<PlateauDb>();
            return await db.HasDeviceAsync(caller, id.Value, cancel)
                ? ApiError.BadInput("$.time", "time_invalid", message)
                : DeviceEndpoints.NotFound(id.Value);
        }
        var chance = body.Value.RecordReferenceId is null ? Secrets.RandomNumber() : 0;
        var record = SubmissionRules.ToRecord(id.Value, body.Value, now, chance);
        var outcome = await writer.SubmitAsync(new PendingRecord(caller, record), cancel);
        if (outcome.Result == SubmissionResult.Repeated)
        {
            context.Response.Headers[IdempotentCreation.ReplayedHeader] = "true";
        }
        return outcome.Result is SubmissionResult.Kept or SubmissionResult.Repeated
            ? TypedResults.Ok(ToReceipt(outcome.Stored!, caller))
            : SubmissionErrors.Of(outcome, record);
    }

    private static async Task<Results<Ok<DeviceState>, ApiError>> GetLatest(
        PathId<DeviceId> id, Caller caller, IStateReader reader, CancellationToken cancel)
    {
        var access = await TelemetryAccess.FindAsync(reader, caller, id.Value, cancel);
        if (access.Error is { } error)
        {
            return error;
        }
        return (await reader.FindLatestAsync([id.Value], cancel))[0] is { } record
            ? TypedResults.Ok(DeviceStates.ToWire(record, caller.AccountId))
            : ApiError.NotFound(ErrorCodes.DeviceStateNotFound, $"The device {id.Value} has no state yet.");
    }

    private static DeviceStateReceipt ToReceipt(StateRecord record, Caller caller) => new()
    {
        Id = record.Key.Id,
        DeviceId = record.Key.DeviceId,
        TimeCreated = DateTimeOffset.FromUnixTimeMilliseconds(record.CreatedUnixMilliseconds),
        AccountId = caller.AccountId,
    };
}
