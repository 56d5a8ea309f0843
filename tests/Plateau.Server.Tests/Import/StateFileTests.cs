using System.IO.Compression;
using System.Text;
using System.Text.RegularExpressions;
using Plateau.Contracts;
using Plateau.Server.Import;

namespace Plateau.Server.Tests.Import;

/// <summary>How files become records.</summary>
public sealed partial class StateFileTests : IDisposable
{
    private const string Header =
        "session,device_ref,time,state_of_charge_percent,target_state_of_charge_percent,battery_power_kw,"
        + "energy_remaining_kwh,backup_reserve_percent,record_reference_id\n";

    private static readonly LocationId Location = new(new ObjectId(1, 2));

    private readonly string _folder = Directory.CreateTempSubdirectory("plateau-file-").FullName;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Every_column_is_read_and_unknown_ones_are_ignored()
    {
        var line = await ReadOneAsync("9,A,2022-02-01T11:30:00+01:00,34.2,90, -3.4 ,8.3,2e1, r 1");
        Assert.Equal(new DeviceName("A", IsId: false), line.Device);
        Assert.Equal(new DeviceStateSubmission
        {
            LocationId = Location,
            Time = new DateTimeOffset(2022, 2, 1, 10, 30, 0, TimeSpan.Zero),
            StateOfChargePercent = 34.2,
            TargetStateOfChargePercent = 90,
            BatteryPowerKw = -3.4,
            EnergyRemainingKwh = 8.3,
            BackupReservePercent = 20,
            RecordReferenceId = " r 1",
        }, line.Submission);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("-")]
    [InlineData("--")]
    [InlineData("NaN")]
    [InlineData("null")]
    [InlineData("unavailable")]
    public async Task What_is_missing_is_absent_never_zero_and_an_empty_target_is_the_callers(string missing)
    {
        var submission = (await ReadOneAsync(
            $",A,2022-02-01T10:30:00Z,0,{missing},{missing},{missing},{missing},r")).Submission;
        Assert.NotNull(submission);
        Assert.Equal(0, submission.StateOfChargePercent);
        Assert.Equal(80, submission.TargetStateOfChargePercent);
        Assert.Null(submission.BatteryPowerKw);
        Assert.Null(submission.EnergyRemainingKwh);
        Assert.Null(submission.BackupReservePercent);
    }

    [Theory]
    [InlineData("device_ref_missing", ",2022-02-01T10:30:00Z,1,,,,,r")]
    [InlineData("time_missing", "A, ,1,,,,,r")]
    [InlineData("time_missing", "A,--,1,,,,,r")]
    [InlineData("time_invalid", "A,03/04/2022 10:30,1,,,,,r")]
    [InlineData("time_invalid", "A,2022-02-01T24:00:00Z,1,,,,,r")]
    [InlineData("time_zone_missing", "A,2022-02-01 10:30:00,1,,,,,r")]
    [InlineData("state_of_charge_percent_missing", "A,2022-02-01T10:30:00Z,,,,,,r")]
    [InlineData("state_of_charge_percent_missing", "A,2022-02-01T10:30:00Z,--,,-0.4,,,r")]
    [InlineData("state_of_charge_percent_invalid", "A,2022-02-01T10:30:00Z,1e400,,,,,r")]
    [InlineData("state_of_charge_percent_invalid", "A,2022-02-01T10:30:00Z,full,,,,,r")]
    [InlineData("state_of_charge_percent_invalid", "A,2022-02-01T10:30:00Z,100.4,,,,,r")]
    [InlineData("battery_power_kw_invalid", "A,2022-02-01T10:30:00Z,1,,10000.5,,,r")]
    [InlineData("line_malformed", "A\uFFFD,2022-02-01T10:30:00Z,1,,,,,r")]
    [InlineData("line_malformed", "A,2022-02-01T10:30:00Z,1,,,,r")]
    [InlineData("line_malformed", "\"A,2022-02-01T10:30:00Z,1,,,,,r")]
    [InlineData("line_malformed", "A,2022-02-01T10:30:00Z,1,,,,,r\"1")]
    [InlineData("record_reference_id_invalid", "A,2022-02-01T10:30:00Z,1,,,,,r\u0007")]
    public async Task What_cannot_be_read_is_refused_by_name(string code, string cells)
    {
        var line = await ReadOneAsync("," + cells);
        Assert.Null(line.Submission);
        Assert.Equal(code, line.Fault?.Code);
    }

