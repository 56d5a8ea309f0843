using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Plateau.Contracts;
using Plateau.Server.Access;
using Plateau.Server.Audit;
using Plateau.Server.Http;
using Plateau.Server.Locations;
using Plateau.Server.Storage;

namespace Plateau.Server.Devices;

/// <summary>Registration of devices.</summary>
internal static class DeviceEndpoints
{
    /// <summary>What the slice needs.</summary>
    public static void AddDevices(this IServiceCollection services)
    {
        services.AddOptions<DevicesOptions>().BindConfiguration("Plateau:Devices").ValidateDataAnnotations()
            .ValidateOnStart();
        services.AddSingleton<DeviceList>();
        services.AddSingleton<DeviceCreation>();
        services.AddSingleton<DeviceImportGroup>();
        services.AddSingleton<DeviceDeletion>();
    }

    /// <summary>Maps <c>/devices</c>, except for states.</summary>
    public static void MapDevices(this IEndpointRouteBuilder routes)
    {
        var devices = routes.MapGroup("/devices").WithTags("Devices");
        devices.MapGet("", List).WithName("DeviceList").RequireAuthorization(Scopes.Read)
            .WithSummary("List devices, newest first.")
            .TakesQuery(
                [
                    .. DeviceFilter.Parameters, .. DeviceTraits.Parameters, QueryParameter.EndingBefore,
                    QueryParameter.Limit, QueryParameter.StartingAfter,
                ])
            .Fails(
                ErrorCodes.CursorInvalid, ErrorCodes.CursorConflict, ErrorCodes.DeviceNotFound,
                ErrorCodes.LocationNotFound);
        devices.MapPost("", Create).WithName("DeviceCreate").RequireAuthorization(Scopes.Manage)
            .WithSummary("Register a device.").Takes(DeviceBody.Schema).Produces<Device>(StatusCodes.Status201Created)
            .Fails(ErrorCodes.LocationNotFound, ErrorCodes.IdempotencyKeyInvalid, ErrorCodes.IdempotencyKeyConflict);
        var device = devices.MapGroup("");
        device.Names<DeviceId>(DeviceDirectory.HasDeviceAsync, NotFound);
        device.MapGet("/{id}", Get).WithName("DeviceGet").RequireAuthorization(Scopes.Read)
            .WithSummary("Read a device.").Fails(ErrorCodes.DeviceNotFound);
        device.MapPatch("/{id}", Change).WithName("DeviceUpdate").RequireAuthorization(Scopes.Manage)
            .WithSummary("Change a device by JSON merge patch.").Takes(DeviceBody.Schema, patch: true)
            .Fails(ErrorCodes.DeviceNotFound, ErrorCodes.LocationNotFound, ErrorCodes.ControlledOneWay);
        device.MapDelete("/{id}", Delete).WithName("DeviceDelete").RequireAuthorization(Scopes.Manage)
            .WithSummary("Delete a device and, in the background, everything recorded of it.")
            .Fails(ErrorCodes.DeviceNotFound);
        device.MapGet("/{id}/consents", ListConsentChanges).WithName("DeviceConsentList")
            .RequireAuthorization(Scopes.Read)
            .WithSummary("List the changes of a device's consents, newest first.")
            .TakesQuery(QueryParameter.EndingBefore, QueryParameter.Limit, QueryParameter.StartingAfter)
            .Fails(
                ErrorCodes.DeviceNotFound, ErrorCodes.CursorInvalid, ErrorCodes.CursorConflict,
                ErrorCodes.ConsentChangeNotFound);
    }

    /// <summary>404 for a device.</summary>
    public static ApiError NotFound(DeviceId id) => ApiError.NotFound(
        ErrorCodes.DeviceNotFound, id.Value.IsNone ? "There is no such device." : $"There is no device {id}.");

    private static async Task<Results<DevicePage, ApiError>> List(
        HttpContext context, Caller caller, DeviceList list, IDbContextFactory<PlateauDb> registry,
        IOptions<DevicesOptions> options, TimeProvider clock, CancellationToken cancel)
    {
        var query = new QueryReader(context);
        ListQuery.Read<DeviceId>(query, ErrorCodes.DeviceNotFound, out var page);
        var filter = DeviceFilter.Read(query);
        var traits = DeviceTraits.Read(query);
        if (query.Error is { } error)
        {
            return error;
        }
        if (filter.LocationId is { } place)
        {
            // A context costs a tenth of a page, so only this filter makes one.
            await using var db = await registry.CreateDbContextAsync(cancel);
            if (!await db.HasLocationAsync(caller, place, cancel))
            {
                return LocationEndpoints.NotFound(place);
            }
        }
        return await list.ReadAsync(
            new(caller, page, filter.ReferenceId, filter.LocationId, traits, clock.GetUtcNow() - FreshFor(options)),
            cancel);
    }

