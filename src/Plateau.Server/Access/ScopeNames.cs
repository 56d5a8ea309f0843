using System.Text.Json;
using Plateau.Contracts;

namespace Plateau.Server.Access;

/// <summary>The names of scopes, in tokens and on the command line.</summary>
internal static class ScopeNames
{
    /// <summary>Every name.</summary>
    public static IReadOnlyList<string> All { get; } = [.. Enum.GetValues<KeyScope>().Select(Of)];

    /// <summary>The name of a scope.</summary>
    public static string Of(KeyScope scope) => JsonNamingPolicy.SnakeCaseLower.ConvertName(scope.ToString());

    /// <summary>Reads a name.</summary>
    public static bool TryParse(string? name, out KeyScope scope)
    {
        foreach (var candidate in Enum.GetValues<KeyScope>())
        {
            if (string.Equals(Of(candidate), name, StringComparison.Ordinal))
            {
                scope = candidate;
                return true;
            }
        }
        scope = default;
        return false;
    }
}
