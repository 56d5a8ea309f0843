using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Plateau.Contracts;
using Plateau.Server.Access;
using Plateau.Server.Storage;

namespace Plateau.Server.Http;

/// <summary>What a creation made: its answer, or why it was refused.</summary>
/// <param name="Body">The answer's body, JSON; null when refused.</param>
/// <param name="Error">Why it was refused; null when made.</param>
internal readonly record struct Creation(byte[]? Body, ApiError? Error)
{
    public static implicit operator Creation(ApiError error) => new(null, error);

    public static implicit operator Creation(byte[] body) => new(body, null);
}

/// <summary>
/// Runs creations in one write, and once only for each Idempotency-Key: the key's row is written first, so that of two
/// racing copies the later waits for the earlier and then repeats its answer.
/// </summary>
internal sealed class IdempotentCreation(PlateauDb db, TimeProvider clock)
{
    /// <summary>The header of an answer that was given before.</summary>
    public const string ReplayedHeader = "Idempotent-Replayed";

    /// <summary>How long an answer is kept for its key.</summary>
    public static readonly TimeSpan KeptFor = TimeSpan.FromHours(24);

    private const string KeyHeader = "Idempotency-Key";
    private const int MaxKeyLength = 255;

    /// <summary>Runs a creation. Its refusals are not kept: the same key may be used again after one.</summary>
    /// <param name="context">The request, its body already read.</param>
    /// <param name="caller">Who creates.</param>
    /// <param name="create">Makes the object in the context; what it tracks is saved with the key.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task<IResult> RunAsync(
        HttpContext context, Caller caller, Func<Task<Creation>> create, CancellationToken cancel)
    {
        if (!TryReadKey(context, out var key))
        {
            return ApiError.BadInput(
                KeyHeader, ErrorCodes.IdempotencyKeyInvalid,
                $"{KeyHeader} must be 1 to {MaxKeyLength} printable characters without spaces.");
        }
        await using var write = await db.BeginWriteAsync(cancel);
        var row = key is null ? null : NewRow(context, caller, key);
        if (row is not null && !await TryInsertAsync(row, cancel))
        {
            return await ReplayAsync(context, row, key!, cancel);
        }
        var made = await create();
        if (made.Error is { } refusal)
        {
            return refusal;
        }
        var body = made.Body!;
        if (row is not null)
        {
            var answer = AnswerCipher.Encrypt(key!, body);
            await Find(row).ExecuteUpdateAsync(set => set.SetProperty(one => one.Answer, answer), cancel);
        }
        await write.CommitAsync(cancel);
        return new CreatedAnswer(body);
    }

    private static bool TryReadKey(HttpContext context, out string? key)
    {
        key = null;
        if (!context.Request.Headers.TryGetValue(KeyHeader, out var sent))
        {
            return true;
        }
        key = sent is [{ Length: > 0 and <= MaxKeyLength } one] && !one.AsSpan().ContainsAnyExceptInRange('!', '~')
            ? one
            : null;
        return key is not null;
    }

    private IdempotencyKeyRow NewRow(HttpContext context, Caller caller, string key) => new()
    {
        AccountId = caller.AccountId,
        LiveMode = caller.LiveMode,
        KeyHash = SHA256.HashData(Encoding.UTF8.GetBytes(key)),
        RequestHash = SHA256.HashData([
            .. Encoding.UTF8.GetBytes(context.Request.Path.Value ?? ""),
            0,
            .. BodyHash.Of(context).Sha256,
        ]),
        Answer = [],
        TimeCreated = clock.GetUtcNow(),
    };

    private async Task<bool> TryInsertAsync(IdempotencyKeyRow row, CancellationToken cancel)
    {
        var endedBefore = row.TimeCreated - KeptFor;
        await Find(row).Where(one => one.TimeCreated < endedBefore).ExecuteDeleteAsync(cancel);
        var time = Instant.ToUnixMicroseconds(row.TimeCreated);
        return await db.Database.ExecuteSqlAsync($"""
            insert into idempotency_keys (account_id, live_mode, key_hash, request_hash, answer, time_created)
            values (
                {row.AccountId.Value.ToByteArray()}, {row.LiveMode}, {row.KeyHash}, {row.RequestHash}, {row.Answer},
                {time})
            on conflict do nothing
            """, cancel) == 1;
    }

    private async Task<IResult> ReplayAsync(
        HttpContext context, IdempotencyKeyRow row, string key, CancellationToken cancel)
    {
        var first = await Find(row).AsNoTracking().SingleAsync(cancel);
        if (!first.RequestHash.AsSpan().SequenceEqual(row.RequestHash))
        {
            return ApiError.Conflict(
                ErrorCodes.IdempotencyKeyConflict, $"This {KeyHeader} was used with another request.");
        }
        context.Response.Headers[ReplayedHeader] = "true";
        return new CreatedAnswer(AnswerCipher.Decrypt(key, first.Answer));
    }

    private IQueryable<IdempotencyKeyRow> Find(IdempotencyKeyRow row) => db.IdempotencyKeys.Where(one =>
        one.AccountId == row.AccountId && one.LiveMode == row.LiveMode && one.KeyHash == row.KeyHash);
}

/// <summary>SHA-256 of a request's body, kept where the request carries an Idempotency-Key.</summary>
internal sealed record BodyHash(byte[] Sha256)
{
    /// <summary>The hash of a body that was read.</summary>
    public static BodyHash Of(HttpContext context) =>
        context.Features.Get<BodyHash>() ?? throw new InvalidOperationException("The body was not read.");
}

/// <summary>201 with the new object.</summary>
internal sealed class CreatedAnswer(byte[] body) : IResult
{
    public Task ExecuteAsync(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status201Created;
        context.Response.ContentType = "application/json; charset=utf-8";
        context.Response.ContentLength = body.Length;
        return context.Response.Body.WriteAsync(body, 0, body.Length, context.RequestAborted);
    }
}
