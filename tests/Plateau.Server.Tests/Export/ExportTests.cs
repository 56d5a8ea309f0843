using System.Globalization;
using System.Text.Json.Nodes;
using CsvHelper;
using Parquet;
using Parquet.Schema;
using Plateau.Contracts;
using Plateau.Server.Export;
using Plateau.Server.Tests.Clients;

namespace Plateau.Server.Tests.Export;

/// <summary><c>plateau states export</c>, beside the server it reads.</summary>
public sealed class ExportTests
{
    private const string Odd = "=1+1,\"quoted\" é🔋";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, EveryStore]
    public async Task A_fleet_is_written_as_lines_that_an_import_makes_the_same_records_of(Store store)
    {
        await using var server = await TestServer.StartAsync(store);
        using var user = await CommandUser.OfAsync(server);
        var (one, other, location) = await FillAsync(server);

        var csv = await ReadCsvAsync(await user.RunAsync("states", "export"));
        var lines = (await user.RunAsync("states", "export", "--format", "ndjson")).Text.Split('\n')
            .Select(line => JsonNode.Parse(line)!).ToList();

        Assert.Equal(250 + 2, csv.Count);
        var odd = csv.Single(row => row["record_reference_id"] == Odd);
        Assert.Equal(
            (other, "Home 2", location, "2022-02-01T10:30:00Z", "34.2", "80", "-3.4", "8.3", "20"),
            (odd["device_id"], odd["device_ref"], odd["location_id"], odd["time"], odd["state_of_charge_percent"],
                odd["target_state_of_charge_percent"], odd["battery_power_kw"], odd["energy_remaining_kwh"],
                odd["backup_reserve_percent"]));
        Assert.All(
            csv.Where(row => row["device_id"] == one),
            row => Assert.Equal(("", ""), (row["device_ref"], row["battery_power_kw"])));
        // The two forms say the same, in the same order.
        Assert.Equal(
            csv.Select(row => string.Join('|', row.Values)),
            lines.Select(line => string.Join('|', csv[0].Keys.Select(name => line[name]?.ToString() ?? ""))));
    }

    [Fact]
    public async Task A_device_a_place_and_a_range_of_local_days_are_chosen()
    {
        await using var server = await TestServer.StartAsync(Store.Embedded);
        using var user = await CommandUser.OfAsync(server);
        var (one, other, location) = await FillAsync(server);
        var elsewhere = await server.Api.CreateLocationAsync();
        await SubmitAsync(server, other, Some.State(elsewhere, "B", time: "2022-02-01T23:30:00Z"));

        Assert.Equal(250, (await ReadCsvAsync(await user.RunAsync("states", "export", "--device", one))).Count);
        Assert.Equal(
            "B", (await ReadCsvAsync(await user.RunAsync("states", "export", "--location", elsewhere)))
                .Single()["record_reference_id"]);
        Assert.Equal(252, (await ReadCsvAsync(await user.RunAsync("states", "export", "--location", location))).Count);
        // Half past midnight in Paris on the second.
        Assert.Equal(
            "B", (await ReadCsvAsync(await user.RunAsync(
                "states", "export", "--from", "2022-02-02", "--to", "2022-02-03", "--timezone", "Europe/Paris")))
                .Single()["record_reference_id"]);
        Assert.Empty(await ReadCsvAsync(await user.RunAsync("states", "export", "--from", "2022-02-02")));
        (await user.RunAsync("states", "export", "--from", "yesterday")).FailedWith(2, "neither a time");
        (await user.RunAsync("states", "export", "--timezone", "Mars")).FailedWith(2, "not a time zone");
    }

    [Fact]
    public async Task What_its_owner_does_not_share_is_left_out_of_a_fleet_and_refused_of_a_device()
    {
        await using var server = await TestServer.StartAsync(Store.Embedded);
        using var user = await CommandUser.OfAsync(server);
        var (one, other, _) = await FillAsync(server);
        await user.RunAsync("devices", "update", one, "--consent", "telemetry=false");

        var fleet = await user.RunAsync("states", "export");
        Assert.All(await ReadCsvAsync(fleet), row => Assert.Equal(other, row["device_id"]));
        Assert.Contains("2 states of 1 device, 1 left out without consent", fleet.Error, StringComparison.Ordinal);
        var refused = await user.RunAsync("states", "export", "--device", one);
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("[telemetry_consent_missing]", refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_device_that_is_deleted_while_others_are_read_is_told_apart()
    {
        await using var server = await TestServer.StartAsync(Store.Embedded);
        using var network = new Network();
        using var client = await network.ConnectAsync(server);
        var (one, other, _) = await FillAsync(server);
        var export = new StateExport(client, new ExportRange(null, null, null, null));
        using var told = new StringWriter();
        var deleted = false;

        await new ExportScreen(told, export, TimeProvider.System).ShowAsync(ReadAsync(), Cancel);

        Assert.StartsWith(
            $"{export.Records} states of 1 device, 1 deleted meanwhile, ", told.ToString(), StringComparison.Ordinal);
        Assert.Equal(2, export.DevicesDone);

        async Task ReadAsync()
        {
            await foreach (var (_, state) in export.ReadAsync(Cancel))
            {
                if (!deleted)
                {
                    var unread = state.DeviceId.ToString() == one ? other : one;
                    await client.Devices.DeleteAsync(ObjectIdText.Parse<DeviceId>(unread), Cancel);
                    deleted = true;
                }
            }
        }
    }

    [Fact]
    public async Task A_file_of_parquet_has_typed_columns_and_appears_when_it_is_whole()
    {
        await using var server = await TestServer.StartAsync(Store.Embedded);
        using var user = await CommandUser.OfAsync(server);
        await FillAsync(server);
        var path = Path.Combine(user.Folder, "states.parquet");

        Assert.Equal(0, (await user.RunAsync("states", "export", "--output", path)).ExitCode);

        Assert.False(File.Exists(path + ".part"));
        await using var parquet = await ParquetReader.CreateAsync(path, cancellationToken: Cancel);
        var time = Assert.IsType<DateTimeDataField>(Field(parquet, "time"));
        Assert.Equal(
            (DateTimeFormat.Timestamp, DateTimeTimeUnit.Micros, true, false),
            (time.DateTimeFormat, time.Unit, time.IsAdjustedToUTC, time.IsNullable));
        var power = Field(parquet, "battery_power_kw");
        Assert.Equal((true, typeof(double)), (power.IsNullable, power.ClrType));
        Assert.True(Field(parquet, "state_of_charge_percent") is { IsNullable: false });
        using var group = parquet.OpenRowGroupReader(0);
        Assert.Equal((1, 252), (parquet.RowGroupCount, (int)group.RowCount));
        var (references, times, powers) = (new string[252], new DateTime[252], new double?[252]);
        await group.ReadAsync(Field(parquet, "record_reference_id"), references, cancellationToken: Cancel);
        await group.ReadAsync<DateTime>(time, times, cancellationToken: Cancel);
        await group.ReadAsync<double>(power, powers, cancellationToken: Cancel);
        var row = Array.IndexOf(references, Odd);
        Assert.Equal((new DateTime(2022, 2, 1, 10, 30, 0, DateTimeKind.Utc), -3.4), (times[row], powers[row]));
        Assert.Equal(250, powers.Count(one => one is null));
        Assert.Equal(250, references.Count(one => one is null));
        (await user.RunAsync("states", "export", "--format", "parquet")).FailedWith(2, "--output");
    }

    [Theory]
    [InlineData("states.csv", "csv")]
    [InlineData("states.ndjson", "ndjson")]
    public async Task A_file_is_what_standard_output_would_be_and_replaces_an_older_one(string name, string format)
    {
        await using var server = await TestServer.StartAsync(Store.Embedded);
        using var user = await CommandUser.OfAsync(server);
        await FillAsync(server);
        var path = Path.Combine(user.Folder, name);
        await File.WriteAllTextAsync(path, "old", Cancel);

        var written = await user.RunAsync("states", "export", "--output", path);
        var printed = await user.RunAsync("states", "export", "--format", format);

        Assert.Equal((0, ""), (written.ExitCode, written.Output));
        Assert.Equal(printed.Output, await File.ReadAllTextAsync(path, Cancel));
        Assert.Equal([path], Directory.GetFiles(user.Folder));
    }

    [Theory]
    [InlineData("csv")]
    [InlineData("ndjson")]
    public async Task What_was_exported_is_imported_as_the_same_records_here_and_elsewhere(string format)
    {
        await using var here = await TestServer.StartAsync(Store.Embedded);
        using var user = await CommandUser.OfAsync(here);
        var (_, other, _) = await FillAsync(here);
        await using var elsewhere = await TestServer.StartAsync(Store.Embedded);
        using var stranger = await CommandUser.OfAsync(elsewhere);
        var location = await elsewhere.Api.CreateLocationAsync();
        var file = Path.Combine(user.Folder, "states." + format);
        await SubmitAsync(
            here, other, Some.State(await here.Api.CreateLocationAsync(), "'=1", time: "2022-02-02T10:30:00Z"));
        await user.RunAsync("states", "export", "--device", other, "--output", file);

        var again = await user.RunAsync("states", "import", file);
        var copied = await stranger.RunAsync("states", "import", file, "--location", location, "--create-devices");

        Assert.Contains("0 accepted, 3 repeated, 0 refused", again.Text, StringComparison.Ordinal);
        Assert.Contains("3 accepted, 0 repeated, 0 refused", copied.Text, StringComparison.Ordinal);
        string[] ofServer = ["device_id", "location_id", "id", "time_created"];
        Assert.Equal(await TextsAsync(user), await TextsAsync(stranger));

        async Task<IEnumerable<string>> TextsAsync(CommandUser one)
        {
            var rows = await ReadCsvAsync(await one.RunAsync("states", "export", "--from", "2022-01-31"));
            return rows.Select(
                row => string.Join("|", row.ExceptBy(ofServer, cell => cell.Key).Select(cell => cell.Value)));
        }
    }

    [Fact]
    public async Task Progress_is_drawn_on_a_terminal_and_without_colours_where_none_are_wanted()
    {
        await using var server = await TestServer.StartAsync(Store.Embedded);
        using var user = await CommandUser.OfAsync(server);
        await FillAsync(server);
        var path = Path.Combine(user.Folder, "states.csv");
        user.Environment["TERM"] = "xterm-256color";
        user.Environment["NO_COLOR"] = "1";

        var ended = await user.RunOnTerminalAsync(
            "252 states of 2 devices", "", "states", "export", "--output", path);

        Assert.True(ended.ExitCode == 0, ended.Output);
        Assert.DoesNotMatch("\u001b\\[[0-9;]*[1-9][0-9;]*m", ended.Output);
        Assert.Equal(253, (await File.ReadAllLinesAsync(path, Cancel)).Length);
    }

    [Fact]
    public async Task An_export_that_fails_or_is_stopped_leaves_the_old_file_as_it_was()
    {
        await using var server = await TestServer.StartAsync(Store.Embedded);
        using var user = await CommandUser.OfAsync(server);
        var path = Path.Combine(user.Folder, "states.csv");
        await File.WriteAllTextAsync(path, "old", Cancel);

        var unknown = await user.RunAsync("states", "export", "--device", "dev_000000000000000000000001", "-o", path);

        Assert.Equal(1, unknown.ExitCode);
        Assert.Contains("[device_not_found]", unknown.Error, StringComparison.Ordinal);
        Assert.Equal("old", await File.ReadAllTextAsync(path, Cancel));
        Assert.False(File.Exists(path + ".part"));
        (await user.RunAsync("states", "export", "-o", Path.Combine(user.Folder, "none", "x.csv")))
            .FailedWith(1, "none/x.csv cannot be written: its folder does not exist.");
        (await user.RunAsync("states", "export", "--output", "")).FailedWith(2, "--output wants the name of a file");
        (await user.RunAsync("states", "export", "--output", user.Folder)).FailedWith(2, "wants the name of a file");
    }

    // A device with 250 bare states and one with two, one of them with every member and a reference that is odd.
    private static async Task<(string One, string Other, string Location)> FillAsync(TestServer server)
    {
        var location = await server.Api.CreateLocationAsync();
        var one = await server.Api.CreateDeviceAsync();
        var other = (await server.Api.PostAsync("/devices", """{"reference_id":"Home 2"}""")).Created();
        var bare = Enumerable.Range(0, 250).Select(number => FormattableString.Invariant($$"""
            {"device_id":"{{one}}","location_id":"{{location}}",
            "time":"2022-01-01T{{number / 60:00}}:{{number % 60:00}}:00Z",
            "state_of_charge_percent":{{number / 10.0}},"target_state_of_charge_percent":80}
            """));
        var batch = await server.Api.PostAsync("/device-states", $$"""{"data":[{{string.Join(',', bare)}}]}""");
        Assert.Equal(250, batch.Body["records_accepted"]!.GetValue<int>());
        await SubmitAsync(server, other, Some.State(location, Odd.Replace("\"", "\\\"", StringComparison.Ordinal)));
        await SubmitAsync(server, other, Some.State(location, "A", time: "2022-01-31T23:30:00.000001Z"));
        return (one, other, location);
    }

    private static async Task SubmitAsync(TestServer server, string device, string state)
    {
        var answer = await server.Api.PutAsync($"/devices/{device}/state", state);
        Assert.True((int)answer.Status == 200, answer.Text);
    }

    private static DataField Field(ParquetReader parquet, string name) =>
        parquet.Schema.DataFields.Single(field => field.Name == name);

    private static async Task<List<Dictionary<string, string>>> ReadCsvAsync(Ended export)
    {
        Assert.True(export.ExitCode == 0, export.Error);
        using var csv = new CsvReader(new StringReader(export.Output), CultureInfo.InvariantCulture);
        await csv.ReadAsync();
        csv.ReadHeader();
        var rows = new List<Dictionary<string, string>>();
        while (await csv.ReadAsync())
        {
            rows.Add(csv.HeaderRecord!.ToDictionary(name => name, name => csv.GetField(name) ?? ""));
        }
        return rows;
    }
}
