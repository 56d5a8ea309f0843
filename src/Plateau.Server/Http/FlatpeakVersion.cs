using System.Buffers;
using System.Globalization;
using Plateau.Contracts;

namespace Plateau.Server.Http;

/// <summary>
/// The header that names the version of the Flatpeak API a client was written for. It is echoed and changes nothing.
/// </summary>
internal static class FlatpeakVersion
{
    private const string Header = "Flatpeak-Version";
    private const int DateLength = 10;
    private const int MaxLength = 64;

    private static readonly SearchValues<char> NameCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-.");

    /// <summary>Echoes the header; stands first, so that refusals carry it too.</summary>
    public static Task EchoAsync(HttpContext context, RequestDelegate next)
    {
        if (context.Request.Headers[Header] is [{ } version] && IsWellFormed(version))
        {
            context.Response.Headers[Header] = version;
        }
        return next(context);
    }

    /// <summary>What is wrong about the header; null when it is right or absent.</summary>
    public static FieldError? FindFault(HttpRequest request) =>
        !request.Headers.TryGetValue(Header, out var sent) || sent is [{ } version] && IsWellFormed(version)
            ? null
            : new FieldError(
                Header, ErrorCodes.VersionInvalid,
                $"{Header} must have the form YYYY-MM-DD.name; it was {Quote.Of(sent.ToString())}.");

    private static bool IsWellFormed(string version) =>
        version.Length is > DateLength + 1 and <= MaxLength
        && version[DateLength] == '.'
        && DateOnly.TryParseExact(
            version.AsSpan(0, DateLength), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _)
        && !version.AsSpan(DateLength + 1).ContainsAnyExcept(NameCharacters);
}
