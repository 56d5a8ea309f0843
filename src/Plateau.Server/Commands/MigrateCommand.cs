using System.CommandLine;
using Plateau.Server.Storage;

namespace Plateau.Server.Commands;

/// <summary><c>plateau migrate</c>: makes the store, or brings its schema up to date.</summary>
internal static class MigrateCommand
{
    private const string Help = """
        Make the store, or bring its schema up to date.

        It does nothing when there is nothing to do, may be stopped at any moment, and may run several times at once and
        beside a server. It goes only forward: make a backup first.
        """;

    public static Command Create()
    {
        var command = new Command("migrate", Help) { Report.Json };
        command.SetAction(async (result, cancel) =>
        {
            await using var session = OperatorSession.Open(
                ServerSettings.CreateBuilder(ServerSettings.Read(result)).Configuration);
            var applied = await ServeCommand.MigrateAsync(session.Services, cancel);
            var version = session.Services.GetRequiredService<SchemaMigrator>().NewestVersion;
            var scripts = applied == 1 ? "script was" : "scripts were";
            Report.Write(
                result, new MigrateReport(version, applied, session.Engine.Kind),
                $"The schema is at version {version}; {applied} {scripts} applied.");
            return CommandLine.Succeeded;
        });
        return command;
    }
}
