using System.Globalization;
using Microsoft.Extensions.Primitives;

namespace Plateau.Server.WebConsole;

/// <summary>What every answer of the console tells the browser to be careful about.</summary>
internal static class PageHeaders
{
    // Scripts and connections are the server's own, and none is inline. Styles may be inline: the component library
    // sets sizes and positions in style attributes.
    private static readonly StringValues Policy =
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
        + "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'self'; frame-ancestors 'none'";

    public static Task AddAsync(HttpContext context, RequestDelegate next)
    {
        context.Response.OnStarting(static state =>
        {
            var headers = ((HttpContext)state).Response.Headers;
            headers.ContentSecurityPolicy = Policy;
            headers.XFrameOptions = "DENY";
            headers.XContentTypeOptions = "nosniff";
            headers["Referrer-Policy"] = "same-origin";
            headers["Cross-Origin-Opener-Policy"] = "same-origin";
            if (StringValues.IsNullOrEmpty(headers.CacheControl))
            {
                headers.CacheControl = "no-store";
            }
            return Task.CompletedTask;
        }, context);
        return next(context);
    }
}

/// <summary>In whose way numbers and times are written: the visitor's, as the browser tells.</summary>
internal static class VisitorCultures
{
    /// <summary>Any culture for numbers and times; the words are English.</summary>
    public static void Configure(RequestLocalizationOptions options)
    {
        options.DefaultRequestCulture = new("en-GB", "en");
        options.SupportedCultures =
            [.. CultureInfo.GetCultures(CultureTypes.AllCultures).Where(culture => culture.Name.Length > 0)];
        options.SupportedUICultures = [CultureInfo.GetCultureInfo("en")];
        options.RequestCultureProviders =
            [new Microsoft.AspNetCore.Localization.AcceptLanguageHeaderRequestCultureProvider { Options = options }];
    }
}
