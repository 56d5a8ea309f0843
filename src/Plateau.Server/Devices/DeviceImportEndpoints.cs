using Plateau.Contracts;
using Plateau.Server.Access;
using Plateau.Server.Http;
using Plateau.Server.Storage;
using Plateau.Server.Telemetry;

namespace Plateau.Server.Devices;

/// <summary>Devices of any number, streamed both ways.</summary>
internal static class DeviceImportEndpoints
{
    /// <summary>Maps <c>POST /devices/import</c>.</summary>
    public static void MapDeviceImport(this IEndpointRouteBuilder routes) =>
        routes.MapPost("/devices/import", Import).WithName("DeviceImport").WithTags("Devices")
            .RequireAuthorization(Scopes.Manage)
            .WithSummary("Register any number of devices, one a line of JSON. The answer is lines too.")
            .WithDescription(
                "Lines are created in groups, and answered in their order as soon as their group is durable: with the "
                + "`id` of the new device, or with an `error`, which stops nothing. Read the answer while you send. "
                + "The last line sums up; its `status` is `failed`, with an `error`, when the import ended before its "
                + "body did. To resume an import that broke off, send the lines after the last one that was answered. "
                + "Of the up to 200 lines after that the group may still have been created, whole or not at all: "
                + "`GET /devices?reference_id=` of the first of them without an error tells. `Idempotency-Key` has no "
                + "effect here, and a `reference_id` may stand more than once, so lines sent again are created again.")
            .TakesMany(DeviceBody.Schema, ManyForm.Lines, max: null)
            .Produces<DeviceImportLine>(StatusCodes.Status200OK, Ndjson.MediaType)
            .DisableRequestTimeout();

    private static async Task<IResult> Import(
        HttpContext context, Caller caller, DeviceImportGroup group, BulkPlaces places, RegistryIds ids,
        IHostApplicationLifetime host, TimeProvider clock, CancellationToken cancel)
    {
        if (LargeBody.RefuseUnread(context.Request, Ndjson.MediaType) is { } refusal)
        {
            return refusal;
        }
        using var place = places.TryTakeImport();
        if (place is null)
        {
            return ApiError.StorageUnavailable("As many imports as may be are under way. Repeat the request.");
        }
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancel, host.ApplicationStopping);
        await using var input = NdjsonReader.Open(context);
        var import = new DeviceImportRun(
            caller, input, new NdjsonWriter(context.Response), group, ids, clock, stopping.Token);
        var error = await import.RunAsync(cancel);
        if (error is not null && !context.Response.HasStarted)
        {
            return error;
        }
        await import.SumUpAsync(error is null ? null : ErrorAnswer.ToWire(context, error), cancel);
        return Results.Empty;
    }
}
