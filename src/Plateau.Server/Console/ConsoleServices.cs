using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Components.Server.Circuits;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.Extensions.Options;
using MudBlazor.Services;
using Plateau.Server.WebConsole.OneDevice;

namespace Plateau.Server.WebConsole;

/// <summary>
/// The console: pages for people, on a branch of their own beside the API's pipeline, which they reach through its
/// client as everybody does.
/// </summary>
internal static class ConsoleServices
{
    /// <summary>Path of the console.</summary>
    public const string Path = "/console";

    private const string Section = "Plateau:Console";

    /// <summary>Adds the console, unless the settings do without.</summary>
    public static void AddConsole(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddOptions<ConsoleOptions>().BindConfiguration(Section).ValidateDataAnnotations().ValidateOnStart();
        if (!IsEnabled(builder.Configuration))
        {
            return;
        }
        services.AddInProcessServer();
        services.AddConsoleAccess();
        services.AddSingleton<ProtectionKeys>();
        services.AddSingleton<IConfigureOptions<KeyManagementOptions>, UseProtectionKeys>();
        services.AddDataProtection().SetApplicationName("plateau");
        services.Configure<AntiforgeryOptions>(options =>
        {
            options.Cookie.Name = "plateau_console_form";
            options.Cookie.Path = Path;
            options.Cookie.SameSite = SameSiteMode.Lax;
            options.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        });
        services.AddSingleton<ConsoleAssets>();
        services.AddSingleton<SignInDesk>();
        services.AddScoped<ConsoleClient>();
        services.AddSingleton<OpenPages>();
        services.AddScoped<CircuitHandler, OpenPage>();
        services.AddRazorComponents().AddInteractiveServerComponents();
        services.AddCascadingAuthenticationState();
        services.AddMudServices();
        // The keys are read when the first visitor comes: a start must not wait for a store that is away.
        foreach (var reader in services.Where(IsReaderOfKeys).ToList())
        {
            services.Remove(reader);
        }
    }

    /// <summary>Branches the console off, before anything of the API.</summary>
    public static void UseConsole(this WebApplication app)
    {
        if (IsEnabled(app.Configuration))
        {
            // Who types the server's address into a browser wants the console; everybody else is told that the API has
            // nothing there.
            app.MapWhen(IsBrowserAtTheDoor, door => door.Run(context =>
            {
                context.Response.Redirect(Path);
                return Task.CompletedTask;
            }));
            app.Map(Path, console =>
            {
                console.Use(PageHeaders.AddAsync);
                console.UseExceptionHandler("/error", createScopeForErrors: true);
                console.UseStatusCodePagesWithReExecute("/problem/{0}", createScopeForStatusCodePages: true);
                console.UseRequestLocalization(VisitorCultures.Configure);
                console.UseRouting();
                console.UseAuthorization();
                console.Use(OpenPages.AdmitAsync);
                console.UseAntiforgery();
                console.UseEndpoints(Map);
            });
        }
    }

    private static void Map(IEndpointRouteBuilder routes)
    {
        var console = routes.MapGroup("").WithTags(ConsoleAccess.Name).ExcludeFromDescription()
            .RequireAuthorization(ConsoleAccess.Name)
            // A circuit is one request that lasts as long as its page: it would hide what the API's calls take.
            .DisableHttpMetrics();
        console.MapGet($"{ConsoleAssets.Path}/{{name}}", ConsoleAssets.Answer).AllowAnonymous();
        console.MapPost(SignOutEndpoint.Path, SignOutEndpoint.SignOutAsync);
        console.MapGet(StatesDownload.Path, StatesDownload.AnswerAsync);
        console.MapGet(CustomerDownload.Path, CustomerDownload.AnswerAsync);
        console.MapGet(DeviceExport.Path, DeviceExport.AnswerAsync);
        // PageHeaders says who may frame a page.
        console.MapRazorComponents<App>()
            .AddInteractiveServerRenderMode(options => options.ContentSecurityFrameAncestorsPolicy = null);
    }

    private static bool IsBrowserAtTheDoor(HttpContext context) =>
        context.Request.Path == "/" && HttpMethods.IsGet(context.Request.Method)
        && context.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase);

    private static bool IsReaderOfKeys(ServiceDescriptor service) =>
        service.ServiceType == typeof(IHostedService)
        && service.ImplementationType?.Name == "DataProtectionHostedService";

    private static bool IsEnabled(IConfiguration configuration) =>
        (configuration.GetSection(Section).Get<ConsoleOptions>() ?? new()).Enabled;

    /// <summary>Gives the listener that the host brings a second door.</summary>
    internal static void AddInProcessServer(this IServiceCollection services)
    {
        var listener = services.Last(service => service.ServiceType == typeof(IServer));
        var type = listener.ImplementationType ?? throw new InvalidOperationException("The listener has no type.");
        services.Remove(listener);
        services.AddSingleton(provider =>
            new InProcessServer((IServer)ActivatorUtilities.CreateInstance(provider, type)));
        services.AddSingleton<IServer>(provider => provider.GetRequiredService<InProcessServer>());
    }
}
