using Plateau.Server.Http;

namespace Plateau.Server.WebConsole;

/// <summary>What a code of the API means.</summary>
internal static class ErrorText
{
    private static readonly (string Suffix, string Sentence)[] OfMembers =
    [
        ("_missing", "is required and was not sent."),
        ("_invalid", "is not of the wanted form, or out of range."),
        ("_unknown", "is not a member or parameter of the call."),
        ("_duplicate", "was sent more than once."),
    ];

    /// <summary>
    /// The catalog's sentence of a code, or one about the member it is named after. What stands between backticks is
    /// code.
    /// </summary>
    public static string? Explain(string code) =>
        ErrorCatalog.Cases.FirstOrDefault(one => one.Code == code)?.Sentence
        ?? OfMembers.Where(one => code.EndsWith(one.Suffix, StringComparison.Ordinal))
            .Select(one => $"`{code[..^one.Suffix.Length]}` {one.Sentence}").FirstOrDefault();
}
