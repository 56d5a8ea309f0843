using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;

namespace Plateau.Server.WebConsole;

/// <summary>Sign-out: takes the cookie away, and with it the token.</summary>
internal static class SignOutEndpoint
{
    /// <summary>Path that signs out, below the console's.</summary>
    public const string Path = "/sign-out";

    /// <summary>Query parameter of the sign-in page after it.</summary>
    public const string SignedOutParameter = "signed-out";

    public static async Task<IResult> SignOutAsync(HttpContext context, IAntiforgery antiforgery)
    {
        if (!await antiforgery.IsRequestValidAsync(context))
        {
            return TypedResults.BadRequest();
        }
        await context.SignOutAsync(ConsoleAccess.Name);
        return TypedResults.Redirect(
            $"{ConsoleServices.Path}{ConsoleAccess.SignInPath}?{SignedOutParameter}=true");
    }
}
