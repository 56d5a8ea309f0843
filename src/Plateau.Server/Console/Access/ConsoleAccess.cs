using System.Globalization;
using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authorization;
using Plateau.Contracts;

namespace Plateau.Server.WebConsole;

/// <summary>
/// Who a visitor of the console is. The second scheme of the server, and of the console alone: an encrypted cookie that
/// carries the bearer token, and ends with it.
/// </summary>
internal static class ConsoleAccess
{
    /// <summary>Name of the scheme, and of the policy that asks for it.</summary>
    public const string Name = "Console";

    /// <summary>Path of the page that signs in, below the console's.</summary>
    public const string SignInPath = "/sign-in";

    /// <summary>Query parameter of the sign-in page: where to go afterwards.</summary>
    public const string ReturnParameter = "return";

    private const string TokenClaim = "token";
    private const string EndsClaim = "ends";
    private const string AccountClaim = "account";
    private const string AccountNameClaim = "account_name";
    private const string LiveModeClaim = "live_mode";
    private const string ScopeClaim = "scope";

    /// <summary>Adds the scheme and the policy.</summary>
    public static void AddConsoleAccess(this IServiceCollection services)
    {
        new AuthenticationBuilder(services).AddCookie(Name, options =>
        {
            options.Cookie.Name = "plateau_console";
            options.Cookie.Path = ConsoleServices.Path;
            options.Cookie.HttpOnly = true;
            options.Cookie.SameSite = SameSiteMode.Lax;
            options.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
            options.Cookie.IsEssential = true;
            options.SlidingExpiration = false;
            options.LoginPath = SignInPath;
            options.ReturnUrlParameter = ReturnParameter;
            options.Events.OnRedirectToLogin = ChallengeAsync;
        });
        services.Configure<AuthorizationOptions>(options => options.AddPolicy(
            Name, policy => policy.AddAuthenticationSchemes(Name).RequireAuthenticatedUser()));
    }

    /// <summary>Gives the visitor the cookie.</summary>
    public static Task SignInAsync(HttpContext context, AccessToken token, Account account, DateTimeOffset now)
    {
        var ends = now.AddSeconds(token.ExpiresIn);
        Claim[] claims =
        [
            new(TokenClaim, token.BearerToken),
            new(EndsClaim, Instant.Format(ends)),
            new(AccountClaim, account.Id.ToString()),
            new(AccountNameClaim, account.Name),
            new(LiveModeClaim, account.LiveMode ? "true" : "false"),
            new(ScopeClaim, account.Scope.ToString()),
        ];
        return context.SignInAsync(
            Name, new ClaimsPrincipal(new ClaimsIdentity(claims, Name)),
            new AuthenticationProperties { IsPersistent = true, IssuedUtc = now, ExpiresUtc = ends });
    }

    /// <summary>Who a principal is.</summary>
    /// <exception cref="InvalidOperationException">Nobody has signed in.</exception>
    public static Visitor Require(ClaimsPrincipal principal) =>
        Read(principal) ?? throw new InvalidOperationException("Nobody has signed in.");

    /// <summary>Who a principal is; null for nobody.</summary>
    public static Visitor? Read(ClaimsPrincipal? principal) =>
        principal?.Identity is { IsAuthenticated: true, AuthenticationType: Name }
        && principal.FindFirstValue(TokenClaim) is { } token
        && DateTimeOffset.TryParse(
            principal.FindFirstValue(EndsClaim), CultureInfo.InvariantCulture, out var ends)
            ? new Visitor(
                token, ends,
                principal.FindFirstValue(AccountClaim) ?? "", principal.FindFirstValue(AccountNameClaim) ?? "",
                principal.FindFirstValue(LiveModeClaim) == "true",
                Enum.TryParse<KeyScope>(principal.FindFirstValue(ScopeClaim), out var scope) ? scope : KeyScope.Submit)
            : null;

    // A page leads to the sign-in; what a page fetches is only told.
    private static Task ChallengeAsync(RedirectContext<CookieAuthenticationOptions> redirect)
    {
        if (redirect.Request.Path.StartsWithSegments("/_blazor", StringComparison.Ordinal))
        {
            redirect.Response.StatusCode = StatusCodes.Status401Unauthorized;
        }
        else
        {
            redirect.Response.Redirect(redirect.RedirectUri);
        }
        return Task.CompletedTask;
    }
}

/// <summary>Who looks at the console. A class, because a record prints its members.</summary>
internal sealed class Visitor(
    string token, DateTimeOffset ends, string accountId, string accountName, bool liveMode, KeyScope scope)
{
    /// <summary>The bearer token of the visitor's key.</summary>
    public string Token => token;

    /// <summary>When the token ends, UTC.</summary>
    public DateTimeOffset Ends => ends;

    /// <summary>The account's id.</summary>
    public string AccountId => accountId;

    /// <summary>The account's name.</summary>
    public string AccountName => accountName;

    /// <summary>Mode of the key.</summary>
    public bool LiveMode => liveMode;

    /// <summary>What the key may do.</summary>
    public KeyScope Scope => scope;
}