    [Theory]
    [InlineData("device_ref,state_of_charge_percent", "no column time, target_state_of_charge_percent (or give ")]
    [InlineData("device_ref,soc", "no column time. Its columns are: device_ref, soc.")]
    [InlineData("device_ref,time,state_of_charge_percent", "(or give --target)")]
    [InlineData("time,state_of_charge_percent", "device_ref or device_id")]
    [InlineData("device_ref,time,time,state_of_charge_percent", "more than once")]
    [InlineData("device_ref,\"time,state_of_charge_percent", "quote")]
    [InlineData("[{\"time\":1}]", "JSON array")]
    [InlineData("\n \n", "empty")]
    [InlineData("PK\u0003\u0004", "ZIP")]
    public async Task A_file_that_is_of_no_use_says_why(string text, string reason)
    {
        var fault = await Assert.ThrowsAsync<StateFileException>(
            () => ReadAsync(Encoding.UTF8.GetBytes(text), new StateReading()));
        Assert.Contains(reason, fault.Message, StringComparison.Ordinal);
    }

    public static TheoryData<string, byte[]> Binaries()
    {
        var zip = new MemoryStream();
        using (var workbook = new ZipArchive(zip, ZipArchiveMode.Create))
        {
            workbook.CreateEntry("xl/workbook.xml");
        }
        byte[] parquet = [.. "PAR1"u8, 0x15, 0x04, 0x15, 0x10, 0x15, 0x14, 0x4C, 0x15, 0x02, 0x0A, .. "PAR1"u8];
        var zeros = new byte[100_000];
        return new()
        {
            { "NUL bytes", zeros },
            { "NUL bytes, packed", Pack(zeros) },
            { "Parquet", parquet },
            { "Parquet, packed", Pack(parquet) },
            { "a workbook, packed", Pack(zip.ToArray()) },
            { "UTF-16 that nothing tells", new UnicodeEncoding(false, false).GetBytes(Header) },
        };
    }

    [Theory]
    [MemberData(nameof(Binaries))]
    public async Task A_file_that_is_not_text_says_what_to_save_it_as(string kind, byte[] content)
    {
        var fault = await Assert.ThrowsAsync<StateFileException>(() => ReadAsync(content, new StateReading()));
        Assert.True(
            fault.Message.EndsWith(
                "cannot be read: it is not text; save it as CSV or NDJSON, or tell its --encoding.",
                StringComparison.Ordinal),
            $"{kind}: {fault.Message}");
    }

    [Fact]
    public async Task A_missing_file_and_a_folder_are_told()
    {
        var missing = await Assert.ThrowsAsync<StateFileException>(
            () => StateFile.OpenAsync("/nowhere/states.csv", new StateReading(), Cancel));
        var folder = await Assert.ThrowsAsync<StateFileException>(
            () => StateFile.OpenAsync(_folder, new StateReading(), Cancel));
        Assert.Contains("/nowhere/states.csv cannot be read: ", missing.Message, StringComparison.Ordinal);
        Assert.Contains("It is a folder", folder.Message, StringComparison.Ordinal);
    }

    public static TheoryData<string, byte[]> Encodings()
    {
        const string Text = "device_ref;time;state_of_charge_percent\r\r\nÄ;2022-02-01T10:30:00Z;34,2\r\r\n\r\n";
        var utf8 = Encoding.UTF8.GetBytes(Text);
        return new()
        {
            { "UTF-8", utf8 },
            { "UTF-8 with mark", [0xEF, 0xBB, 0xBF, .. utf8] },
            { "UTF-16", [.. Encoding.Unicode.GetPreamble(), .. Encoding.Unicode.GetBytes(Text)] },
            { "UTF-16 big", [.. Encoding.BigEndianUnicode.GetPreamble(), .. Encoding.BigEndianUnicode.GetBytes(Text)] },
            { "gzip", Pack(utf8) },
            { "gzip of UTF-16", Pack([.. Encoding.Unicode.GetPreamble(), .. Encoding.Unicode.GetBytes(Text)]) },
            { "two gzips", [.. Pack(utf8[..30]), .. Pack(utf8[30..])] },
            { "tabs, LF", Encoding.UTF8.GetBytes(Text.Replace(';', '\t').Replace("\r", "", StringComparison.Ordinal)) },
            { "commas", Encoding.UTF8.GetBytes(
                Text.Replace("34,2", "\"34,2\"", StringComparison.Ordinal).Replace(';', ',')) },
            { "told separator", [.. "sep=;\r\n"u8, .. utf8] },
        };
    }

    [Theory, MemberData(nameof(Encodings))]
    public async Task Encodings_packing_separators_and_line_ends_make_no_difference(string name, byte[] bytes)
    {
        var line = Assert.Single(await ReadAsync(bytes, new StateReading { Target = 80 }));
        Assert.True(line.Fault is null, $"{name}: {line.Fault}");
        Assert.Equal("Ä", line.Device.Text);
        Assert.Equal(34.2, line.Submission?.StateOfChargePercent);
    }

