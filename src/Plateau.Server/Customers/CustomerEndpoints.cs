using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Plateau.Contracts;
using Plateau.Server.Access;
using Plateau.Server.Audit;
using Plateau.Server.Http;
using Plateau.Server.Locations;
using Plateau.Server.Storage;

namespace Plateau.Server.Customers;

/// <summary>Registration of customers.</summary>
internal static class CustomerEndpoints
{
    private static readonly QueryParameter Cascade = QueryParameter.Flag(
        "cascade", "Whether the customer's locations and their devices are erased too. Default false.");

    /// <summary>What the slice needs.</summary>
    public static void AddCustomers(this IServiceCollection services)
    {
        services.AddSingleton<CustomerErasure>();
        services.AddHostedService<CustomerErasureWorker>();
    }

    /// <summary>Maps <c>/customers</c>.</summary>
    public static void MapCustomers(this IEndpointRouteBuilder routes)
    {
        var customers = routes.MapGroup("/customers").WithTags("Customers");
        customers.MapGet("", List).WithName("CustomerList").RequireAuthorization(Scopes.Read)
            .WithSummary("List customers, newest first.")
            .TakesQuery(
                QueryParameter.ReferenceId, QueryParameter.EndingBefore, QueryParameter.Limit,
                QueryParameter.StartingAfter)
            .Fails(ErrorCodes.CursorInvalid, ErrorCodes.CursorConflict, ErrorCodes.CustomerNotFound);
        customers.MapPost("", Create).WithName("CustomerCreate").RequireAuthorization(Scopes.Manage)
            .WithSummary("Register a customer.").Takes(CustomerBody.Schema)
            .Produces<Customer>(StatusCodes.Status201Created)
            .Fails(ErrorCodes.IdempotencyKeyInvalid, ErrorCodes.IdempotencyKeyConflict);
        var customer = customers.MapGroup("");
        customer.Names<CustomerId>(CustomerDirectory.HasCustomerAsync, NotFound);
        customer.MapGet("/{id}", Get).WithName("CustomerGet").RequireAuthorization(Scopes.Read)
            .WithSummary("Read a customer.").Fails(ErrorCodes.CustomerNotFound);
        customer.MapPatch("/{id}", Change).WithName("CustomerUpdate").RequireAuthorization(Scopes.Manage)
            .WithSummary("Change a customer by JSON merge patch.").Takes(CustomerBody.Schema, patch: true)
            .Fails(ErrorCodes.CustomerNotFound);
        customer.MapDelete("/{id}", Delete).WithName("CustomerDelete").RequireAuthorization(Scopes.Manage)
            .WithSummary("Delete a customer, with cascade=true also the customer's locations and their devices.")
            .WithDescription(
                "Without `cascade` a customer who has locations is not deleted: 409. With it the customer is gone at "
                + "once, and with it, in the same transaction, up to 200 of its locations and 200 devices placed "
                + "there; what is more follows in the background, step by step. Each device is deleted as "
                + "`DELETE /devices/{id}` does it: gone at once, its records erased in the background. A device that "
                + "is also placed at a location of another customer is not deleted: it leaves the locations that are "
                + "erased and keeps its records, those of the time at this customer too. A location of no customer "
                + "does not keep a device. The trail has an entry for the customer, each location and each device.")
            .TakesQuery(Cascade)
            .Fails(ErrorCodes.CustomerNotFound, ErrorCodes.CustomerInUse);
    }

    /// <summary>404 for a customer.</summary>
    public static ApiError NotFound(CustomerId id) => ApiError.NotFound(
        ErrorCodes.CustomerNotFound, id.Value.IsNone ? "There is no such customer." : $"There is no customer {id}.");

    private static async Task<Results<Ok<ListPage<Customer>>, ApiError>> List(
        HttpContext context, Caller caller, PlateauDb db, CancellationToken cancel)
    {
        var query = new QueryReader(context);
        ListQuery.Read<CustomerId>(query, ErrorCodes.CustomerNotFound, out var page);
        var reference = query.Reference("reference_id");
        if (query.Error is { } error)
        {
            return error;
        }
        var rows = All(db, caller);
        if (reference is not null)
        {
            rows = rows.Where(row => row.ReferenceId == reference);
        }
        var found = await RegistryPage.ReadAsync(rows.AsNoTracking(), page, row => row.Id, cancel);
        return TypedResults.Ok(found.ToWire("/customers", row => row.ToWire()));
    }

