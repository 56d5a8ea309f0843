using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Plateau.Contracts;
using Plateau.Server.Access;
using Plateau.Server.Audit;
using Plateau.Server.Customers;
using Plateau.Server.Devices;
using Plateau.Server.Http;
using Plateau.Server.Storage;

namespace Plateau.Server.Locations;

/// <summary>Registration of locations.</summary>
internal static class LocationEndpoints
{
    /// <summary>What the slice needs.</summary>
    public static void AddLocations(this IServiceCollection services) => services.AddSingleton<LocationDeletion>();

    /// <summary>Maps <c>/locations</c>.</summary>
    public static void MapLocations(this IEndpointRouteBuilder routes)
    {
        var locations = routes.MapGroup("/locations").WithTags("Locations");
        locations.MapGet("", List).WithName("LocationList").RequireAuthorization(Scopes.Read)
            .WithSummary("List locations, newest first.")
            .TakesQuery(
                QueryParameter.ReferenceId, QueryParameter.ById("customer_id", "Locations of this customer."),
                QueryParameter.EndingBefore, QueryParameter.Limit, QueryParameter.StartingAfter)
            .Fails(
                ErrorCodes.CursorInvalid, ErrorCodes.CursorConflict, ErrorCodes.LocationNotFound,
                ErrorCodes.CustomerNotFound);
        locations.MapPost("", Create).WithName("LocationCreate").RequireAuthorization(Scopes.Manage)
            .WithSummary("Register a location.").Takes(LocationBody.Schema)
            .Produces<Location>(StatusCodes.Status201Created)
            .Fails(ErrorCodes.CustomerNotFound, ErrorCodes.IdempotencyKeyInvalid, ErrorCodes.IdempotencyKeyConflict);
        var location = locations.MapGroup("");
        location.Names<LocationId>(LocationDirectory.HasLocationAsync, id => NotFound(id));
        location.MapGet("/{id}", Get).WithName("LocationGet").RequireAuthorization(Scopes.Read)
            .WithSummary("Read a location.").Fails(ErrorCodes.LocationNotFound);
        location.MapPatch("/{id}", Change).WithName("LocationUpdate").RequireAuthorization(Scopes.Manage)
            .WithSummary("Change a location by JSON merge patch.").Takes(LocationBody.Schema, patch: true)
            .Fails(ErrorCodes.LocationNotFound, ErrorCodes.CustomerNotFound);
        location.MapDelete("/{id}", Delete).WithName("LocationDelete").RequireAuthorization(Scopes.Manage)
            .WithSummary("Delete a location that no device is placed at.")
            .Fails(ErrorCodes.LocationNotFound, ErrorCodes.LocationInUse);
    }

    /// <summary>404 for a location; null when it is one of several.</summary>
    public static ApiError NotFound(LocationId? id) => ApiError.NotFound(
        ErrorCodes.LocationNotFound,
        id is { Value.IsNone: false } one ? $"There is no location {one}." : "There is no such location.");

    private static async Task<Results<Ok<ListPage<Location>>, ApiError>> List(
        HttpContext context, Caller caller, PlateauDb db, CancellationToken cancel)
    {
        var query = new QueryReader(context);
        ListQuery.Read<LocationId>(query, ErrorCodes.LocationNotFound, out var page);
        var reference = query.Reference("reference_id");
        var customer = query.Id<CustomerId>("customer_id");
        if (query.Error is { } error)
        {
            return error;
        }
        var rows = All(db, caller);
        if (reference is not null)
        {
            rows = rows.Where(row => row.ReferenceId == reference);
        }
        if (customer is { } one)
        {
            if (!await db.HasCustomerAsync(caller, one, cancel))
            {
                return CustomerEndpoints.NotFound(one);
            }
            rows = rows.Where(row => row.CustomerId == one);
        }
        var found = await RegistryPage.ReadAsync(rows.AsNoTracking(), page, row => row.Id, cancel);
        return TypedResults.Ok(found.ToWire("/locations", row => row.ToWire()));
    }

