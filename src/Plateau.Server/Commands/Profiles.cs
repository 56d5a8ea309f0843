using System.CommandLine.Parsing;

namespace Plateau.Server.Commands;

/// <summary>Who calls which server, kept for the user by name, readable by nobody else.</summary>
internal static class Profiles
{
    /// <summary>The profile of a user who names none.</summary>
    public const string Default = "default";

    private const int MaxNameLength = 64;

    /// <summary>
    /// Path of a profile's file: below <c>XDG_CONFIG_HOME</c>, else in the folder where the system keeps settings of
    /// programs, such as <c>~/.config</c>.
    /// </summary>
    public static string PathOf(string name) => Path.Combine(
        Environment.GetEnvironmentVariable("XDG_CONFIG_HOME") is { Length: > 0 } folder
            ? folder
            : Environment.GetFolderPath(
                Environment.SpecialFolder.ApplicationData, Environment.SpecialFolderOption.DoNotVerify),
        "plateau", "profiles", $"{name}.json");

    /// <summary>Refuses a name that is no name of a file everywhere.</summary>
    public static void CheckName(SymbolResult symbol)
    {
        foreach (var name in symbol.Tokens.Select(token => token.Value))
        {
            if (name.Length is 0 or > MaxNameLength
                || !name.All(one => char.IsAsciiLetterOrDigit(one) || one is '-' or '_'))
            {
                symbol.AddError($"A profile's name is 1 to {MaxNameLength} letters, digits, - and _.");
            }
        }
    }
}
