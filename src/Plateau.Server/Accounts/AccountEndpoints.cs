using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Plateau.Contracts;
using Plateau.Server.Access;
using Plateau.Server.Audit;
using Plateau.Server.Http;
using Plateau.Server.Storage;

namespace Plateau.Server.Accounts;

/// <summary>The caller's own account and its keys.</summary>
internal static class AccountEndpoints
{
    /// <summary>What the slice needs.</summary>
    public static void AddAccounts(this IServiceCollection services)
    {
        services.AddSingleton<AccountRegistry>();
        services.AddSingleton<RetentionPeriods>();
    }

    /// <summary>Maps <c>/account</c>.</summary>
    public static void MapAccount(this IEndpointRouteBuilder routes)
    {
        var account = routes.MapGroup("/account").WithTags("Account");
        account.MapGet("", Get).WithName("AccountGet").RequireAuthorization(Scopes.Any)
            .WithSummary("Read the account and what the token may do.");
        account.MapGet("/keys", ListKeys).WithName("KeyList").RequireAuthorization(Scopes.Manage)
            .WithSummary("List the keys of the token's mode, newest first.")
            .TakesQuery(QueryParameter.EndingBefore, QueryParameter.Limit, QueryParameter.StartingAfter)
            .Fails(ErrorCodes.CursorInvalid, ErrorCodes.CursorConflict, ErrorCodes.KeyNotFound);
        account.MapPost("/keys", CreateKey).WithName("KeyCreate").RequireAuthorization(Scopes.Manage)
            .WithSummary("Make a key of the token's mode. Its secret is shown only here.")
            .Takes(KeyBody.Schema).Produces<AccountKey>(StatusCodes.Status201Created)
            .Fails(ErrorCodes.IdempotencyKeyInvalid, ErrorCodes.IdempotencyKeyConflict);
        account.MapDelete("/keys/{id}", RevokeKey).WithName("KeyDelete").RequireAuthorization(Scopes.Manage)
            .WithSummary("Revoke a key; its tokens stop within a minute on every process.")
            .Fails(ErrorCodes.KeyNotFound)
            .Names<KeyId>(
                (db, caller, id, cancel) => WorkingKeys(db, caller).AnyAsync(row => row.Id == id, cancel), KeyNotFound);
        account.MapGet("/audit", ListAudit).WithName("AuditList").RequireAuthorization(Scopes.Manage)
            .WithSummary("List the changes of registry, keys and consents, newest first.")
            .TakesQuery(QueryParameter.EndingBefore, QueryParameter.Limit, QueryParameter.StartingAfter)
            .Fails(ErrorCodes.CursorInvalid, ErrorCodes.CursorConflict, ErrorCodes.AuditEntryNotFound);
    }

    private static async Task<Ok<Account>> Get(Caller caller, PlateauDb db, CancellationToken cancel)
    {
        var account = await db.Accounts.AsNoTracking().SingleAsync(row => row.Id == caller.AccountId, cancel);
        return TypedResults.Ok(new Account
        {
            Id = account.Id,
            Name = account.Name,
            TimeCreated = account.TimeCreated,
            RetentionDays = account.RetentionDays,
            LiveMode = caller.LiveMode,
            Scope = caller.Scope,
            KeyId = caller.KeyId,
        });
    }

    private static async Task<Results<Ok<ListPage<AccountKey>>, ApiError>> ListKeys(
        HttpContext context, Caller caller, PlateauDb db, CancellationToken cancel)
    {
        var query = new QueryReader(context);
        ListQuery.Read<KeyId>(query, ErrorCodes.KeyNotFound, out var page);
        if (query.Error is { } error)
        {
            return error;
        }
        var found = await RegistryPage.ReadAsync(WorkingKeys(db, caller).AsNoTracking(), page, row => row.Id, cancel);
        return TypedResults.Ok(found.ToWire("/account/keys", row => row.ToWire()));
    }

    private static async Task<IResult> CreateKey(
        HttpContext context, Caller caller, PlateauDb db, IdempotentCreation creation, AccountRegistry registry,
        AuditTrail audit, CancellationToken cancel)
    {
        var body = await RequestBody.ReadAsync(context, KeyBody.Schema, cancel);
        if (body.Value is not { } draft)
        {
            return body.Error!;
        }
        return await creation.RunAsync(context, caller, () =>
        {
            var (key, secret) = registry.NewKey(caller.AccountId, caller.LiveMode, draft);
            db.Keys.Add(key);
            audit.Note(db, caller, "key.created", key.Id.ToString());
            return Task.FromResult<Creation>(JsonSerializer.SerializeToUtf8Bytes(
                key.ToWire() with { SecretKey = secret }, WireJson.Context.AccountKey));
        }, cancel);
    }

    private static async Task<Results<Accepted<Deletion>, ApiError>> RevokeKey(
        PathId<KeyId> id, Caller caller, PlateauDb db, KeyStatuses statuses, AuditTrail audit, TimeProvider clock,
        CancellationToken cancel)
    {
        await using var write = await db.BeginWriteAsync(cancel);
        var now = clock.GetUtcNow();
        var revoked = await WorkingKeys(db, caller).Where(row => row.Id == id.Value)
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.TimeRevoked, now), cancel);
        if (revoked == 0)
        {
            return KeyNotFound(id.Value);
        }
        audit.Note(db, caller, "key.revoked", id.Value.ToString());
        await write.CommitAsync(cancel);
        statuses.Forget(id.Value);
        return TypedResults.Accepted((string?)null, new Deletion());
    }

    private static async Task<Results<Ok<ListPage<AuditEntry>>, ApiError>> ListAudit(
        HttpContext context, Caller caller, PlateauDb db, CancellationToken cancel)
    {
        var query = new QueryReader(context);
        ListQuery.Read<AuditEntryId>(query, ErrorCodes.AuditEntryNotFound, out var page);
        if (query.Error is { } error)
        {
            return error;
        }
        var rows = db.AuditEntries.AsNoTracking()
            .Where(row => row.AccountId == caller.AccountId && row.LiveMode == caller.LiveMode);
        var found = await RegistryPage.ReadAsync(rows, page, row => row.Id, cancel);
        return TypedResults.Ok(found.ToWire("/account/audit", row => row.ToWire()));
    }

    private static ApiError KeyNotFound(KeyId id) => ApiError.NotFound(
        ErrorCodes.KeyNotFound, id.Value.IsNone ? "There is no such key." : $"There is no key {id}.");

    private static IQueryable<KeyRow> WorkingKeys(PlateauDb db, Caller caller) => db.Keys.Where(row =>
        row.AccountId == caller.AccountId && row.LiveMode == caller.LiveMode && row.TimeRevoked == null);
}
