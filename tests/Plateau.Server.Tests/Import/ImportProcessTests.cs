using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;
using Plateau.Contracts;
using Plateau.Server.Commands;
using Plateau.Server.Tests.Clients;

namespace Plateau.Server.Tests.Import;

/// <summary><c>plateau states import</c> as a process of its own.</summary>
public sealed class ImportProcessTests : IDisposable
{
    private static readonly DateTimeOffset From = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly string _folder = Directory.CreateTempSubdirectory("plateau-import-").FullName;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory, EveryStore]
    public async Task A_killed_import_is_run_again_and_every_line_is_kept_once(Store store)
    {
        const int Lines = 60_000;
        await using var server = await TestServer.StartAsync(store);
        var location = await server.Api.CreateLocationAsync();
        var environment = await EnvironmentAsync(server);
        // Without references of their own, gzip, and of devices that the import makes.
        var file = Path.Combine(_folder, "states.csv.gz");
        await File.WriteAllBytesAsync(file, Pack(Csv(Lines)), Cancel);
        string[] import =
            ["states", "import", file, "--target", "80", "--location", location, "--create-devices", "--json"];

        using (var first = Executable.Start(import, environment))
        {
            await Until.TrueAsync("records arrive", async () => await CountAsync(server) > 0);
            await Executable.SignalAsync(first, "KILL");
            Assert.Equal(137, (await Executable.EndAsync(first)).ExitCode);
        }
        var kept = await CountAsync(server);
        Assert.InRange(kept, 1, Lines - 1);
        using var second = Executable.Start(import, environment);
        var again = await Executable.EndAsync(second);
        using var third = Executable.Start(import, environment);
        var whole = await Executable.EndAsync(third);

        Assert.Equal((0, 0), (again.ExitCode, whole.ExitCode));
        Assert.Equal(Lines, Number(again, "accepted") + Number(again, "repeated"));
        Assert.InRange(Number(again, "repeated"), kept, Lines);
        Assert.Equal((0, Lines), (Number(whole, "accepted"), Number(whole, "repeated")));
        Assert.Equal(Lines, await CountAsync(server));
    }

    [Theory, EveryStore]
    public async Task Several_files_and_standard_input_are_imported_in_turn(Store store)
    {
        await using var server = await TestServer.StartAsync(store);
        var home = await server.Api.CreateLocationAsync();
        var device = await server.Api.CreateDeviceAsync($$"""{"reference_id":"A","locations":["{{home}}"]}""");
        var environment = await EnvironmentAsync(server);
        var json = Path.Combine(_folder, "one.ndjson");
        var csv = Path.Combine(_folder, "two.csv");
        await File.WriteAllTextAsync(json, $$"""
            {"device_id":"{{device}}","time":"2026-01-01T00:00:00Z","state_of_charge_percent":1}
            {"device_ref":"A","time":"2026-01-02T00:00:00Z","state_of_charge_percent":2,"location_id":"{{home}}"}
            """, Cancel);
        await File.WriteAllTextAsync(
            csv, "reference;time;soc\nA;03.01.2026 01:00;3,5\nB;04.01.2026 01:00;4,5\n", Cancel);
        using var process = Executable.Start(
            [
                "states", "import", json, "-", "--target", "80", "--json", "--timezone", "Europe/Berlin",
            ],
            environment, "sh", "-c", $"cat \"{json}\" | gzip | \"$@\"", "sh");
        var first = await Executable.EndAsync(process);
        var second = await Executable.RunAsync(
            [
                "states", "import", csv, "--target", "80", "--timezone", "Europe/Berlin", "--map",
                "reference=device_ref", "--map", "soc=state_of_charge_percent",
            ], environment);

        Assert.Equal((0, 2, 2), (first.ExitCode, Number(first, "accepted"), Number(first, "repeated")));
        Assert.Equal((1, ""), (second.ExitCode, second.Error));
        Assert.Equal(
            "2 lines read: 1 accepted, 0 repeated, 1 refused\n"
            + "  1 device_ref_unknown: No device has the reference B; --create-devices makes it.\n"
            + $"    {csv} line 3: B\n", second.Output);
        var latest = (await server.Api.GetAsync($"/devices/{device}/state")).Body;
        Assert.Equal("2026-01-03T00:00:00Z", latest["time"]!.GetValue<string>());
        Assert.Equal(3.5, latest["state_of_charge_percent"]!.GetValue<double>());
        Assert.Equal(home, latest["location_id"]!.GetValue<string>());
    }

    [Fact]
    public async Task An_encoding_of_old_is_read_where_it_is_told()
    {
        var file = Path.Combine(_folder, "alt.csv");
        await File.WriteAllBytesAsync(
            file, Encoding.Latin1.GetBytes("Ger\u00e4t;time;Füllstand\nTür;2026-01-01T00:00:00Z;34,2\n"), Cancel);
        string[] line =
        [
            "states", "import", file, "--dry-run", "--target", "80", "--map", "Gerät=device_ref", "--map",
            "Füllstand=state_of_charge_percent",
        ];
        var environment = new Dictionary<string, string> { ["XDG_CONFIG_HOME"] = _folder };

        var told = await Executable.RunAsync([.. line, "--encoding", "windows-1252"], environment);
        var untold = await Executable.RunAsync(line, environment);

        Assert.Equal("1 line read, nothing sent: 1 good, 0 to be refused", told.Text);
        untold.FailedWith(2, "--map names a column Gerät that the file does not have. Its columns are: Ger\uFFFDt");
    }

    [Fact]
    public async Task A_dry_run_needs_no_server_and_tells_what_would_be_refused()
    {
        var file = Path.Combine(_folder, "states.csv");
        await File.WriteAllTextAsync(file, """
            time;SoC;P
            2026-01-01T00:00:00Z;34,2;1000
            2026-01-01T00:01:00Z;--;1000
            2026-01-01T00:02:00Z;134,2;1000
            2026-01-01T00:03:00Z;;1000
            2026-01-01T00:04:00Z;;1000
            2026-01-01T00:05:00Z;;1000
            """, Cancel);
        string[] line =
        [
            "states", "import", file, "--dry-run", "--map", "SoC=state_of_charge_percent", "--map",
            "P=battery_power_kw*0.001", "--reference", "A", "--target", "80",
        ];
        var environment = new Dictionary<string, string> { ["XDG_CONFIG_HOME"] = _folder };

        var text = await Executable.RunAsync(line, environment);
        var json = await Executable.RunAsync([.. line, "--json"], environment);

        Assert.Equal((1, ""), (text.ExitCode, text.Error));
        Assert.Equal(
            "6 lines read, nothing sent: 1 good, 5 to be refused\n"
            + "  4 state_of_charge_percent_missing: state_of_charge_percent is empty.\n"
            + $"    {file} line 3\n    {file} line 5\n    {file} line 6\n"
            + "  1 state_of_charge_percent_invalid: state_of_charge_percent must be between 0 and 100; it was 134.2.\n"
            + $"    {file} line 4: 134.2\n", text.Output);
        Assert.Equal((1, 5, 0), (Number(json, "good"), Number(json, "refused"), Number(json, "accepted")));
    }

    [Fact]
    public async Task A_file_without_a_column_of_charge_is_refused_line_by_line_and_its_columns_are_told_once()
    {
        var file = Path.Combine(_folder, "power.csv");
        await File.WriteAllTextAsync(
            file, "time;P\n2026-01-01T00:00:00Z;1\n2026-01-01T00:01:00Z;2\nnoon;3\n2026-01-01T00:03:00Z;4\n", Cancel);

        var refused = await Executable.RunAsync(
            ["states", "import", file, "--dry-run", "--map", "P=battery_power_kw", "--reference", "A"],
            new Dictionary<string, string> { ["XDG_CONFIG_HOME"] = _folder });

        Assert.Equal(1, refused.ExitCode);
        Assert.Equal(
            $"{file}: No column carries the state of charge, so every line is refused. Its columns are: time, P. "
            + "Tell which one does with --map \"column=state_of_charge_percent\".\n", refused.Error);
        Assert.StartsWith(
            "4 lines read, nothing sent: 0 good, 4 to be refused\n"
            + "  3 state_of_charge_percent_missing: state_of_charge_percent is empty.\n"
            + $"    {file} line 2\n    {file} line 3\n    {file} line 5\n  1 time_invalid: ", refused.Output,
            StringComparison.Ordinal);
    }

    [Theory, EveryStore]
    public async Task Refused_lines_are_written_as_they_were_and_can_be_put_right_and_imported(Store store)
    {
        await using var server = await TestServer.StartAsync(store);
        var location = await server.Api.CreateLocationAsync();
        var device = await server.Api.CreateDeviceAsync($$"""{"locations":["{{location}}"]}""");
        var environment = await EnvironmentAsync(server);
        var (csv, json, rejects) = (
            Path.Combine(_folder, "a.csv"), Path.Combine(_folder, "b.ndjson"), Path.Combine(_folder, "rejects"));
        await File.WriteAllTextAsync(csv, """
            time;state_of_charge_percent;note
            2026-01-01T00:00:00Z;150;"one; two"
            2026-01-01T00:01:00Z;50;"open
            2026-01-01T00:02:00Z;51;
            """, Cancel);
        await File.WriteAllTextAsync(json, """
            {"time":"2026-01-02T00:00:00Z","state_of_charge_percent":250}
            {"time":"2026-01-02T00:01:00Z","state_of_charge_percent":52
            {}
            """, Cancel);
        string[] rest = ["--device", device, "--target", "80", "--rejects", rejects, "--json"];

        var refused = await Executable.RunAsync(["states", "import", csv, .. rest], environment);
        var lines = await File.ReadAllLinesAsync(rejects, Cancel);
        var right = Path.Combine(_folder, "right.csv");
        await File.WriteAllLinesAsync(
            right, lines.Select(one => one.Replace(";150;", ";49;", StringComparison.Ordinal)
                .Replace(";\"open", ";open", StringComparison.Ordinal)), Cancel);
        var put = await Executable.RunAsync(["states", "import", right, .. rest], environment);
        var objects = await Executable.RunAsync(["states", "import", json, .. rest], environment);
        var refusedObjects = await File.ReadAllLinesAsync(rejects, Cancel);

        Assert.Equal((1, 1, 2), (refused.ExitCode, Number(refused, "accepted"), Number(refused, "refused")));
        Assert.Equal(
            [
                "import_line;import_reason;time;state_of_charge_percent;note",
                $"{csv}:2;\"state_of_charge_percent_invalid: state_of_charge_percent must be between 0 and 100; "
                    + "it was 150.\";2026-01-01T00:00:00Z;150;\"one; two\"",
                $"{csv}:3;line_malformed: A quote stands inside a cell, or is not closed on its line.;"
                    + "2026-01-01T00:01:00Z;50;\"open",
            ], lines);
        Assert.Equal((0, 2), (put.ExitCode, Number(put, "accepted")));
        Assert.Equal((1, 3), (objects.ExitCode, Number(objects, "refused")));
        Assert.Equal(
            [$"{json}:1", $"{json}:2", $"{json}:3"],
            refusedObjects.Select(one => one.StartsWith("{\"import_line\":\"", StringComparison.Ordinal)
                ? one["{\"import_line\":\"".Length..one.IndexOf("\",", StringComparison.Ordinal)] : one));
        Assert.Equal(250, JsonNode.Parse(refusedObjects[0])!["state_of_charge_percent"]!.GetValue<int>());
        Assert.EndsWith(
            "\"time\":\"2026-01-02T00:01:00Z\",\"state_of_charge_percent\":52", refusedObjects[1],
            StringComparison.Ordinal);
        Assert.Equal("{}", JsonNode.Parse(refusedObjects[2])!["import_text"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_file_that_is_no_text_is_refused_before_anything_is_sent()
    {
        var (good, workbook) = (Path.Combine(_folder, "good.csv"), Path.Combine(_folder, "states.parquet"));
        await File.WriteAllTextAsync(good, "time,state_of_charge_percent\n2026-01-01T00:00:00Z,5\n", Cancel);
        await File.WriteAllBytesAsync(workbook, [.. "PAR1"u8, 0x15, 0x04, 0, 0, .. "PAR1"u8], Cancel);
        await using var server = await TestServer.StartAsync(Store.Embedded);
        var device = await server.Api.CreateDeviceAsync();

        var refused = await Executable.RunAsync(
            [
                "states", "import", good, workbook, "--device", device, "--target", "80", "--location",
                await server.Api.CreateLocationAsync(),
            ],
            await EnvironmentAsync(server));

        refused.FailedWith(2, $"{workbook} cannot be read: it is not text; save it as CSV or NDJSON");
        Assert.Equal(0, await CountAsync(server));
    }

    [Fact]
    public async Task Refused_lines_that_cannot_be_kept_end_the_import_which_says_what_was_accepted()
    {
        await using var server = await TestServer.StartAsync(Store.Embedded);
        var device = await server.Api.CreateDeviceAsync();
        var file = Path.Combine(_folder, "states.csv");
        await File.WriteAllTextAsync(
            file, "time,state_of_charge_percent\n2026-01-01T00:00:00Z,5\n2026-01-01T00:01:00Z,500\n"
                + "2026-01-01T00:02:00Z,600\nnever,7\n2026-01-01T00:03:00Z,8\n", Cancel);
        string[] line = ["states", "import", file, "--device", device, "--target", "80", "--rejects"];
        var environment = await EnvironmentAsync(server);
        var location = await server.Api.CreateLocationAsync();

        var stopped = await Executable.RunAsync([.. line, "/dev/full", "--location", location], environment);
        var tried = await Executable.RunAsync([.. line, "/dev/full", "--dry-run"], environment);
        var nowhere = await Executable.RunAsync([.. line, $"{_folder}/none/x", "--location", location], environment);
        var marked = await Executable.RunAsync(
            [.. line, "/dev/full", "--location", location, "--encoding", "utf-8"], environment);

        Assert.Equal((1, ""), (stopped.ExitCode, stopped.Error));
        Assert.StartsWith(
            "5 lines read: 2 accepted, 0 repeated, 3 refused\n", stopped.Output, StringComparison.Ordinal);
        Assert.Contains(
            "Stopped before the end: /dev/full cannot be written: No space left", stopped.Output,
            StringComparison.Ordinal);
        Assert.Equal((1, ""), (tried.ExitCode, tried.Error));
        Assert.Contains("Stopped before the end: /dev/full cannot be", tried.Output, StringComparison.Ordinal);
        Assert.StartsWith(
            "5 lines read, nothing sent: 2 good, 3 to be refused", tried.Output, StringComparison.Ordinal);
        nowhere.FailedWith(1, $"{_folder}/none/x cannot be written: its folder does not exist.");
        // Its byte-order mark is written before anything is sent.
        marked.FailedWith(1, "/dev/full cannot be written: No space left");
    }

    [Theory, EveryStore]
    public async Task What_the_server_writes_as_CSV_is_imported_elsewhere_as_it_was(Store store)
    {
        await using var server = await TestServer.StartAsync(store);
        using var network = new Network();
        using var client = await network.ConnectAsync(server);
        var (device, state) = await ClientTests.PrepareStateAsync(client);
        await client.DeviceStates.SubmitAsync(device, state with { RecordReferenceId = "=1+1, \"x\"" }, Cancel);
        await client.DeviceStates.SubmitAsync(device, state with { RecordReferenceId = "-7" }, Cancel);
        var request = new HttpRequestMessage(HttpMethod.Get, $"/devices/{device}/states");
        request.Headers.Accept.ParseAdd("text/csv");
        var file = Path.Combine(_folder, "history.csv");
        await File.WriteAllTextAsync(file, (await server.Api.SendAsync(request)).Text, Cancel);

        var imported = await Executable.RunAsync(
            ["states", "import", file, "--reference", "copy", "--create-devices", "--location", $"{state.LocationId}"],
            await EnvironmentAsync(server));

        Assert.Equal("2 lines read: 2 accepted, 0 repeated, 0 refused", imported.Text);
        var copy = await client.Devices.ListAsync(new() { ReferenceId = "copy" }, Cancel).SingleAsync(Cancel);
        Assert.Equal(
            await Contents(device), await Contents(copy.Id));

        async Task<List<string>> Contents(DeviceId of) => await client.DeviceStates.HistoryAsync(of, cancel: Cancel)
            .Select(one => $"{one.Time:O} {one.StateOfChargePercent} {one.BatteryPowerKw} {one.RecordReferenceId}")
            .Order().ToListAsync(Cancel);
    }

    // Rows that are not packed yet, and records that are.
    private static async Task<int> CountAsync(TestServer server)
    {
        var count = 0;
        foreach (var device in (await server.Api.GetAsync("/devices?limit=100")).Body["data"]!.AsArray())
        {
            var sums = await server.Api.GetAsync(
                $"/devices/{device!["id"]}/states/aggregates?interval=P1D"
                + "&start_time=2026-01-01T00:00:00Z&end_time=2026-03-01T00:00:00Z");
            count += sums.Body["data"]!.AsArray().Sum(bucket => bucket!["count"]!.GetValue<int>());
        }
        return count;
    }

    private static string Csv(int lines)
    {
        var text = new StringBuilder("device_ref;time;state_of_charge_percent;battery_power_kw\n");
        for (var line = 0; line < lines; line++)
        {
            var time = From.AddSeconds(line * 20);
            text.Append(CultureInfo.InvariantCulture, $"home-{line % 3};{time:yyyy-MM-ddTHH:mm:ssZ};")
                .Append(CultureInfo.InvariantCulture, $"{line % 100},5;{line % 7}\n");
        }
        return text.ToString();
    }

    private static byte[] Pack(string text)
    {
        var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
        {
            gzip.Write(Encoding.UTF8.GetBytes(text));
        }
        return packed.ToArray();
    }

    private static int Number(Ended ended, string name)
    {
        Assert.True(ended.Output.StartsWith('{'), $"It ended with {ended.ExitCode}: {ended.Error}{ended.Output}");
        return ended.Json[name]!.GetValue<int>();
    }

    private async Task<Dictionary<string, string>> EnvironmentAsync(TestServer server)
    {
        var (_, secret) = await server.CreateKeyAsync();
        return new()
        {
            ["XDG_CONFIG_HOME"] = _folder,
            [CallerOptions.UrlVariable] = server.BaseAddress.ToString(),
            [CallerOptions.AccountVariable] = server.AccountId.ToString(),
            [CallerOptions.KeyVariable] = secret,
        };
    }
}
