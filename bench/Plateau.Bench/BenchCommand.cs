using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Plateau.Bench;

/// <summary>The command line of the comparison.</summary>
internal static class BenchCommand
{
    private const string Help = """
        Compare the server with the least a server could do, over real HTTP on this machine.

        list: GET /devices, the last page of 100 with the first, and the first with a bare server that sends the
        same bytes. put: PUT /devices/{id}/state with the same pipeline and no store. Contenders run in turns after a
        warm-up; what counts are medians of ratios. Wants a quiet machine.

        Exit codes: 0 done, 1 an answer was wrong, 2 bad arguments, 130 stopped before it was done.
        """;

    private static readonly TimeSpan TimeToStop = TimeSpan.FromSeconds(60);

    private static readonly Argument<string?> Scenarios = new("scenario")
    {
        Description = "list or put; both when left out.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private static readonly Option<string?> Engine = new("--engine")
    {
        Description = "embedded or postgres; both when left out.",
    };

    private static readonly Option<string?> Postgres = new("--postgres")
    {
        Description = "Connection string of a PostgreSQL whose user may create databases.",
        HelpName = "connection",
    };

    private static readonly Option<int> Rounds = Number("--rounds", "Rounds of each contender.", 5, 1_000);
    private static readonly Option<int> Seconds = Number("--seconds", "Seconds a round.", 2, 3_600);
    private static readonly Option<int> WarmUp =
        Number("--warm-up", "Seconds of each contender before anything counts.", 8, 3_600);
    private static readonly Option<int?> Devices =
        Optional("--devices", "Devices; list 100 000, put 1 000 when left out.", 200, 10_000_000);
    private static readonly Option<int?> Connections =
        Optional("--connections", "Connections; list 32, put 128 when left out.", 1, 10_000);
    private static readonly Option<int> Port =
        Number("--port", "Loopback port of the server; the one beside it takes the next.", 5180, 65_534);

    private static readonly Option<string> Json = new("--json")
    {
        Description = "Where every round is written.",
        HelpName = "file",
        DefaultValueFactory = _ => "artifacts/bench.json",
    };

    private static readonly Option<string> Folder = new("--data-dir")
    {
        Description = "Folder on the disk to be measured; the embedded stores are made in it, and removed afterwards.",
        HelpName = "folder",
        DefaultValueFactory = _ => "artifacts",
    };

    /// <summary>Runs what the arguments ask for.</summary>
    public static async Task<int> RunAsync(string[] args)
    {
        Scenarios.AcceptOnlyFromAmong("list", "put");
        Engine.AcceptOnlyFromAmong(BenchOptions.Embedded, BenchOptions.Postgres);
        var command = new RootCommand(Help)
        {
            Scenarios, Engine, Postgres, Rounds, Seconds, WarmUp, Devices, Connections, Port, Json, Folder,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(Engine) != BenchOptions.Embedded && result.GetValue(Postgres) is null)
            {
                result.AddError("Name a PostgreSQL with --postgres, or use bench/compare, which starts one.");
            }
        });
        command.SetAction(RunAsync);
        var result = command.Parse(args);
        if (result.Errors.Count > 0)
        {
            Console.Error.WriteLine(result.Errors[0].Message);
            return 2;
        }
        // Ctrl-C is heard between two rounds; then the servers stop and the stores go.
        return await result.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeToStop });
    }

    private static async Task<int> RunAsync(ParseResult result, CancellationToken cancel)
    {
        var options = Read(result);
        Directory.CreateDirectory(options.Folder);
        List<Finding> findings = [];
        try
        {
            foreach (var scenario in options.Scenarios)
            {
                foreach (var engine in options.Engines)
                {
                    var finding = await new Comparison(engine, options).RunAsync(scenario, cancel);
                    Report.Print(finding);
                    findings.Add(finding);
                }
            }
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            return 130;
        }
        finally
        {
            Directory.Delete(options.Folder, recursive: true);
        }
        Report.Write(result.GetRequiredValue(Json), options, findings);
        return findings.All(finding => finding.Faults.Count == 0) ? 0 : 1;
    }

    private static BenchOptions Read(ParseResult result) => new()
    {
        Scenarios = result.GetValue(Scenarios) is { } name
            ? [name == "list" ? Scenario.List : Scenario.Put]
            : [Scenario.List, Scenario.Put],
        Engines = result.GetValue(Engine) is { } engine ? [engine] : [BenchOptions.Embedded, BenchOptions.Postgres],
        PostgresConnection = result.GetValue(Postgres),
        Rounds = result.GetRequiredValue(Rounds),
        Duration = TimeSpan.FromSeconds(result.GetRequiredValue(Seconds)),
        WarmUp = TimeSpan.FromSeconds(result.GetRequiredValue(WarmUp)),
        Devices = result.GetValue(Devices),
        Connections = result.GetValue(Connections),
        Port = result.GetRequiredValue(Port),
        Folder = Path.GetFullPath(Path.Combine(result.GetRequiredValue(Folder), $"bench-{Environment.ProcessId}")),
    };

    private static Option<int> Number(string name, string description, int usual, int most)
    {
        var option = new Option<int>(name)
        {
            Description = description,
            HelpName = "number",
            DefaultValueFactory = _ => usual,
        };
        option.Validators.Add(result => CheckBetween(result, 1, most));
        return option;
    }

    private static Option<int?> Optional(string name, string description, int least, int most)
    {
        var option = new Option<int?>(name) { Description = description, HelpName = "number" };
        option.Validators.Add(result => CheckBetween(result, least, most));
        return option;
    }

    // The text is looked at: asking the option for its value throws when it is no number.
    private static void CheckBetween(OptionResult result, int least, int most)
    {
        if (result.Tokens is [{ Value: var text }]
            && !(int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value)
                && value >= least && value <= most))
        {
            result.AddError($"{result.Option.Name} must be a number between {least} and {most}; it was '{text}'.");
        }
    }
}
