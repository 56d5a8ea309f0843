using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using Plateau.Contracts;
using Plateau.Server.Http;

namespace Plateau.Server.Access;

/// <summary>The authentication scheme of the API: <c>Authorization: Bearer …</c>.</summary>
internal sealed class BearerHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> options,
    ILoggerFactory logger,
    UrlEncoder encoder,
    BearerTokens tokens,
    KeyStatuses statuses) : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    /// <summary>Name of the scheme.</summary>
    public const string SchemeName = "Bearer";

    private const string Prefix = SchemeName + " ";

    private ApiError? _refusal;

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var header = Request.Headers.Authorization;
        if (header is not [{ } value] || !value.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))
        {
            return AuthenticateResult.NoResult();
        }
        var token = value[Prefix.Length..].Trim();
        if (token.StartsWith(Secrets.KeyPrefix, StringComparison.Ordinal))
        {
            return Refuse(Unauthorized(
                ErrorCodes.TokenInvalid,
                "This is a secret key, not a token: POST /auth/tokens, with the account id and the key by HTTP Basic, "
                + "gives a token for it."));
        }
        var check = await tokens.CheckAsync(token, Context.RequestAborted);
        if (check.Caller is not { } caller)
        {
            return Refuse(check.Expired
                ? Unauthorized(ErrorCodes.TokenExpired, "The token's time is over. Sign in again.")
                : Unauthorized(ErrorCodes.TokenInvalid, "The token is not valid. Sign in again."));
        }
        switch (await statuses.OfAsync(caller.KeyId, Context.RequestAborted))
        {
            case KeyStatus.Revoked:
                return Refuse(Unauthorized(ErrorCodes.TokenInvalid, "The token's key was revoked."));
            case KeyStatus.AccountDisabled:
                return Refuse(ApiError.Forbidden(ErrorCodes.AccountDisabled, "The account is disabled."));
            default:
                Context.Features.Set(caller);
                return AuthenticateResult.Success(new(PrincipalOf(caller), SchemeName));
        }
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        var error = _refusal ?? Unauthorized(
            ErrorCodes.AuthorizationMissing, "This call wants the header Authorization: Bearer and a token.");
        if (error.Status == StatusCodes.Status401Unauthorized)
        {
            Response.Headers.WWWAuthenticate = _refusal is null
                ? $"{SchemeName} realm=\"plateau\""
                : $"{SchemeName} realm=\"plateau\", error=\"invalid_token\"";
        }
        return ErrorAnswer.WriteAsync(Context, error);
    }

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties) =>
        ErrorAnswer.WriteAsync(Context, ApiError.Forbidden(
            ErrorCodes.ScopeInsufficient, "The key's scope does not allow this call."));

    private static ApiError Unauthorized(string code, string message) => new(code, message);

    private AuthenticateResult Refuse(ApiError error)
    {
        _refusal = error;
        return AuthenticateResult.Fail(error.Message);
    }

    // One principal for each scope is all that authorisation looks at; who calls is the Caller.
    private static ClaimsPrincipal PrincipalOf(Caller caller) => Principals[(int)caller.Scope];

    private static readonly ClaimsPrincipal[] Principals =
    [
        .. Enum.GetValues<KeyScope>().Select(scope =>
            new ClaimsPrincipal(new ClaimsIdentity([new Claim(Scopes.Claim, ScopeNames.Of(scope))], SchemeName))),
    ];
}
