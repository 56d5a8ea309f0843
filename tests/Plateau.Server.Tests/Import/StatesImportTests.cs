using System.Globalization;
using System.Net;
using System.Text.Json;
using Plateau.Client;
using Plateau.Contracts;
using Plateau.Server.Commands;
using Plateau.Server.Import;
using Plateau.Server.Tests.Clients;

namespace Plateau.Server.Tests.Import;

/// <summary><c>plateau states import</c> against the real server.</summary>
public sealed class StatesImportTests : IDisposable
{
    private const string Header = """
        device_ref,time,state_of_charge_percent,target_state_of_charge_percent,battery_power_kw,record_reference_id

        """;

    private const string Nowhere = "loc_000000000000000000000001";
    private const string Stranger = "dev_000000000000000000000001";

    private readonly string _folder = Directory.CreateTempSubdirectory("plateau-import-").FullName;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory, EveryStore]
    public async Task Good_repeated_conflicting_and_malformed_lines_are_counted_by_reason(Store store)
    {
        await using var server = await TestServer.StartAsync(store);
        using var network = new Network();
        using var client = await network.ConnectAsync(server);
        var location = await server.Api.CreateLocationAsync();
        var device = await client.Devices.CreateAsync(new DeviceDraft { ReferenceId = "A" }, cancel: Cancel);
        var before = await ImportAsync(server, location, Header + "A,2024-01-01T00:00:00Z,50,,,a\n");
        Assert.Equal((0, 1), (before.ExitCode, before.Count("accepted")));

        var result = await ImportAsync(server, location, Header + """
            A,2024-01-01T00:00:00Z,50,,,a
            A,2024-01-01T00:00:00Z,51,,,a
            A,2024-01-02T00:00:00Z,52,60,-3.4,b
            A,2024-01-03T00:00:00Z,53,,,c
            A,2024-01-04T00:00:00Z,150,,,d
            A,2024-01-04T00:00:00Z,full,,,d
            A,2024-01-04T00:00:00Z,151,,,d
            A,2024-01-04T00:00:00Z,152,,,d

            A,04/01/2024 00:00,50,,,d
            A,2024-01-04T00:00:00Z,5"0,,,d
            ghost,2024-01-04T00:00:00Z,50,,,d
            "A,2024-01-05T00:00:00Z,50,,,e
            A,2024-01-06T00:00:00Z,54,,,f
            """);

        Assert.Equal(1, result.ExitCode);
        Assert.Equal(
            (13, 3, 1, 9),
            (result.Count("lines_read"), result.Count("accepted"), result.Count("repeated"), result.Count("refused")));
        Assert.Equal([
            "4 state_of_charge_percent_invalid 6:150,7:full,8:151",
            "2 line_malformed 12:,14:",
            "1 device_ref_unknown 13:ghost",
            "1 record_reference_id_conflict 3:",
            "1 time_invalid 11:04/01/2024 00:00",
        ], result.Reasons);
        var latest = await client.DeviceStates.LatestAsync(device.Id, Cancel);
        Assert.NotNull(latest);
        Assert.Equal("f", latest.RecordReferenceId);
        Assert.Equal((54.0, 80.0), (latest.StateOfChargePercent, latest.TargetStateOfChargePercent));
        Assert.Null(latest.BatteryPowerKw);
    }

    [Theory, EveryStore]
    public async Task Devices_are_made_once_where_asked_and_again_after_they_were_deleted(Store store)
    {
        await using var server = await TestServer.StartAsync(store);
        using var network = new Network();
        using var client = await network.ConnectAsync(server);
        var location = await server.Api.CreateLocationAsync();
        var lines = string.Concat(Enumerable.Range(0, 60).Select(
            second => $"{(second % 2 == 0 ? "A" : "B")},2024-01-01T00:00:{second:00}Z,50,,,{second}\n"));

        var refused = await ImportAsync(server, location, Header + lines);
        var made = await ImportAsync(server, location, Header + lines, "--create-devices", "--timezone", "Asia/Tokyo");
        var repeated = await ImportAsync(server, location, Header + lines, "--create-devices");

        Assert.Equal((1, 60), (refused.ExitCode, refused.Count("refused")));
        Assert.Equal((0, 60), (made.ExitCode, made.Count("accepted")));
        Assert.Equal((0, 60), (repeated.ExitCode, repeated.Count("repeated")));
        var devices = await client.Devices.ListAsync(cancel: Cancel).ToListAsync(Cancel);
        Assert.Equal(["A", "B"], devices.Select(one => one.ReferenceId).Order());
        Assert.All(devices, one => Assert.Equal("Asia/Tokyo", one.Timezone));
        Assert.All(devices, one => Assert.Equal(location, one.Locations.Single().ToString()));

        foreach (var device in devices)
        {
            await client.Devices.DeleteAsync(device.Id, Cancel);
        }
        var again = await ImportAsync(server, location, Header + lines, "--create-devices", "--timezone", "Asia/Tokyo");
        Assert.Equal((0, 60), (again.ExitCode, again.Count("accepted")));
    }

    [Theory, EveryStore]
    public async Task A_device_whose_creation_was_answered_to_nobody_is_not_made_twice(Store store)
    {
        await using var server = await TestServer.StartAsync(store);
        // The first import is cut off after the server made the device and before it was found by its reference.
        using var broken = new Network((request, _) => request.Method == HttpMethod.Post ? Fault.LostAnswer : null);
        using var network = new Network((request, before) =>
            request is { Method.Method: "GET", RequestUri.AbsolutePath: "/devices" } && before == 0
                ? new Fault(new HttpResponseMessage
                {
                    Content = new StringContent("""{"object":"list","url":"/devices","has_more":false,"data":[]}"""),
                })
                : null);
        using var brokenClient = await broken.ConnectAsync(server, options => options with { MaxAttempts = 1 });
        using var client = await network.ConnectAsync(server);
        var location = ObjectIdText.Parse<LocationId>(await server.Api.CreateLocationAsync());
        var name = new DeviceName("A", IsId: false);

        await Assert.ThrowsAsync<PlateauException>(
            () => new ImportDevices(brokenClient, location, null).FindAsync(name, Cancel));
        var found = await new ImportDevices(client, location, null).FindAsync(name, Cancel);

        Assert.Equal(1, network.CountOf("POST /devices"));
        Assert.Equal([found.Id], await client.Devices.ListAsync(cancel: Cancel)
            .Select(one => (DeviceId?)one.Id).ToListAsync(Cancel));
    }

    [Fact]
    public async Task A_reference_of_two_devices_is_refused()
    {
        await using var server = await TestServer.StartAsync(Store.Embedded);
        var location = await server.Api.CreateLocationAsync();
        await server.Api.CreateDeviceAsync("""{"reference_id":"A"}""");
        await server.Api.CreateDeviceAsync("""{"reference_id":"A"}""");

        var result = await ImportAsync(
            server, location, Header + "A,2024-01-01T00:00:00Z,50,,,a\n", "--create-devices");

        Assert.Equal(["1 device_ref_ambiguous 2:A"], result.Reasons);
    }

    [Fact]
    public async Task An_id_tells_which_of_two_devices_a_reference_means_and_the_reference_where_there_is_no_such_id()
    {
        await using var server = await TestServer.StartAsync(Store.Embedded);
        var location = await server.Api.CreateLocationAsync();
        var (first, second) = (
            await server.Api.CreateDeviceAsync("""{"reference_id":"A"}"""),
            await server.Api.CreateDeviceAsync("""{"reference_id":"A"}"""));
        await server.Api.CreateDeviceAsync("""{"reference_id":"B"}""");

        var result = await ImportAsync(server, location, $"""
            device_id,device_ref,time,state_of_charge_percent
            {first},A,2024-01-01T00:00:00Z,50
            {second},A,2024-01-01T00:00:00Z,50
            {Stranger},B,2024-01-01T00:00:00Z,50
            {Stranger},A,2024-01-01T00:00:00Z,50
            {Stranger},,2024-01-01T00:00:00Z,50
            7,B,2024-01-02T00:00:00Z,50
            7,,2024-01-02T00:00:00Z,50
            """);

        Assert.Equal((4, 3), (result.Count("accepted"), result.Count("refused")));
        Assert.Equal(
            ["1 device_id_invalid 8:7", "1 device_not_found 6:", "1 device_ref_ambiguous 5:A"], result.Reasons);
    }

    [Fact]
    public async Task An_import_stops_when_the_server_no_longer_answers_and_says_so()
    {
        await using var server = await TestServer.StartAsync(Store.Embedded);
        using var network = new Network((request, _) => 
            request.RequestUri?.AbsolutePath == "/device-states" ? Fault.LostAnswer : null);

        var report = await ImportLinesAsync(server, network, 20_000);

        Assert.False(report.IsComplete);
        Assert.Contains("got no answer", report.Stopped, StringComparison.Ordinal);
        Assert.InRange(report.LinesRead, 1, 19_999);
        Assert.Equal(0, report.Refused);
    }

    [Fact]
    public async Task People_read_counts_and_reasons_and_may_take_the_access_from_the_demo_file()
    {
        await using var server = await TestServer.StartAsync(Store.Embedded);
        var location = await server.Api.CreateLocationAsync();
        await server.Api.CreateDeviceAsync("""{"reference_id":"A"}""");
        var (_, secret) = await server.CreateKeyAsync();
        var demo = Path.Combine(_folder, "demo.json");
        await File.WriteAllTextAsync(demo, JsonSerializer.Serialize(new
        {
            base_url = server.BaseAddress, account_id = server.AccountId.ToString(), secret_key = secret,
        }), Cancel);
        var file = WriteFile(Header + "A,2024-01-01T00:00:00Z,50,,,a\nA,then,50,,,b\n");

        var (exitCode, output, error) = await RunAsync(
            "states", "import", file, "--demo-file", demo, "--location", location, "--target", "80");

        Assert.Equal(1, exitCode);
        Assert.Empty(error);
        Assert.StartsWith(
            "2 lines read: 1 accepted, 0 repeated, 1 refused\n  1 time_invalid: time must be a time such as ",
            output, StringComparison.Ordinal);
        Assert.EndsWith($"\n    {file} line 3: then\n", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_nothing_tells_who_calls_it_is_the_demo_of_the_folder_if_that_is_the_server()
    {
        await using var server = await TestServer.StartAsync(Store.Embedded);
        var location = await server.Api.CreateLocationAsync();
        var (_, secret) = await server.CreateKeyAsync();
        await new CallerFile(server.BaseAddress.ToString(), server.AccountId.ToString(), secret)
            .WriteAsync(CallerFile.DemoIn(Path.Combine(_folder, "data")), Cancel);
        var file = WriteFile(Header + "A,2024-01-01T00:00:00Z,50,,,a\n");
        string[] arguments = ["states", "import", file, "--location", location, "--target", "80", "--create-devices"];

        var here = await RunInFolderAsync([.. arguments, "--url", server.BaseAddress.ToString()]);
        var untold = await RunInFolderAsync(arguments);
        var elsewhere = await RunInFolderAsync([.. arguments, "--url", "http://127.0.0.1:1"]);

        Assert.StartsWith("1 line read: 1 accepted", here.Text, StringComparison.Ordinal);
        Assert.StartsWith("1 line read: 0 accepted, 1 repeated", untold.Text, StringComparison.Ordinal);
        elsewhere.FailedWith(2, "--account, PLATEAU_ACCOUNT or --demo-file must tell the account");
    }

    [Fact]
    public async Task An_import_stops_where_the_server_fails_and_tells_why()
    {
        await using var server = await TestServer.StartAsync(Store.Embedded);
        using var network = new Network((request, before) =>
            request.RequestUri?.AbsolutePath == "/device-states" && before == 1 ? new Fault(InternalError()) : null);

        var report = await ImportLinesAsync(server, network, 20_000);

        Assert.Contains("It failed.", report.Stopped, StringComparison.Ordinal);
        Assert.Equal((5_000, 0), (report.Accepted, report.Refused));
    }

    [Theory]
    [InlineData("--target must be", "--location", Nowhere, "--target", "101")]
    [InlineData("--target is a number", "--location", Nowhere, "--target", "NaN")]
    [InlineData("--timezone must be", "--timezone", "Mars/Base")]
    [InlineData("--create-devices needs --location", "--create-devices")]
    [InlineData("--map must be", "--map", "time")]
    [InlineData("--map names more", "--map", "a=device_ref", "--map", "b=device_ref")]
    [InlineData("--encoding must", "--encoding", "klingon")]
    [InlineData("--encoding must", "--encoding", "utf-7")]
    [InlineData("--time-format must", "--time-format", "HH:mm")]
    [InlineData("The path of a file is empty.", "--rejects", "", "--dry-run")]
    [InlineData("The path of a file is empty.", "", "--dry-run")]
    [InlineData("--rejects must not", "--rejects", "/nowhere/../nowhere/states.csv")]
    [InlineData("--device and --reference", "--device", "dev_000000000000000000000001", "--reference", "A")]
    [InlineData("/nowhere/states.csv cannot be read", "--dry-run")]
    [InlineData("--url or PLATEAU_URL must be", "--location", Nowhere, "--url", "ftp://example")]
    [InlineData("--account,", "--location", Nowhere, "--url", "http://127.0.0.1:1", "--account", "x")]
    [InlineData("--demo-file cannot", "--location", Nowhere, "--demo-file", "/nowhere/demo.json")]
    [InlineData("/nowhere/states.csv cannot", "--location", Nowhere, "--url", "http://127.0.0.1:1", "--account",
        "acc_000000000000000000000001", "--key", "k")]
    public async Task Bad_arguments_are_one_clear_line_and_exit_code_2(string line, params string[] arguments)
    {
        var (exitCode, output, error) = await RunAsync(["states", "import", "/nowhere/states.csv", .. arguments]);
        Assert.Equal(2, exitCode);
        Assert.Empty(output);
        Assert.StartsWith(line, error, StringComparison.Ordinal);
        Assert.Single(error.TrimEnd('\n').Split('\n'));
    }

    [Fact]
    public async Task A_location_that_is_nothing_and_a_wrong_key_are_bad_arguments()
    {
        await using var server = await TestServer.StartAsync(Store.Embedded);
        var location = await server.Api.CreateLocationAsync();
        Assert.Equal(2, (await ImportAsync(server, Nowhere, Header)).ExitCode);

        var (exitCode, _, error) = await RunAsync(
            "states", "import", WriteFile(Header), "--url", server.BaseAddress.ToString(),
            "--account", server.AccountId.ToString(), "--key", "sk_test_0", "--location", location, "--target", "80");
        Assert.Equal(2, exitCode);
        Assert.Contains("key", error, StringComparison.Ordinal);
    }

    [Theory, EveryStore]
    public async Task The_measured_states_of_two_plugs_are_all_kept_once(Store store)
    {
        if (Environment.GetEnvironmentVariable("PLATEAU_TEST_DATA") is not { Length: > 0 } folder)
        {
            Assert.Skip("PLATEAU_TEST_DATA does not name the folder of outside data.");
            return;
        }
        const int Records = 2994;
        var path = Path.Combine(folder, "states-ev-epfl.csv");
        await using var server = await TestServer.StartAsync(store);
        using var network = new Network();
        using var client = await network.ConnectAsync(server);
        var location = await server.Api.CreateLocationAsync();

        var first = await ImportFileAsync(server, location, path, "--create-devices");
        var second = await ImportFileAsync(server, location, path, "--create-devices");

        Assert.Equal((0, Records, Records), (first.ExitCode, first.Count("lines_read"), first.Count("accepted")));
        Assert.Equal((0, Records, 0), (second.ExitCode, second.Count("repeated"), second.Count("accepted")));
        var lastRows = (await File.ReadAllLinesAsync(path, Cancel)).Skip(1).Select(line => line.Split(','))
            .GroupBy(cells => cells[0]).Select(plug => plug.MaxBy(cells => cells[1], StringComparer.Ordinal)!).ToList();
        Assert.Equal(2, lastRows.Count);
        foreach (var row in lastRows)
        {
            var device = (await client.Devices
                .ListAsync(new DeviceFilter { ReferenceId = row[0] }, Cancel).ToListAsync(Cancel)).Single();
            var latest = await client.DeviceStates.LatestAsync(device.Id, Cancel);
            Assert.NotNull(latest);
            Assert.Equal(row[1], Instant.Format(latest.Time));
            Assert.Equal(double.Parse(row[2], CultureInfo.InvariantCulture), latest.StateOfChargePercent);
            Assert.Equal(80.0, latest.TargetStateOfChargePercent);
            Assert.Equal(row[7], latest.RecordReferenceId);
            Assert.Null(latest.BatteryPowerKw);
            Assert.Null(latest.EnergyRemainingKwh);
            Assert.Null(latest.BackupReservePercent);
        }
    }

    private Task<Result> ImportAsync(TestServer server, string location, string text, params string[] more) =>
        ImportFileAsync(server, location, WriteFile(text), more);

    private static async Task<Result> ImportFileAsync(
        TestServer server, string location, string path, params string[] more)
    {
        var (_, secret) = await server.CreateKeyAsync();
        var (exitCode, output, error) = await RunAsync([
            "states", "import", path, "--url", server.BaseAddress.ToString(), "--account", server.AccountId.ToString(),
            "--key", secret, "--location", location, "--target", "80", "--json", .. more,
        ]);
        return new Result(exitCode, output.Length == 0 ? error : output);
    }

    private static async Task<(int ExitCode, string Output, string Error)> RunAsync(params string[] arguments)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        var exitCode = await CommandLine.RunAsync(arguments, output, error);
        return (exitCode, output.ToString(), error.ToString());
    }

    // Good lines of one device over a network whose faults the client does not wait out.
    private async Task<ImportReport> ImportLinesAsync(TestServer server, Network network, int count)
    {
        using var client = await network.ConnectAsync(server, options => options with { MaxAttempts = 1 });
        var location = ObjectIdText.Parse<LocationId>(await server.Api.CreateLocationAsync());
        await server.Api.CreateDeviceAsync("""{"reference_id":"A"}""");
        var lines = string.Concat(Enumerable.Range(0, count).Select(one => $"A,2024-01-01T00:00:00Z,50,,,{one}\n"));
        using var file = await StateFile.OpenAsync(
            WriteFile(Header + lines), new StateReading { Location = location, Target = 80 }, Cancel);
        var summary = new ImportSummary();
        await new StateImport(client, new ImportDevices(client, null, null), summary, null).RunAsync([file], Cancel);
        return summary.ToReport();
    }

    private async Task<Ended> RunInFolderAsync(string[] arguments)
    {
        using var process = Executable.Start(arguments, environment: null, "env", "-C", _folder);
        return await Executable.EndAsync(process);
    }

    private static HttpResponseMessage InternalError() => new(HttpStatusCode.InternalServerError)
    {
        Content = new StringContent(
            """
            {"object":"error","live_mode":false,"context":"device_states","type":"server_error",
            "code":"internal_error","message":"It failed.","request_id":"req_1","time_created":"2026-01-01T00:00:00Z"}
            """),
    };

    private string WriteFile(string text)
    {
        var path = Path.Combine(_folder, "states.csv");
        File.WriteAllText(path, text);
        return path;
    }

    private sealed record Result(int ExitCode, string Text)
    {
        private readonly JsonElement _report =
            Text.StartsWith('{') ? JsonElement.Parse(Text) : JsonElement.Parse("{}");

        public int Count(string name) => _report.GetProperty(name).GetInt32();

        /// <summary>Count, code and first lines, with what is wrong in them, of each reason.</summary>
        public IEnumerable<string> Reasons => _report.GetProperty("reasons").EnumerateArray().Select(reason =>
            $"{reason.GetProperty("count")} {reason.GetProperty("code").GetString()} "
            + string.Join(',', reason.GetProperty("first").EnumerateArray().Select(line =>
                $"{line.GetProperty("line")}:{(line.TryGetProperty("value", out var value) ? value : "")}")));
    }
}
