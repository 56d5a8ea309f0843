using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json;
using CsvHelper;
using Plateau.Contracts;
using Plateau.Server.Commands;
using Plateau.Server.Import;

namespace Plateau.Server.Tests.Import;

/// <summary>Real exports, as they came: what has a state of charge is kept once, what has none is refused.</summary>
public sealed class OutsideDataTests : IDisposable
{
    private const string HomeInFile = "loc_641b90b758fb8e6293716e40";
    private const string NoCharge = "state_of_charge_percent_missing";

    private static readonly TimeZoneInfo Berlin = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");

    // Bodies of submissions: as lines they are judged as the API judges them, but that members nobody knows are ignored
    // (one repeat), and a space is taken for the T of a time (one more).
    private static readonly string[] BodyReasons =
    [
        "8 time_invalid", "7 json_invalid", "6 state_of_charge_percent_invalid", "5 record_reference_id_conflict",
        "4 record_reference_id_invalid", "3 state_of_charge_percent_missing", "2 time_zone_missing",
        "1 battery_power_kw_invalid", "1 location_not_found", "1 target_state_of_charge_percent_missing",
    ];

    private readonly string _folder = Directory.CreateTempSubdirectory("plateau-outside-").FullName;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory, EveryStore]
    public async Task What_has_a_state_of_charge_is_kept_once_and_what_has_none_is_refused_line_by_line(Store store)
    {
        var folder = FolderOrSkip();
        await using var server = await TestServer.StartAsync(store);
        var location = await server.Api.CreateLocationAsync();
        (string File, int Lines, string? Reason)[] files =
        [
            ("states-ev-epfl.csv", 2994, null), ("states-ev-kuleuven-1s.csv", 53, null),
            ("states-home-sungrow-5min.csv", 288, NoCharge), ("states-home-senec.csv", 48, NoCharge),
        ];

        foreach (var (file, lines, reason) in files)
        {
            string[] import =
            [
                Path.Combine(folder, file), "--location", location, "--create-devices", "--target", "80", "--json",
            ];
            var first = JsonElement.Parse((await RunAsync(server, import)).Output);
            var second = JsonElement.Parse((await RunAsync(server, import)).Output);

            var kept = reason is null ? lines : 0;
            Assert.Equal((lines, kept, 0, lines - kept), Counts(first));
            Assert.Equal((lines, 0, kept, lines - kept), Counts(second));
            Assert.Equal(reason is null ? [] : [$"{lines} {reason}"], Reasons(first));
        }
    }

    [Theory, EveryStore]
    public async Task A_file_without_a_column_of_charge_is_refused_line_by_line_with_one_hint(Store store)
    {
        var folder = FolderOrSkip();
        await using var server = await TestServer.StartAsync(store);
        var location = await server.Api.CreateLocationAsync();
        (string File, int Lines, string[] Maps)[] files =
        [
            ("dirty-sungrow-bom.csv", 10, ["Zeit=time", "Batterie(W)=battery_power_kw*-0.001"]),
            ("dirty-sungrow-dashes.csv", 288, ["Zeit=time", "Batterie(W)=battery_power_kw*-0.001"]),
            ("dirty-senec-crcrlf.csv", 19,
                ["Uhrzeit=time", "Akkubeladung [kW]=battery_power_kw", "Akkuentnahme [kW]=battery_power_kw*-1"]),
            ("dirty-senec-comma-decimals.csv", 21,
                ["Uhrzeit=time", "Akkubeladung [kW]=battery_power_kw", "Akkuentnahme [kW]=battery_power_kw*-1"]),
            ("dirty-senec-other-header.csv", 8,
                ["Uhrzeit=time", "Akku-Beladung [kW]=battery_power_kw", "Akku-Entnahme [kW]=battery_power_kw*-1"]),
            ("dirty-elspot-dst.csv", 71, ["HourDK=time"]),
        ];

        foreach (var (file, lines, maps) in files)
        {
            var path = Path.Combine(folder, file);
            var rejects = Path.Combine(_folder, file);
            var (exitCode, output, error) = await RunAsync(server, [
                path, "--create-devices", "--location", location, "--reference", "A", "--timezone", "Europe/Berlin",
                "--rejects", rejects, "--json", .. maps.SelectMany(map => new[] { "--map", map }),
            ]);

            var report = JsonElement.Parse(output);
            Assert.Equal(CommandLine.Failed, exitCode);
            Assert.Equal((lines, 0, 0, lines), Counts(report));
            Assert.Equal([$"{lines} {NoCharge}"], Reasons(report));
            Assert.Equal([2, 3, 4], report.GetProperty("reasons")[0].GetProperty("first").EnumerateArray()
                .Select(line => line.GetProperty("line").GetInt32()));
            var header = File.ReadLines(path).First().Split(',', ';');
            Assert.Equal(
                $"{path}: No column carries the state of charge, so every line is refused. Its columns are: "
                + $"{string.Join(", ", header)}. "
                + "Tell which one does with --map \"column=state_of_charge_percent\".\n", error);
            Assert.Equal(
                File.ReadLines(path).Where(line => line.Length > 0).Skip(1),
                File.ReadLines(rejects).Skip(1).Select(line => line.Split("is empty.")[1][1..]));
        }
        Assert.Equal((0, 0), (await server.CountAsync("device_states"), await server.CountAsync("devices")));
    }

    [Theory]
    [InlineData("dirty-citylearn-dst.csv")]
    [InlineData("dirty-real.csv")]
    [InlineData("dirty-submissions.csv")]
    public async Task A_file_without_a_column_of_time_is_refused_as_a_whole(string file)
    {
        var (exitCode, output, error) = await RunAsync(null, [
            Path.Combine(FolderOrSkip(), file), "--dry-run", "--reference", "A", "--target", "80",
        ]);

        Assert.Equal((CommandLine.BadArguments, ""), (exitCode, output));
        Assert.Contains($"{file} cannot be read: The file has no column time. Its columns are: ", error,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("dirty-sungrow-dashes.csv", "states-home-sungrow-5min.csv", 288, "Zeit=time",
        "Batterie(W)=battery_power_kw*-0.001")]
    [InlineData("dirty-sungrow-bom.csv", "states-home-sungrow-5min.csv", 10, "Zeit=time",
        "Batterie(W)=battery_power_kw*-0.001")]
    [InlineData("dirty-senec-crcrlf.csv", "states-home-senec.csv", 19, "Uhrzeit=time",
        "Akkubeladung [kW]=battery_power_kw", "Akkuentnahme [kW]=battery_power_kw*-1")]
    [InlineData("dirty-senec-comma-decimals.csv", "states-home-senec.csv", 21, "Uhrzeit=time",
        "Akkubeladung [kW]=battery_power_kw", "Akkuentnahme [kW]=battery_power_kw*-1")]
    [InlineData("dirty-senec-other-header.csv", "states-home-senec.csv", 8, "Uhrzeit=time",
        "Akku-Beladung [kW]=battery_power_kw", "Akku-Entnahme [kW]=battery_power_kw*-1")]
    public async Task Times_and_powers_of_raw_exports_are_those_that_others_made_of_them(
        string raw, string cleaned, int lines, params string[] maps)
    {
        var folder = FolderOrSkip();
        var wanted = Cells(Path.Combine(folder, cleaned), "time", "battery_power_kw")
            .Select(cells => (cells[0], cells[1])).ToHashSet();
        var read = await ReadAsync(Path.Combine(folder, raw), Berlin, maps);

        Assert.Equal(lines, read.Count);
        Assert.All(read, row => Assert.Contains(
            (Instant.Format(row.Time!.Value),
                row.Row[StateMembers.Power]?.ToString("R", CultureInfo.InvariantCulture) ?? ""), wanted));
    }

    [Fact]
    public async Task The_hours_of_clock_changes_are_those_that_the_file_gives_in_UTC_too()
    {
        var path = Path.Combine(FolderOrSkip(), "dirty-elspot-dst.csv");
        var rows = await ReadAsync(path, TimeZoneInfo.FindSystemTimeZoneById("Europe/Copenhagen"), "HourDK=time");
        var utc = File.ReadLines(path).Skip(1).Select(line => line.Split(';')[0].Replace(' ', 'T') + ":00Z");

        Assert.Equal(utc, rows.Select(row => row.Time is { } time ? Instant.Format(time) : row.Row.Fault?.Message));
    }

    [Theory, EveryStore]
    public async Task Bodies_of_submissions_are_judged_as_lines_as_they_are_alone(Store store)
    {
        var folder = FolderOrSkip();
        await using var server = await TestServer.StartAsync(store);
        var home = await server.Api.CreateLocationAsync();
        var device = await server.Api.CreateDeviceAsync();
        var file = Path.Combine(_folder, "bodies.ndjson");
        await File.WriteAllLinesAsync(
            file, Cells(Path.Combine(folder, "dirty-submissions.csv"), "body")
                .Select(body => body[0].Replace(HomeInFile, home, StringComparison.Ordinal)), Cancel);

        var first = JsonElement.Parse((await RunAsync(server, [file, "--device", device, "--json"])).Output);
        var second = JsonElement.Parse((await RunAsync(server, [file, "--device", device, "--json"])).Output);

        Assert.Equal((55, 9, 8, 38), Counts(first));
        Assert.Equal((55, 0, 17, 38), Counts(second));
        Assert.Equal(BodyReasons, Reasons(first));
        Assert.Equal(BodyReasons, Reasons(second));
        Assert.Equal(9, await server.CountAsync("device_states"));
    }

    private static string FolderOrSkip()
    {
        var folder = Environment.GetEnvironmentVariable("PLATEAU_TEST_DATA");
        Assert.SkipUnless(folder is { Length: > 0 }, "PLATEAU_TEST_DATA names no folder with outside data.");
        return folder;
    }

    // What the lines say, without asking for a charge.
    private static async Task<List<TimedRow>> ReadAsync(string path, TimeZoneInfo zone, params string[] maps)
    {
        using var source = await LineSource.OpenAsync(path, Encoding.UTF8, Cancel);
        var lines = new List<SourceLine>();
        while (await source.ReadAsync(Cancel) is { } line)
        {
            lines.Add(line);
        }
        var columns = CsvColumns.Find(
            lines[0].Text, null, [.. maps.Select(map => ColumnMapping.Parse(map, out _)!)], out var fault);
        Assert.True(columns is not null, fault);
        var states = new CsvStates(columns, DecimalMark.Unknown, lines.Skip(1).Select(line => line.Text));
        var reading = new StateReading { Times = new TimeText(null, zone) };
        var hours = new RepeatedHours(RepeatedHour.Order);
        var rows = lines.Skip(1).Where(line => line.Text.Length > 0)
            .SelectMany(line => hours.Add(reading.Time(line, states.Read(line.Text)))).ToList();
        return [.. rows, .. hours.End()];
    }

    private static IEnumerable<string[]> Cells(string path, params string[] columns)
    {
        using var reader = new CsvReader(new StreamReader(path), CultureInfo.InvariantCulture);
        reader.Read();
        reader.ReadHeader();
        while (reader.Read())
        {
            yield return [.. columns.Select(column => reader[column]!)];
        }
    }

    private static async Task<(int ExitCode, string Output, string Error)> RunAsync(
        TestServer? server, params string[] arguments)
    {
        string[] caller = server is null
            ? []
            :
            [
                "--url", $"{server.BaseAddress}", "--account", $"{server.AccountId}", "--key",
                (await server.CreateKeyAsync()).Secret,
            ];
        using var output = new StringWriter();
        using var error = new StringWriter();
        var exitCode = await RootCommands.Create().Parse(["states", "import", .. arguments, .. caller])
            .InvokeAsync(new InvocationConfiguration { Output = output, Error = error }, Cancel);
        Assert.True(server is null || output.ToString().Length > 0, error.ToString());
        return (exitCode, output.ToString(), error.ToString());
    }

    private static (int Read, int Accepted, int Repeated, int Refused) Counts(JsonElement report) => (
        report.GetProperty("lines_read").GetInt32(), report.GetProperty("accepted").GetInt32(),
        report.GetProperty("repeated").GetInt32(), report.GetProperty("refused").GetInt32());

    private static IEnumerable<string> Reasons(JsonElement report) => report.GetProperty("reasons").EnumerateArray()
        .Select(reason => $"{reason.GetProperty("count")} {reason.GetProperty("code").GetString()}");
}
