namespace Plateau.Server.WebConsole;

/// <summary>Where a sign-in leads.</summary>
internal static class ReturnPath
{
    /// <summary>
    /// The path that was asked for where it is one of the console's own, else the console's first page: an address of
    /// somebody else's must not be reached by way of the sign-in.
    /// </summary>
    public static string Of(string? asked) => asked is not null && IsOurs(asked) ? asked : ConsoleServices.Path;

    /// <summary>The address of the sign-in page that leads back to a page of the console.</summary>
    public static string ToSignIn(string path) =>
        $"{ConsoleServices.Path}{ConsoleAccess.SignInPath}?{ConsoleAccess.ReturnParameter}="
        + Uri.EscapeDataString(Of(path));

    // Browsers read a backslash as a slash, pass over control characters, and resolve dots, escaped ones too, before
    // they go. Behind the question mark there is no path.
    private static bool IsOurs(string asked)
    {
        var path = asked.Split('?')[0];
        return path.StartsWith(ConsoleServices.Path, StringComparison.Ordinal)
            && path[ConsoleServices.Path.Length..] is "" or ['/', ..]
            && !path.Contains('\\', StringComparison.Ordinal)
            && !path.Contains("//", StringComparison.Ordinal)
            && !path.Contains("..", StringComparison.Ordinal)
            && !path.Contains("%2e", StringComparison.OrdinalIgnoreCase)
            && !asked.Any(char.IsControl);
    }
}
