using System.Globalization;
using Plateau.Server.Locations;

namespace Plateau.Server.WebConsole;

/// <summary>Countries by name.</summary>
internal static class CountryNames
{
    /// <summary>Every country, code and name, by name.</summary>
    public static IReadOnlyList<(string Code, string Name)> All { get; } =
        [.. IsoCodes.AllCountries.Select(code => (code, Of(code))).OrderBy(one => one.Item2, StringComparer.Ordinal)];

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
