using System.CommandLine;
using Plateau.Server.Demo;

namespace Plateau.Server.Commands;

/// <summary><c>plateau demo</c>: the server, with a fleet that lives.</summary>
internal static class DemoCommand
{
    private const string Help = """
        Start the server with a demo account, 40 devices, and a simulated stream of their states.

        The first start registers them; the next ones go on with the same. Address, account and key are printed and kept
        in demo.json in the data directory. Ctrl-C or SIGTERM stops it within ten seconds.
        """;

    private static readonly Option<bool> Json = new("--json")
    {
        Description = "Once the demo is ready, print one JSON object: what demo.json says.",
    };

    public static Command Create()
    {
        var command = new Command("demo", Help) { ServeCommand.Urls, Json };
        command.SetAction(async (result, cancel) =>
        {
            var settings = ServerSettings.Read(result);
            // The demo prints its addresses itself, and its few messages stand beside them.
            settings["Logging:LogLevel:Microsoft.Hosting.Lifetime"] = "Warning";
            settings["Logging:Console:FormatterName"] = "simple";
            settings["Logging:Console:FormatterOptions:SingleLine"] = "true";
            await using var app = ServeCommand.Build(settings, result.GetValue(ServeCommand.Urls)!);
            try
            {
                await new DemoRun(app, result.InvocationConfiguration.Output, result.GetValue(Json)).RunAsync(cancel);
            }
            catch (OperationCanceledException) when (cancel.IsCancellationRequested)
            {
                // Stopped before the server listened.
            }
            return 0;
        });
        return command;
    }
}
