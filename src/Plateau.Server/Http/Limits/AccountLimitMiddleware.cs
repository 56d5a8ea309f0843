using System.Globalization;
using Plateau.Contracts;
using Plateau.Server.Access;

namespace Plateau.Server.Http;

/// <summary>
/// Refuses an account's calls beyond its limit, and tells with every authenticated answer what is left. Stands after
/// authentication, and only where a limit is set.
/// </summary>
internal sealed class AccountLimitMiddleware(RequestDelegate next, AccountLimiter limiter)
{
    public Task InvokeAsync(HttpContext context)
    {
        if (Caller.Find(context) is not { } caller)
        {
            return next(context);
        }
        var allowance = limiter.Count(caller.AccountId);
        var headers = context.Response.Headers;
        headers["RateLimit-Limit"] = Print(limiter.Limit);
        headers["RateLimit-Remaining"] = Print(allowance.Remaining);
        headers["RateLimit-Reset"] = Print((int)Math.Ceiling(allowance.UntilReset.TotalSeconds));
        return allowance.IsAllowed
            ? next(context)
            : ErrorAnswer.WriteAsync(context, new ApiError(
                ErrorCodes.RateLimitExceeded, $"The account may make {limiter.Limit} calls a minute.")
            {
                RetryAfter = allowance.UntilReset,
            });
    }

    private static string Print(int value) => value.ToString(CultureInfo.InvariantCulture);
}