    private static async Task<Results<Ok<Customer>, ApiError>> Get(
        PathId<CustomerId> id, Caller caller, PlateauDb db, CancellationToken cancel) =>
        await All(db, caller).AsNoTracking().FirstOrDefaultAsync(row => row.Id == id.Value, cancel) is { } customer
            ? TypedResults.Ok(customer.ToWire())
            : NotFound(id.Value);

    private static async Task<IResult> Create(
        HttpContext context, Caller caller, PlateauDb db, IdempotentCreation creation, RegistryIds ids,
        AuditTrail audit, TimeProvider clock, CancellationToken cancel)
    {
        var body = await RequestBody.ReadAsync(context, CustomerBody.Schema, cancel);
        if (body.Value is not { } draft)
        {
            return body.Error!;
        }
        return await creation.RunAsync(context, caller, () =>
        {
            var customer = new CustomerRow
            {
                Id = ids.Next<CustomerId>(),
                AccountId = caller.AccountId,
                LiveMode = caller.LiveMode,
                ReferenceId = draft.ReferenceId,
                TimeCreated = clock.GetUtcNow(),
            };
            db.Customers.Add(customer);
            audit.Note(db, caller, "customer.created", customer.Id.ToString());
            return Task.FromResult<Creation>(
                JsonSerializer.SerializeToUtf8Bytes(customer.ToWire(), WireJson.Context.Customer));
        }, cancel);
    }

    private static async Task<Results<Ok<Customer>, ApiError>> Change(
        PathId<CustomerId> id, HttpContext context, Caller caller, PlateauDb db, AuditTrail audit,
        CancellationToken cancel)
    {
        var patch = await RequestBody.ReadPatchAsync(context, cancel);
        await using var write = await db.BeginWriteAsync(cancel);
        await db.LockRowsAsync("customers", [id.Value.Value], cancel);
        if (await All(db, caller).FirstOrDefaultAsync(row => row.Id == id.Value, cancel) is not { } customer)
        {
            return NotFound(id.Value);
        }
        if (patch.Value is not { } bytes)
        {
            return patch.Error!;
        }
        var current = JsonSerializer.SerializeToUtf8Bytes(
            new CustomerDraft { ReferenceId = customer.ReferenceId }, WireJson.Context.CustomerDraft);
        var merged = MergePatch.Apply(CustomerBody.Schema, current, bytes);
        if (merged.Value is not { } draft)
        {
            return merged.Error!;
        }
        customer.ReferenceId = draft.ReferenceId;
        audit.NoteChange(db, caller, customer, "customer.updated", customer.Id.ToString());
        await write.CommitAsync(cancel);
        return TypedResults.Ok(customer.ToWire());
    }

    private static async Task<Results<Accepted<Deletion>, ApiError>> Delete(
        PathId<CustomerId> id, HttpContext context, Caller caller, PlateauDb db, CustomerErasure erasure,
        AuditTrail audit, TimeProvider clock, CancellationToken cancel)
    {
        var query = new QueryReader(context);
        var cascade = query.Flag(Cascade.Name);
        await using var write = await db.BeginWriteAsync(cancel);
        if (!await db.HasCustomerAsync(caller, id.Value, cancel))
        {
            return NotFound(id.Value);
        }
        if (query.Error is { } error)
        {
            return error;
        }
        if (cascade)
        {
            await erasure.EraseSomeAsync(db, caller, id.Value, cancel);
        }
        if (!await db.HoldCustomerAsync(caller, id.Value, cancel))
        {
            return NotFound(id.Value);
        }
        // Some may also have come until the customer was held.
        if (await db.HasLocationsOfAsync(id.Value, cancel))
        {
            if (!cascade)
            {
                return ApiError.Conflict(ErrorCodes.CustomerInUse, $"The customer {id.Value} has locations.");
            }
            db.CustomerErasures.Add(new CustomerErasureRow
            {
                CustomerId = id.Value,
                AccountId = caller.AccountId,
                LiveMode = caller.LiveMode,
                KeyId = caller.KeyId,
                TimeCreated = clock.GetUtcNow(),
            });
        }
        await All(db, caller).Where(row => row.Id == id.Value).ExecuteDeleteAsync(cancel);
        audit.Note(db, caller, "customer.deleted", id.Value.ToString());
        await write.CommitAsync(cancel);
        return TypedResults.Accepted((string?)null, new Deletion());
    }

    private static IQueryable<CustomerRow> All(PlateauDb db, Caller caller) =>
        db.Customers.Where(row => row.AccountId == caller.AccountId && row.LiveMode == caller.LiveMode);
}
