using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
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
        services.AddSingleton<DeviceList>();
    }

    /// <summary>Maps <c>/devices</c>, except for states.</summary>
    public static void MapDevices(this IEndpointRouteBuilder routes)
    {
        var devices = routes.MapGroup("/devices").WithTags("Devices");
        devices.MapGet("", List).WithName("DeviceList").RequireAuthorization(Scopes.Read)
            .WithSummary("List devices, newest first.")
            .TakesQuery(
                QueryParameter.ReferenceId, QueryParameter.ById("location_id", "Devices placed at this location."),
                QueryParameter.EndingBefore, QueryParameter.Limit, QueryParameter.StartingAfter)
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
        CancellationToken cancel)
    {
        var query = new QueryReader(context);
        ListQuery.Read<DeviceId>(query, ErrorCodes.DeviceNotFound, out var page);
        var reference = query.Reference("reference_id");
        var location = query.Id<LocationId>("location_id");
        if (query.Error is { } error)
        {
            return error;
        }
        if (location is { } place)
        {
            // A context costs a tenth of a page, so only this filter makes one.
            await using var db = await registry.CreateDbContextAsync(cancel);
            if (!await db.HasLocationAsync(caller, place, cancel))
            {
                return LocationEndpoints.NotFound(place);
            }
        }
        return await list.ReadAsync(new(caller, page, reference, location), cancel);
    }

    private static async Task<Results<DeviceAnswer, ApiError>> Get(
        PathId<DeviceId> id, Caller caller, PlateauDb db, CancellationToken cancel) =>
        await db.OwnDevices(caller, id.Value).AsNoTracking().FirstOrDefaultAsync(cancel) is { } device
            ? new DeviceAnswer(device)
            : NotFound(id.Value);

    private static async Task<IResult> Create(
        HttpContext context, Caller caller, PlateauDb db, IdempotentCreation creation, RegistryIds ids,
        AuditTrail audit, TimeProvider clock, CancellationToken cancel)
    {
        var body = await RequestBody.ReadAsync(context, DeviceBody.Schema, cancel);
        if (body.Value is not { } draft)
        {
            return body.Error!;
        }
        return await creation.RunAsync(context, caller, async () =>
        {
            var places = draft.Locations ?? [];
            if (await db.HoldAsync(caller, places, cancel) is not { } held)
            {
                return LocationEndpoints.NotFound(null);
            }
            var device = DeviceRules.Create(
                caller, ids.Next<DeviceId>(), draft, held.FirstOrDefault(), clock.GetUtcNow());
            db.Devices.Add(device);
            db.DeviceLocations.AddRange(places.Select(place => Placed(device, place)));
            NoteConsents(db, caller, device, from: null, ids);
            audit.Note(db, caller, "device.created", device.Id.ToString());
            return DeviceJson.ToUtf8(device);
        }, cancel);
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
            NoteConsents(db, caller, device, consents, ids);
            audit.Note(db, caller, "device.consents_changed", device.Id.ToString());
        }
        await write.CommitAsync(cancel);
        return new DeviceAnswer(device);
    }

    private static async Task<Results<Accepted<Deletion>, ApiError>> Delete(
        PathId<DeviceId> id, Caller caller, PlateauDb db, AuditTrail audit, TimeProvider clock,
        CancellationToken cancel)
    {
        await using var write = await db.BeginWriteAsync(cancel);
        await db.LockRowsAsync("devices", [id.Value.Value], cancel);
        if (await db.OwnDevices(caller, id.Value).ExecuteDeleteAsync(cancel) == 0)
        {
            return NotFound(id.Value);
        }
        await db.DeviceLocations.Where(row => row.DeviceId == id.Value).ExecuteDeleteAsync(cancel);
        await db.ConsentChanges.Where(row => row.DeviceId == id.Value).ExecuteDeleteAsync(cancel);
        db.Erasures.Add(new ErasureRow { DeviceId = id.Value, TimeCreated = clock.GetUtcNow() });
        audit.Note(db, caller, "device.deleted", id.Value.ToString());
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
        return TypedResults.Ok(rows.ToWire($"/devices/{id.Value}/consents", row => ToWire(row, caller.LiveMode)));
    }

    private static DeviceLocationRow Placed(DeviceRow device, LocationId place) =>
        new() { DeviceId = device.Id, LocationId = place };

    private static void NoteConsents(
        PlateauDb db, Caller caller, DeviceRow device, ConsentSet? from, RegistryIds ids) =>
        db.ConsentChanges.Add(new ConsentChangeRow
        {
            DeviceId = device.Id,
            Id = ids.Next<ConsentChangeId>(),
            KeyId = caller.KeyId,
            Time = device.ConsentsUpdated,
            ConsentsFrom = from is null ? null : ConsentBits.Pack(from),
            ConsentsTo = ConsentBits.Pack(device.Consents),
        });

    private static ConsentChange ToWire(ConsentChangeRow row, bool liveMode) => new()
    {
        Id = row.Id,
        LiveMode = liveMode,
        DeviceId = row.DeviceId,
        KeyId = row.KeyId,
        Time = row.Time,
        From = row.ConsentsFrom is { } from ? ConsentBits.Unpack(from) : null,
        To = ConsentBits.Unpack(row.ConsentsTo),
    };
}
