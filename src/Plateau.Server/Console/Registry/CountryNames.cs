using System.Globalization;
using Plateau.Server.Locations;

namespace Plateau.Server.WebConsole;

/// <summary>Countries by name.</summary>
internal static class CountryNames
{
    /// <summary>Every country, code and name, by name.</summary>
    public static IReadOnlyList<(string Code, string Name)> All { get; } =
        [.. IsoCodes.AllCountries.Select(code => (code, Of(code))).OrderBy(one => one.Item2, StringComparer.Ordinal)];

    /// <summary>The code of a country told by its code or name; what is neither is left to be refused.</summary>
    public static string CodeOf(string text) =>
        All.FirstOrDefault(one => one.Name.Equals(text, StringComparison.OrdinalIgnoreCase)).Code
        ?? text.ToUpperInvariant();

    /// <summary>A country's name; the code itself where the machine's data does not know it.</summary>
    public static string Of(string code)
    {
        try
        {
            return new RegionInfo(code).EnglishName;
        }
        catch (ArgumentException)
        {
            return code;
        }
    }
}
