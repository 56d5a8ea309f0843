using System.CommandLine;
using Plateau.Server.Storage;

namespace Plateau.Server.Commands;

/// <summary><c>plateau serve</c>: the server.</summary>
internal static class ServeCommand
{
    /// <summary>Addresses to listen on.</summary>
    public static readonly Option<string> Urls = new("--urls")
    {
        Description = "Addresses to listen on, separated by semicolons.",
        DefaultValueFactory = _ => "http://127.0.0.1:5080",
    };

    public static Command Create()
    {
        var command = new Command("serve", "Start the server.") { Urls };
        command.SetAction(async (result, cancel) =>
        {
            await using var app = Build(ServerSettings.Read(result), result.GetValue(Urls)!);
            await app.Services.GetRequiredService<SchemaMigrator>().MigrateAsync(cancel);
            await app.RunAsync(cancel);
            return 0;
        });
        return command;
    }

    /// <summary>The server, ready to start.</summary>
    internal static WebApplication Build(IReadOnlyDictionary<string, string?> settings, string urls)
    {
        var builder = ServerSettings.CreateBuilder(settings);
        builder.WebHost.UseUrls(urls.Split(';'));
        builder.AddPlateau();
        var app = builder.Build();
        app.MapPlateau();
        return app;
    }
}
