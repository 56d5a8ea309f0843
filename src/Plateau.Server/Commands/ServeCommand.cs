using System.CommandLine;
using System.CommandLine.Parsing;
using Microsoft.Extensions.Options;
using Plateau.Server.Storage;

namespace Plateau.Server.Commands;

/// <summary><c>plateau serve</c>: the server.</summary>
internal static class ServeCommand
{
    private const string Help = """
        Start the server: bring the store's schema up to date, then listen until stopped.

        Settings come from appsettings.json beside the executable, then PLATEAU__… in the environment, then the command
        line. A wrong or unknown one stops the start. SIGTERM or Ctrl-C stops the server within ten seconds: it takes no
        more connections, finishes what is under way, and exits with 0.
        """;

    /// <summary>Addresses to listen on.</summary>
    public static readonly Option<string> Urls = new("--urls")
    {
        Description = "Addresses to listen on, separated by semicolons.",
        HelpName = "urls",
        DefaultValueFactory = _ => Environment.GetEnvironmentVariable("ASPNETCORE_URLS") ?? "http://127.0.0.1:5080",
        Validators = { CheckUrls },
    };

    private static readonly Option<bool> Json = new("--json")
    {
        Description = "Once the server listens, print one JSON object that says where.",
    };

    public static Command Create()
    {
        var command = new Command("serve", Help) { Urls, Json };
        command.SetAction(async (result, cancel) =>
        {
            await using var app = Build(ServerSettings.Read(result), result.GetRequiredValue(Urls));
            await MigrateAsync(app.Services, cancel);
            await StartAsync(app, cancel);
            if (result.GetValue(Json))
            {
                var report = new ServeReport([.. app.Urls], app.Services.GetRequiredService<Engine>().Kind);
                result.InvocationConfiguration.Output.WriteLine(Report.ToJson(report));
            }
            await app.WaitForShutdownAsync(cancel);
            return CommandLine.Succeeded;
        });
        return command;
    }

    /// <summary>The server, ready to start.</summary>
    /// <exception cref="CommandFailure">A setting is wrong or unknown.</exception>
    internal static WebApplication Build(IReadOnlyDictionary<string, string?> settings, string urls)
    {
        var builder = ServerSettings.CreateBuilder(settings);
        builder.WebHost.UseUrls(Split(urls));
        var isStarted = false;
        // Why a start failed is said in one line by whoever started; the host would log it with its stack once more.
        foreach (var category in (string[])["Microsoft.Extensions.Hosting", "Microsoft.AspNetCore.Server.Kestrel"])
        {
            builder.Logging.AddFilter(category, level => level >= LogLevel.Warning && Volatile.Read(ref isStarted));
        }
        builder.AddPlateau();
        var app = builder.Build();
        app.Lifetime.ApplicationStarted.Register(() => Volatile.Write(ref isStarted, true));
        app.MapPlateau();
        return app;
    }

    /// <summary>Brings the schema up to date; a failure names the store.</summary>
    internal static Task<int> MigrateAsync(IServiceProvider services, CancellationToken cancel) =>
        CommandFailure.NamingStoreAsync(
            services.GetRequiredService<Engine>(),
            () => services.GetRequiredService<SchemaMigrator>().MigrateAsync(cancel));

    /// <summary>Starts to listen; a failure names the addresses.</summary>
    internal static async Task StartAsync(WebApplication app, CancellationToken cancel)
    {
        try
        {
            await CommandFailure.ListeningAsync(
                app.Configuration[WebHostDefaults.ServerUrlsKey] ?? "", () => app.StartAsync(cancel));
        }
        catch
        {
            // Workers that have begun are cancelled with the host, which would take that for a fault of theirs, and say
            // beside the reason of the failure that it shuts down.
            app.Services.GetRequiredService<IOptions<HostOptions>>().Value.BackgroundServiceExceptionBehavior =
                BackgroundServiceExceptionBehavior.Ignore;
            throw;
        }
    }

    private static string[] Split(string urls) =>
        urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static void CheckUrls(OptionResult option)
    {
        if (option.GetValueOrDefault<string>() is not { } urls || Split(urls) is not [_, ..] addresses)
        {
            option.AddError("--urls names no address.");
            return;
        }
        foreach (var address in addresses.Where(address => !IsAddress(address)))
        {
            option.AddError($"--urls: '{address}' is not an address such as http://127.0.0.1:5080.");
        }
    }

    private static bool IsAddress(string text)
    {
        try
        {
            var address = BindingAddress.Parse(text);
            return address.Scheme is "http" or "https" && address.PathBase.Length == 0
                && address.Port is >= 0 and <= 65_535;
        }
        catch (FormatException)
        {
            return false;
        }
    }
}
