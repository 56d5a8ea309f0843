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

    private static readonly Dictionary<string, KeyScope[]> Policies = new(StringComparer.Ordinal)
    {
        [Submit] = [KeyScope.Submit, KeyScope.Manage],
        [Read] = [KeyScope.Read, KeyScope.Manage],
        [Manage] = [KeyScope.Manage],
        [Any] = Enum.GetValues<KeyScope>(),
    };

    /// <summary>The scopes that a policy allows.</summary>
    public static IReadOnlyList<KeyScope> Allowed(string policy) => Policies[policy];

    /// <summary>Declares the policies.</summary>
    public static void Declare(AuthorizationOptions options)
    {
        foreach (var (policy, scopes) in Policies)
        {
            options.AddPolicy(policy, builder => builder
                .AddAuthenticationSchemes(BearerHandler.SchemeName)
                .RequireClaim(Claim, scopes.Select(ScopeNames.Of)));
        }
    }
}
