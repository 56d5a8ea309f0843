using System.Net.Http.Headers;
using System.Text;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Plateau.Contracts;
using Plateau.Server.Http;
using Plateau.Server.Storage;

namespace Plateau.Server.Access;

/// <summary>Sign-in: account id and secret key in, bearer token out.</summary>
internal static class LoginEndpoints
{
    private static readonly TimeSpan LastUsedPrecision = TimeSpan.FromMinutes(1);

    /// <summary>Maps <c>GET /login</c> and <c>POST /auth/tokens</c>, which do the same.</summary>
    public static void MapLogin(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/login", SignIn).WithName("Login").WithTags("Access").AllowAnonymous()
            .WithSummary("Sign in with HTTP Basic: account id and secret key.").Fails(Codes);
        routes.MapPost("/auth/tokens", SignIn).WithName("TokenCreate").WithTags("Access").AllowAnonymous()
            .WithSummary("Sign in by POST; the same as `GET /login`.").Fails(Codes);
    }

    private static readonly string[] Codes =
    [
        ErrorCodes.AuthorizationMissing, ErrorCodes.CredentialsInvalid, ErrorCodes.AccountDisabled,
        ErrorCodes.LoginLimitExceeded, ErrorCodes.StorageUnavailable,
    ];

    private static async Task<Results<Ok<AccessToken>, ApiError>> SignIn(
        HttpContext context, PlateauDb db, BearerTokens tokens, LoginLimiter limiter, TimeProvider clock,
        CancellationToken cancel)
    {
        context.Response.Headers.CacheControl = "no-store";
        if (ReadBasic(context.Request) is not { } credentials)
        {
            return Refuse(context, ErrorCodes.AuthorizationMissing,
                "This call wants the header Authorization: Basic with the account id and a secret key.");
        }
        using var attempt = new LoginAttempt(limiter);
        var wait = await attempt.BeginAsync(LoginAttempt.AddressOf(context.Connection.RemoteIpAddress), cancel)
            ?? await attempt.BeginAsync("account " + Quote.Of(credentials.Account), cancel);
        if (wait is not null)
        {
            return new ApiError(
                ErrorCodes.LoginLimitExceeded,
                "Too many sign-ins failed. Wait before the next.") { RetryAfter = wait };
        }
        if (await FindKeyAsync(db, credentials, cancel) is not { } found)
        {
            attempt.Fail();
            return Refuse(context, ErrorCodes.CredentialsInvalid,
                "The account id and the secret key do not belong together, or the key was revoked.");
        }
        if (found.Disabled)
        {
            return ApiError.Forbidden(ErrorCodes.AccountDisabled, "The account is disabled.");
        }
        await NoteUseAsync(db, found.Key.Id, found.Key.LastUsed, clock.GetUtcNow(), cancel);
        var caller = new Caller(found.Key.AccountId, found.Key.LiveMode, found.Key.Id, found.Key.Scope);
        return TypedResults.Ok(await tokens.CreateAsync(caller, cancel));
    }

    private static async Task<(Accounts.KeyRow Key, bool Disabled)?> FindKeyAsync(
        PlateauDb db, Credentials credentials, CancellationToken cancel)
    {
        if (!ObjectIdText.TryParse(credentials.Account, out AccountId account))
        {
            return null;
        }
        var hash = Secrets.Hash(credentials.SecretKey);
        var found = await db.Keys.AsNoTracking()
            .Where(key => key.SecretHash == hash && key.AccountId == account && key.TimeRevoked == null)
            .Join(db.Accounts, key => key.AccountId, row => row.Id, (key, row) => new { key, row.TimeDisabled })
            .FirstOrDefaultAsync(cancel);
        return found is null ? null : (found.key, found.TimeDisabled is not null);
    }

    private static async Task NoteUseAsync(
        PlateauDb db, KeyId key, DateTimeOffset? lastUsed, DateTimeOffset now, CancellationToken cancel)
    {
        if (lastUsed is { } last && now - last < LastUsedPrecision)
        {
            return;
        }
        await using var write = await db.BeginWriteAsync(cancel);
        await db.Keys.Where(row => row.Id == key)
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.LastUsed, now), cancel);
        await write.CommitAsync(cancel);
    }

    private static ApiError Refuse(HttpContext context, string code, string message)
    {
        context.Response.Headers.WWWAuthenticate = "Basic realm=\"plateau\", charset=\"UTF-8\"";
        return new ApiError(code, message);
    }

    private static Credentials? ReadBasic(HttpRequest request)
    {
        if (!AuthenticationHeaderValue.TryParse(request.Headers.Authorization, out var header)
            || !"Basic".Equals(header.Scheme, StringComparison.OrdinalIgnoreCase) || header.Parameter is null)
        {
            return null;
        }
        var bytes = new byte[header.Parameter.Length];
        if (!Convert.TryFromBase64String(header.Parameter, bytes, out var length))
        {
            return null;
        }
        var text = Encoding.UTF8.GetString(bytes, 0, length);
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 ? null : new Credentials(text[..colon], text[(colon + 1)..]);
    }

    private sealed record Credentials(string Account, string SecretKey);
}
