using System.Reflection;
using Plateau.Contracts;

namespace Plateau.Server.Access;

/// <summary>Who calls: an account in one of its modes, by one of its keys.</summary>
/// <param name="AccountId">The account; data of two accounts never meet.</param>
/// <param name="LiveMode">The mode; data of the two modes never meet.</param>
/// <param name="KeyId">The key that signed in.</param>
/// <param name="Scope">What the key may do.</param>
internal sealed record Caller(AccountId AccountId, bool LiveMode, KeyId KeyId, KeyScope Scope)
{
    /// <summary>The caller of an authenticated request; null before authentication.</summary>
    public static Caller? Find(HttpContext context) => context.Features.Get<Caller>();

    /// <summary>Gives handlers of authorised endpoints their caller.</summary>
    public static ValueTask<Caller?> BindAsync(HttpContext context, ParameterInfo parameter) =>
        new(Find(context) ?? throw new InvalidOperationException($"{parameter.Member.Name} is not authorised."));
}