    private static async Task<Results<Ok<Location>, ApiError>> Get(
        PathId<LocationId> id, Caller caller, PlateauDb db, CancellationToken cancel) =>
        await All(db, caller).AsNoTracking().FirstOrDefaultAsync(row => row.Id == id.Value, cancel) is { } location
            ? TypedResults.Ok(location.ToWire())
            : NotFound(id.Value);

    private static async Task<IResult> Create(
        HttpContext context, Caller caller, PlateauDb db, IdempotentCreation creation, RegistryIds ids,
        AuditTrail audit, TimeProvider clock, CancellationToken cancel)
    {
        var body = await RequestBody.ReadAsync(context, LocationBody.Schema, cancel);
        if (body.Value is not { } draft)
        {
            return body.Error!;
        }
        return await creation.RunAsync(context, caller, async () =>
        {
            if (draft.CustomerId is { } customer && !await db.HoldCustomerAsync(caller, customer, cancel))
            {
                return CustomerEndpoints.NotFound(customer);
            }
            var location = LocationRules.Create(caller, ids.Next<LocationId>(), draft, clock.GetUtcNow());
            db.Locations.Add(location);
            audit.Note(db, caller, "location.created", location.Id.ToString());
            return JsonSerializer.SerializeToUtf8Bytes(location.ToWire(), WireJson.Context.Location);
        }, cancel);
    }

    private static async Task<Results<Ok<Location>, ApiError>> Change(
        PathId<LocationId> id, HttpContext context, Caller caller, PlateauDb db, AuditTrail audit,
        CancellationToken cancel)
    {
        var patch = await RequestBody.ReadPatchAsync(context, cancel);
        await using var write = await db.BeginWriteAsync(cancel);
        await db.LockRowsAsync("locations", [id.Value.Value], cancel);
        if (await All(db, caller).FirstOrDefaultAsync(row => row.Id == id.Value, cancel) is not { } location)
        {
            return NotFound(id.Value);
        }
        if (patch.Value is not { } bytes)
        {
            return patch.Error!;
        }
        var current = JsonSerializer.SerializeToUtf8Bytes(
            LocationRules.ToDraft(location), WireJson.Context.LocationDraft);
        var merged = MergePatch.Apply(LocationBody.Schema, current, bytes);
        if (merged.Value is not { } draft)
        {
            return merged.Error!;
        }
        if (draft.CustomerId is { } customer && !await db.HoldCustomerAsync(caller, customer, cancel))
        {
            return CustomerEndpoints.NotFound(customer);
        }
        LocationRules.Fill(location, draft);
        audit.NoteChange(db, caller, location, "location.updated", location.Id.ToString());
        await write.CommitAsync(cancel);
        return TypedResults.Ok(location.ToWire());
    }

    private static async Task<Results<Accepted<Deletion>, ApiError>> Delete(
        PathId<LocationId> id, Caller caller, PlateauDb db, LocationDeletion deletion, CancellationToken cancel)
    {
        await using var write = await db.BeginWriteAsync(cancel);
        await db.LockRowsAsync("locations", [id.Value.Value], cancel);
        if (!await db.HasLocationAsync(caller, id.Value, cancel))
        {
            return NotFound(id.Value);
        }
        if (await db.HasDevicesAtAsync(id.Value, cancel))
        {
            return ApiError.Conflict(ErrorCodes.LocationInUse, $"Devices are placed at the location {id.Value}.");
        }
        await deletion.DeleteAsync(db, caller, [id.Value], cancel);
        await write.CommitAsync(cancel);
        return TypedResults.Accepted((string?)null, new Deletion());
    }

    private static IQueryable<LocationRow> All(PlateauDb db, Caller caller) =>
        db.Locations.Where(row => row.AccountId == caller.AccountId && row.LiveMode == caller.LiveMode);
}