    private static async Task<Results<DeviceAnswer, ApiError>> Get(
        PathId<DeviceId> id, Caller caller, PlateauDb db, CancellationToken cancel) =>
        await db.OwnDevices(caller, id.Value).AsNoTracking().FirstOrDefaultAsync(cancel) is { } device
            ? new DeviceAnswer(device)
            : NotFound(id.Value);

    private static async Task<IResult> Create(
        HttpContext context, Caller caller, PlateauDb db, IdempotentCreation once, DeviceCreation creation,
        RegistryIds ids, CancellationToken cancel)
    {
        var body = await RequestBody.ReadAsync(context, DeviceBody.Schema, cancel);
        if (body.Value is not { } draft)
        {
            return body.Error!;
        }
        return await once.RunAsync(context, caller, async () =>
            await db.HoldAsync(caller, draft.Locations ?? [], cancel) is { } held
                ? DeviceJson.ToUtf8(creation.Add(db, caller, ids.Next<DeviceId>(), draft, held.FirstOrDefault()))
                : LocationEndpoints.NotFound(null), cancel);
    }

    private static async Task<Results<DeviceAnswer, ApiError>> Change(
        PathId<DeviceId> id, HttpContext context, Caller caller, PlateauDb db, RegistryIds ids, AuditTrail audit,
        TimeProvider clock, CancellationToken cancel)
    {
        // The body is read before the write begins, so that a slow sender holds nobody up; a missing device wins over
        // it.
        var patch = await RequestBody.ReadPatchAsync(context, cancel);
        await using var write = await db.BeginWriteAsync(cancel);
        await db.LockRowsAsync("devices", [id.Value.Value], cancel);
        if (await db.OwnDevices(caller, id.Value).FirstOrDefaultAsync(cancel) is not { } device)
        {
            return NotFound(id.Value);
        }
        if (patch.Value is not { } bytes)
        {
            return patch.Error!;
        }
        var current = JsonSerializer.SerializeToUtf8Bytes(
            DeviceRules.ToDraft(device), WireJson.Context.DeviceDraft);
        var merged = MergePatch.Apply(DeviceBody.Schema, current, bytes);
        if (merged.Value is not { } draft)
        {
            return merged.Error!;
        }
        var places = draft.Locations ?? [];
        if (await db.HoldAsync(caller, places, cancel) is not { } held)
        {
            return LocationEndpoints.NotFound(null);
        }
        var consents = device.Consents;
        var placesBefore = DeviceLocations.Unpack(device.Locations);
        if (DeviceRules.Change(device, draft, held.FirstOrDefault()) is { } refusal)
        {
            return refusal;
        }
        audit.NoteChange(db, caller, device, "device.updated", device.Id.ToString());
        db.DeviceLocations.AddRange(places.Except(placesBefore).Select(place => Placed(device, place)));
        db.DeviceLocations.RemoveRange(placesBefore.Except(places).Select(place => Placed(device, place)));
        if (DeviceRules.ChangeConsents(device, draft.Consents, clock.GetUtcNow()))
        {
            db.ConsentChanges.Add(
                ConsentChangeRow.Of(device, ids.Next<ConsentChangeId>(), caller.KeyId, from: consents));
            audit.Note(db, caller, "device.consents_changed", device.Id.ToString());
        }
        await write.CommitAsync(cancel);
        return new DeviceAnswer(device);
    }

    private static async Task<Results<Accepted<Deletion>, ApiError>> Delete(
        PathId<DeviceId> id, Caller caller, PlateauDb db, DeviceDeletion deletion, CancellationToken cancel)
    {
        await using var write = await db.BeginWriteAsync(cancel);
        await db.LockRowsAsync("devices", [id.Value.Value], cancel);
        if (await deletion.DeleteAsync(db, caller, [id.Value], cancel) == 0)
        {
            return NotFound(id.Value);
        }
        await write.CommitAsync(cancel);
        return TypedResults.Accepted((string?)null, new Deletion());
    }

    private static async Task<Results<Ok<ListPage<ConsentChange>>, ApiError>> ListConsentChanges(
        PathId<DeviceId> id, HttpContext context, Caller caller, PlateauDb db, CancellationToken cancel)
    {
        if (!await db.HasDeviceAsync(caller, id.Value, cancel))
        {
            return NotFound(id.Value);
        }
        var query = new QueryReader(context);
        ListQuery.Read<ConsentChangeId>(query, ErrorCodes.ConsentChangeNotFound, out var page);
        if (query.Error is { } error)
        {
            return error;
        }
        var changes = db.ConsentChanges.AsNoTracking().Where(row => row.DeviceId == id.Value);
        var rows = await RegistryPage.ReadAsync(changes, page, row => row.Id, cancel);
        return TypedResults.Ok(rows.ToWire($"/devices/{id.Value}/consents", row => row.ToWire(caller.LiveMode)));
    }

    private static TimeSpan FreshFor(IOptions<DevicesOptions> options) =>
        TimeSpan.FromSeconds(options.Value.FreshForSeconds);

    private static DeviceLocationRow Placed(DeviceRow device, LocationId place) =>
        new() { DeviceId = device.Id, LocationId = place };
}
