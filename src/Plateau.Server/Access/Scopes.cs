using Microsoft.AspNetCore.Authorization;
using Plateau.Contracts;

namespace Plateau.Server.Access;

/// <summary>The authorisation policies: which scopes allow a call.</summary>
internal static class Scopes
{
    /// <summary>Type of the claim that carries the scope.</summary>
    public const string Claim = "scope";

    /// <summary>Submitting states: scopes <c>submit</c> and <c>manage</c>.</summary>
    public const string Submit = "submit";

    /// <summary>Reading: scopes <c>read</c> and <c>manage</c>.</summary>
    public const string Read = "read";

    /// <summary>Changing: scope <c>manage</c>.</summary>
    public const string Manage = "manage";

    /// <summary>Any valid token.</summary>
    public const string Any = "any";

    /// <summary>Declares the policies.</summary>
    public static void Declare(AuthorizationOptions options)
    {
        Declare(options, Submit, KeyScope.Submit, KeyScope.Manage);
        Declare(options, Read, KeyScope.Read, KeyScope.Manage);
        Declare(options, Manage, KeyScope.Manage);
        Declare(options, Any, Enum.GetValues<KeyScope>());
    }

    private static void Declare(AuthorizationOptions options, string policy, params KeyScope[] scopes) =>
        options.AddPolicy(policy, builder => builder
            .AddAuthenticationSchemes(BearerHandler.SchemeName)
            .RequireClaim(Claim, scopes.Select(ScopeNames.Of)));
}
