using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Plateau.Bench;

/// <summary>The command line of the measurements.</summary>
internal static class BenchCommand
{
    private const string Year = "year";

    private const string Help = """
        Measure the server over real HTTP on this machine, as its executable runs, on both engines.

        put        single submissions, with the same pipeline and no store, and with an endpoint that does nothing
        latency    of single submissions at half of that load, alone and beside an import
        batch      batches of 1 000: the newest of a fleet, the past of one device after the other
        import     streaming import of past days, and what a record takes on the disk
        read       half-hours of a day by device and fleet, the latest of a fleet, a page of a history
        export     a customer's records in by the import and out by the customer's export, and the memory that takes
        list       GET /devices: the last page with the first, and the first with sending the same bytes
        fleet      the summary of 100 000 devices, and filtered lists of them
        footprint  start to ready, memory at rest and under all loads at once
        year       a year of 200 devices: imported, read, and forgotten but for 30 days; only when it is named, since it
                   takes half an hour

        Contenders run in turns after a warm-up; what counts are medians of rounds and of ratios within a round. Wants a
        quiet machine.

        Exit codes: 0 done, 1 an answer was wrong, 2 bad arguments, 130 stopped before it was done. A figure that is
        missed is told, and is no failure: it depends on the machine.
        """;

    private static readonly TimeSpan TimeToStop = TimeSpan.FromSeconds(60);

    private static readonly Dictionary<string, Func<BenchOptions, CancellationToken, Task<Finding>>> Works = new()
    {
        ["put"] = PutWork.RunAsync,
        ["latency"] = LatencyWork.RunAsync,
        ["batch"] = BatchWork.RunAsync,
        ["import"] = ImportWork.RunAsync,
        ["read"] = ReadWork.RunAsync,
        ["export"] = ExportWork.RunAsync,
        ["list"] = ListWork.RunAsync,
        ["fleet"] = FleetWork.RunAsync,
        ["footprint"] = FootprintWork.RunAsync,
        [Year] = ReadWork.RunYearAsync,
    };

    private static readonly Argument<string[]> Wanted = new("work")
    {
        Description = "What to measure; everything but the year when left out.",
        Arity = ArgumentArity.ZeroOrMore,
    };

    private static readonly Option<bool> Full = new("--full")
    {
        Description = "Longer rounds, more of them, larger stores: half an hour instead of some minutes.",
    };

    private static readonly Option<bool> Peers = new("--peers")
    {
        Description = "Measure InfluxDB and VictoriaMetrics beside; their programs must be installed.",
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

    private static readonly Option<int?> Rounds = Number("--rounds", "Rounds of each contender.", 1_000);
    private static readonly Option<int?> Seconds = Number("--seconds", "Seconds a round.", 3_600);
    private static readonly Option<int?> Days = Number("--days", "Days that are loaded before they are read.", 400);

    private static readonly Option<string> Json = new("--json")
    {
        Description = "Where every round is written.",
        HelpName = "file",
        DefaultValueFactory = _ => "artifacts/bench.json",
    };

    private static readonly Option<string> Folder = new("--data-dir")
    {
        Description = "Folder on the disk to be measured; stores are made in it, and removed afterwards.",
        HelpName = "folder",
        DefaultValueFactory = _ => "artifacts",
    };

    /// <summary>Runs what the arguments ask for.</summary>
    public static async Task<int> RunAsync(string[] args)
    {
        Wanted.AcceptOnlyFromAmong([.. Works.Keys]);
        Engine.AcceptOnlyFromAmong(BenchOptions.Embedded, BenchOptions.Postgres);
        var command = new RootCommand(Help)
        {
            Wanted, Full, Peers, Engine, Postgres, Rounds, Seconds, Days, Json, Folder,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(Engine) != BenchOptions.Embedded && result.GetValue(Postgres) is null)
            {
                result.AddError("Name a PostgreSQL with --postgres, or use bench/run, which starts one.");
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
            foreach (var name in result.GetValue(Wanted) is { Length: > 0 } wanted ? wanted
                : [.. Works.Keys.Where(work => work != Year)])
            {
                var finding = await Works[name](options, cancel);
                Report.Print(finding);
                findings.Add(finding);
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

    private static BenchOptions Read(ParseResult result)
    {
        var isFull = result.GetValue(Full);
        return new BenchOptions
        {
            Engines = result.GetValue(Engine) is { } engine ? [engine] : [BenchOptions.Embedded, BenchOptions.Postgres],
            PostgresConnection = result.GetValue(Postgres),
            WithPeers = result.GetValue(Peers),
            Rounds = result.GetValue(Rounds) ?? (isFull ? 7 : 3),
            Duration = TimeSpan.FromSeconds(result.GetValue(Seconds) ?? (isFull ? 4 : 1)),
            ListedDevices = isFull ? 100_000 : 10_000,
            ExportedDays = result.GetValue(Days) ?? (isFull ? 36 : 7),
            YearDays = result.GetValue(Days) ?? 365,
            LoadedDays = result.GetValue(Days) ?? (isFull ? 7 : 1),
            Folder = Path.GetFullPath(
                Path.Combine(result.GetRequiredValue(Folder), $"bench-{Environment.ProcessId}")),
        };
    }

    private static Option<int?> Number(string name, string description, int most)
    {
        var option = new Option<int?>(name) { Description = description, HelpName = "number" };
        option.Validators.Add(result => CheckBetween(result, 1, most));
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
