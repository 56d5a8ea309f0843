using System.Globalization;
using CsvHelper;

namespace Plateau.Server.Tests.Http;

/// <summary>
/// Bodies that real clients and files produce, sent one after the other to one device: what each is answered follows
/// from the contract and from the records kept before it.
/// </summary>
public sealed class DirtySubmissionTests
{
    private const string File = "dirty-submissions.csv";
    private const string HomeInFile = "loc_641b90b758fb8e6293716e40";

    private const string ChargeInvalid = "state_of_charge_percent_invalid";
    private const string Conflict = "record_reference_id_conflict";
    private const string ReferenceInvalid = "record_reference_id_invalid";

    private static readonly Dictionary<string, Expected> Cases = new()
    {
        ["S01"] = Expected.New,
        ["S02"] = Expected.Repeat,
        ["S03"] = new(409, Conflict),
        ["S04"] = Expected.New, // another reference is another record
        ["S05"] = Expected.New, // no reference is never merged
        ["S06"] = Expected.New, // older than the last
        ["S07"] = new(400, ChargeInvalid),
        ["S08"] = new(400, ChargeInvalid),
        ["S09"] = new(409, Conflict), // −0 is 0, and 0 is not 64
        ["S10"] = new(409, Conflict),
        ["S11"] = Expected.Repeat, // 6.4e1 is 64
        ["S12"] = Expected.Repeat,
        ["S13"] = new(400, ChargeInvalid),
        ["S14"] = new(409, Conflict),
        ["S15"] = new(400, ChargeInvalid),
        ["S16"] = new(400, ChargeInvalid),
        ["S17"] = new(400, "json_invalid"),
        ["S18"] = new(400, "json_invalid"),
        ["S19"] = new(400, "state_of_charge_percent_missing"), // null for a required member
        ["S20"] = new(400, "state_of_charge_percent_missing"),
        ["S21"] = new(400, ChargeInvalid),
        ["S22"] = new(400, "target_state_of_charge_percent_missing"),
        ["S23"] = new(409, Conflict), // null is absent, and the first record had a power
        ["S24"] = new(400, "battery_power_kw_invalid"),
        ["S25"] = new(400, "time_invalid"),
        ["S26"] = new(400, "time_invalid"),
        ["S27"] = new(400, "time_invalid"),
        ["S28"] = new(400, "time_invalid"),
        ["S29"] = Expected.Repeat, // lower-case t and z
        ["S30"] = Expected.Repeat, // the same instant with an offset
        ["S31"] = Expected.Repeat,
        ["S32"] = Expected.New, // another microsecond
        ["S33"] = new(400, "time_invalid"),
        ["S34"] = new(400, "time_invalid"),
        ["S35"] = new(400, "time_invalid"),
        ["S36"] = new(400, "time_invalid"),
        ["S37"] = Expected.New,
        ["S38"] = Expected.New,
        ["S39"] = Expected.New,
        ["S40"] = new(400, "time_invalid"), // before 2000
        ["S41"] = new(400, "time_invalid"), // far ahead
        ["S42"] = new(400, "time_invalid"),
        ["S43"] = new(400, "json_invalid"),
        ["S44"] = new(400, "state_of_charge_percent_duplicate"),
        ["S45"] = new(400, "State_Of_Charge_Percent_unknown"), // the first of two faults; the member is missing too
        ["S46"] = new(400, "soc_unknown"),
        ["S47"] = new(400, "json_invalid"),
        ["S48"] = new(400, "json_invalid"),
        ["S49"] = new(400, ReferenceInvalid),
        ["S50"] = Expected.New,
        ["S51"] = new(400, ReferenceInvalid),
        ["S52"] = new(400, ReferenceInvalid),
        ["S53"] = new(400, ReferenceInvalid),
        ["S54"] = new(400, ReferenceInvalid),
        ["S55"] = new(404, "location_not_found"),
    };

    [Theory, EveryStore]
    public async Task Every_body_of_the_file_is_answered_as_the_contract_says(Store store)
    {
        var folder = Environment.GetEnvironmentVariable("PLATEAU_TEST_DATA");
        Assert.SkipUnless(folder is { Length: > 0 }, "PLATEAU_TEST_DATA names no folder with outside data.");
        await using var server = await TestServer.StartAsync(store);
        var home = await server.Api.CreateLocationAsync();
        var device = await server.Api.CreateDeviceAsync();
        var sent = new List<string>();
        var kept = 0;

        foreach (var (name, body) in Read(Path.Combine(folder, File)))
        {
            var answer = await server.Api.PutAsync(
                $"/devices/{device}/state", body.Replace(HomeInFile, home, StringComparison.Ordinal));

            var expected = Cases[name];
            var code = expected.Code is null ? null : answer.Body["code"]?.GetValue<string>();
            Assert.True(
                expected == new Expected((int)answer.Status, code, answer.IsReplayed),
                $"{name}: {answer.Text} for {body}");
            kept += expected == Expected.New ? 1 : 0;
            Assert.Equal(kept, await server.CountAsync("device_states"));
            sent.Add(name);
        }

        Assert.Equal(Cases.Keys.ToList(), sent);
    }

    private static IEnumerable<(string Case, string Body)> Read(string path)
    {
        using var reader = new CsvReader(new StreamReader(path), CultureInfo.InvariantCulture);
        reader.Read();
        reader.ReadHeader();
        while (reader.Read())
        {
            yield return (reader["case"]!, reader["body"]!);
        }
    }

    private sealed record Expected(int Status, string? Code = null, bool IsReplayed = false)
    {
        public static readonly Expected New = new(200);
        public static readonly Expected Repeat = new(200, IsReplayed: true);
    }
}
