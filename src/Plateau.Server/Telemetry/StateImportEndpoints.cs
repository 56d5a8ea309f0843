using Plateau.Contracts;
using Plateau.Server.Access;
using Plateau.Server.Accounts;
using Plateau.Server.Http;

namespace Plateau.Server.Telemetry;

/// <summary>States of any number, streamed both ways.</summary>
internal static class StateImportEndpoints
{
    /// <summary>Maps <c>POST /device-states/import</c>.</summary>
    public static void MapStateImports(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/device-states/import", Import).WithName("DeviceStateImport").WithTags("Device states")
            .RequireAuthorization(Scopes.Submit)
            .WithSummary(
                "Submit any number of states as lines of JSON, plain or gzip. The answer is lines too, at least one a "
                + "second while there is progress: what it calls durable is. An import that broke off is sent again "
                + "from its beginning; records with references are not kept twice.")
            .TakesMany(
                routes.ServiceProvider.GetRequiredService<DeviceStateBody>().Item, ManyForm.Lines, max: null)
            .Produces<DeviceStateImportProgress>(StatusCodes.Status200OK, "application/x-ndjson")
            .DisableRequestTimeout();
    }

    private static async Task<IResult> Import(
        HttpContext context, Caller caller, DeviceStateBody body, BulkIntake intake, BulkPlaces places,
        RetentionPeriods retention, IHostApplicationLifetime host, TimeProvider clock, CancellationToken cancel)
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
        var items = new StateItemReader(body, caller, await retention.OfAsync(caller.AccountId, cancel), clock);
        var answer = new NdjsonWriter(context.Response);
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancel, host.ApplicationStopping);
        await using var input = NdjsonReader.Open(context);
        var import = new StateImportRun(
            input, items, intake, clock,
            (line, stop) => answer.WriteAsync(line, WireJson.Context.DeviceStateImportProgress, stop), stopping.Token);
        await import.RunAsync(error => ErrorAnswer.ToWire(context, error), cancel);
        return Results.Empty;
    }
}
