using Plateau.Contracts;
using Plateau.Server.Http;

namespace Plateau.Server.Accounts;

/// <summary>The body that creates a key.</summary>
internal static class KeyBody
{
    private static readonly ChoiceField<KeyScope> Scope = new("scope")
    {
        Required = true,
        Description = "submit: states only; read: reads everything; manage: everything in its own mode.",
    };

    private static readonly TextField Name = new("name", minLength: 1);

    public static readonly BodySchema<AccountKeyDraft> Schema = new(
        "AccountKeyDraft",
        [Scope, Name],
        values => new AccountKeyDraft { Scope = values.RequiredValue(Scope), Name = values.Object(Name) });
}
