using System.Globalization;
using System.Net;

namespace Plateau.Server.WebConsole;

/// <summary>Words for a sign-in that did not succeed, and what to do about it.</summary>
internal static class SignInText
{
    /// <summary>What happened.</summary>
    public static string TitleOf(SignInFault fault) => fault.Status switch
    {
        HttpStatusCode.Unauthorized => "Account and key do not belong together",
        HttpStatusCode.Forbidden => "The account is disabled",
        HttpStatusCode.TooManyRequests => "Too many sign-ins failed",
        HttpStatusCode.ServiceUnavailable => "The server cannot answer now",
        _ => "The server could not sign you in",
    };

    /// <summary>What to do.</summary>
    public static string AdviceOf(SignInFault fault) => fault.Status switch
    {
        HttpStatusCode.Unauthorized => "Check both for missing characters. The key may also have been revoked.",
        HttpStatusCode.Forbidden => "Ask the server's operator to enable it.",
        HttpStatusCode.TooManyRequests => fault.RetryAfter is { } wait
            ? string.Create(CultureInfo.InvariantCulture, $"Wait {SecondsOf(wait)} s, then try again.")
            : "Wait a minute, then try again.",
        HttpStatusCode.ServiceUnavailable =>
            $"{fault.Message} The operator's log says more.".TrimStart(),
        _ => "Try again in a moment; the operator's log says more.",
    };

    private static int SecondsOf(TimeSpan wait) => Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds));
}