    [Fact]
    public async Task A_gzip_that_was_cut_off_ends_with_a_fault()
    {
        var lines = string.Concat(Enumerable.Range(0, 50_000).Select(one => $"A,2022-02-01T10:30:00Z,{one % 97}\n"));
        var packed = Pack(Encoding.UTF8.GetBytes($"device_ref,time,state_of_charge_percent\n{lines}"));
        using var file = await OpenAsync(packed[..^20], new StateReading { Target = 80 });
        var read = await file.ReadAsync(Cancel).CountAsync(Cancel);
        Assert.InRange(read, 1, 50_000);
        Assert.Contains("cut off", file.Fault, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_line_of_any_length_is_refused_by_itself()
    {
        var endless = new string('x', 3_000_000);
        var text = $"{Header},A,2024-01-01T00:00:00Z,50,,,,,a\n{endless}\n,A,2024-01-02T00:00:00Z,51,,,,,b";
        var lines = await ReadAsync(Encoding.UTF8.GetBytes(text), Standard());
        Assert.Equal([null, "line_too_long", null], lines.Select(line => line.Fault?.Code));
        Assert.Equal([2, 3, 4], lines.Select(line => line.Source.Number));
        Assert.Equal(LineSource.MaxLineLength, lines[1].Source.Text.Length);
    }

    [Fact]
    public async Task Columns_are_mapped_scaled_turned_added_and_joined()
    {
        const string Text = """
            Datum;Uhrzeit;SoC (%);Laden [W];Entladen [W];Rest=Wh
            21.06.2023;13:05:00;34,2;1831;0;8300
            21.06.2023;13:10:00;34,3;0;402;8300
            21.06.2023;13:15:00;34,4;--;402;8300
            """;
        var lines = await ReadAsync(Encoding.UTF8.GetBytes(Text), new StateReading
        {
            Mappings = Maps(
                "Datum=time", "Uhrzeit=time", "SoC (%)=state_of_charge_percent", "Laden [W]=battery_power_kw*0.001",
                "Entladen [W]=battery_power_kw*-0.001", "Rest=Wh=energy_remaining_kwh/1000"),
            Times = new TimeText(null, TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin")),
            Device = new DeviceName("A", false), Location = Location, Target = 80,
        });
        Assert.All(lines, line => Assert.Null(line.Fault));
        Assert.Equal([1.831, -0.402, null], lines.Select(line => line.Submission!.BatteryPowerKw));
        Assert.All(lines, line => Assert.Equal(8.3, line.Submission!.EnergyRemainingKwh));
        Assert.Equal("2023-06-21T11:05:00Z", Instant.Format(lines[0].Submission!.Time));
    }

    [Theory]
    [InlineData("SoC", "--map must be column=member")]
    [InlineData("=time", "--map must be column=member")]
    [InlineData("SoC=charge", "there is no member charge; there are device_ref, ")]
    [InlineData("SoC=state_of_charge_percent*x", "factor must be a number")]
    [InlineData("SoC=state_of_charge_percent/0", "factor must be a number")]
    [InlineData("Zeit=time*2", "takes no factor")]
    public void A_mapping_that_is_of_no_use_says_why(string text, string reason)
    {
        Assert.Null(ColumnMapping.Parse(text, out var fault));
        Assert.Contains(reason, fault, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_mapped_column_that_is_not_there_names_those_that_are()
    {
        var fault = await Assert.ThrowsAsync<StateFileException>(() => ReadAsync(
            "Zeit;Akkustand\n"u8.ToArray(), new StateReading { Mappings = Maps("SoC=state_of_charge_percent") }));
        Assert.Contains("a column SoC that the file does not have. Its columns are: Zeit, Akkustand.", fault.Message,
            StringComparison.Ordinal);
    }

    // A, T and S stand for the members of a right line.
    [Theory]
    [InlineData(null, """{"device_id":"dev_000000000000000100000002",T,S,"id":"dsr_1","object":"device_state"}""")]
    [InlineData(null, """{A,T,"state_of_charge_percent":34.20,"soc":1,"battery_power_kw":null}""")]
    [InlineData("json_invalid", """{A,T,"state_of_charge_percent":34.2""")]
    [InlineData("json_invalid", """{A,"device_ref":"B"}""")]
    [InlineData("json_invalid", """["A"]""")]
    [InlineData("object_other", """{"object":"device","id":"dev_1"}""")]
    [InlineData("device_id_invalid", """{"device_id":"A",T,S}""")]
    [InlineData("time_missing", """{A,"time":null,S}""")]
    [InlineData("time_invalid", """{A,"time":1649785080000,S}""")]
    [InlineData("time_invalid", """{A,"time":true,S}""")]
    [InlineData("state_of_charge_percent_invalid", """{A,T,"state_of_charge_percent":"34.2"}""")]
    [InlineData("state_of_charge_percent_missing", """{A,T,"State_of_charge_percent":34.2}""")]
    [InlineData("record_reference_id_invalid", """{A,T,S,"record_reference_id":""}""")]
    [InlineData("record_reference_id_invalid", """{A,T,S,"record_reference_id":5}""")]
    public async Task Lines_of_JSON_are_read_as_strictly_as_the_API_reads_them(string? code, string line)
    {
        var good = """{"device_ref":"A","time":"2022-02-01T10:30:00Z","state_of_charge_percent":1}""" + "\n";
        var whole = Member().Replace(line, member => member.Value switch
        {
            "A" => "\"device_ref\":\"A\"",
            "T" => "\"time\":\"2022-02-01T10:30:00Z\"",
            _ => "\"state_of_charge_percent\":34.2",
        });
        var lines = await ReadAsync(Encoding.UTF8.GetBytes(good + whole), Standard());
        Assert.Equal([null, code], lines.Select(one => one.Fault?.Code));
        Assert.True(code is not null || lines[1].Submission?.StateOfChargePercent == 34.2);
    }

    [Fact]
    public async Task A_reference_follows_from_what_a_line_says_and_from_nothing_else()
    {
        const string One =
            "device_ref,time,state_of_charge_percent,battery_power_kw\nA,2022-02-01T10:30:00Z,34.2,1000\n";
        const string Other =
            "bat\tdevice_ref\ttime\tstate_of_charge_percent\n1000,0\tA\t2022-02-01T11:30:00+01:00\t34,20\n";
        var plain = await ReferenceAsync(One, new StateReading { Target = 80 });
        Assert.Equal(plain, await ReferenceAsync(Other, new StateReading
        {
            Target = 90, Location = Location, Mappings = Maps("bat=battery_power_kw*-0.001"),
        }));
        Assert.NotEqual(plain, await ReferenceAsync(
            One.Replace("34.2", "34.3", StringComparison.Ordinal), new StateReading { Target = 80 }));
        Assert.NotEqual(plain, await ReferenceAsync(
            One.Replace("34.2,1000", "34.2,", StringComparison.Ordinal), new StateReading { Target = 80 }));
    }

    [Fact]
    public async Task One_device_for_all_lines_is_not_the_device_of_two()
    {
        var lines = await ReadAsync(
            "device_ref,time,state_of_charge_percent\nA,2022-02-01T10:30:00Z,1\nB,2022-02-01T10:31:00Z,1\n"u8.ToArray(),
            new StateReading { Target = 80, Device = new DeviceName("mine", false) });
        Assert.Equal([null, "device_other"], lines.Select(line => line.Fault?.Code));
        Assert.Equal("mine", lines[0].Device.Text);
    }

    private static StateReading Standard() => new() { Location = Location, Target = 80 };

    private static ColumnMapping[] Maps(params string[] texts) => [.. texts.Select(text =>
        ColumnMapping.Parse(text, out var fault) ?? throw new InvalidOperationException(fault))];

    private async Task<StateLine> ReadOneAsync(string cells) =>
        Assert.Single(await ReadAsync(Encoding.UTF8.GetBytes(Header + cells), Standard()));

    private async Task<string?> ReferenceAsync(string text, StateReading reading) =>
        Assert.Single(await ReadAsync(Encoding.UTF8.GetBytes(text), reading)).Submission?.RecordReferenceId;

    private async Task<List<StateLine>> ReadAsync(byte[] bytes, StateReading reading)
    {
        using var file = await OpenAsync(bytes, reading);
        return await file.ReadAsync(Cancel).ToListAsync(Cancel);
    }

    private async Task<StateFile> OpenAsync(byte[] bytes, StateReading reading)
    {
        var path = Path.Combine(_folder, "states");
        await File.WriteAllBytesAsync(path, bytes, Cancel);
        return await StateFile.OpenAsync(path, reading, Cancel);
    }

    [GeneratedRegex("(?<=[{,])[ATS](?=[,}]|$)")]
    private static partial Regex Member();

    private static byte[] Pack(byte[] bytes)
    {
        var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
        {
            gzip.Write(bytes);
        }
        return packed.ToArray();
    }
}
