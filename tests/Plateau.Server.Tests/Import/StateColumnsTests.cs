using Plateau.Contracts;
using Plateau.Server.Import;

namespace Plateau.Server.Tests.Import;

/// <summary>How lines of a file become records.</summary>
public sealed class StateColumnsTests
{
    private static readonly LocationId Location = new(new ObjectId(1, 2));

    private static readonly string[] Header =
    [
        "session", "device_ref", "time", "state_of_charge_percent", "target_state_of_charge_percent",
        "battery_power_kw", "energy_remaining_kwh", "backup_reserve_percent", "record_reference_id",
    ];

    [Fact]
    public void Every_column_is_read_and_unknown_ones_are_ignored()
    {
        var line = Read("9", "A", "2022-02-01T11:30:00+01:00", "34.2", "90", " -3.4 ", "8.3", "2e1", " r 1");
        Assert.Equal("A", line.DeviceReference);
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

    [Fact]
    public void Empty_cells_are_absent_never_zero_and_an_empty_target_is_the_callers()
    {
        var submission = Read("", "A", "2022-02-01T10:30:00Z", "0", "", " ", "", "", "").Submission;
        Assert.NotNull(submission);
        Assert.Equal(0, submission.StateOfChargePercent);
        Assert.Equal(80, submission.TargetStateOfChargePercent);
        Assert.Null(submission.BatteryPowerKw);
        Assert.Null(submission.EnergyRemainingKwh);
        Assert.Null(submission.BackupReservePercent);
        Assert.Null(submission.RecordReferenceId);
    }

    [Theory]
    [InlineData("device_ref_missing", "", "2022-02-01T10:30:00Z", "1", "")]
    [InlineData("time_missing", "A", " ", "1", "")]
    [InlineData("time_invalid", "A", "2022-02-01 10:30:00Z", "1", "")]
    [InlineData("time_invalid", "A", "2022-02-01T10:30:00", "1", "")]
    [InlineData("state_of_charge_percent_missing", "A", "2022-02-01T10:30:00Z", "", "")]
    [InlineData("state_of_charge_percent_invalid", "A", "2022-02-01T10:30:00Z", "34,2", "")]
    [InlineData("state_of_charge_percent_invalid", "A", "2022-02-01T10:30:00Z", "1e400", "")]
    [InlineData("state_of_charge_percent_invalid", "A", "2022-02-01T10:30:00Z", "NaN", "")]
    [InlineData("battery_power_kw_invalid", "A", "2022-02-01T10:30:00Z", "1", "--")]
    [InlineData("battery_power_kw_invalid", "A", "2022-02-01T10:30:00Z", "1", "1 000")]
    [InlineData("line_malformed", "A\uFFFD", "2022-02-01T10:30:00Z", "1", "")]
    public void What_cannot_be_read_is_refused_by_name(
        string code, string device, string time, string charge, string power)
    {
        var line = Read("", device, time, charge, "", power, "", "", "r");
        Assert.Null(line.Submission);
        Assert.Equal(code, line.Fault?.Code);
    }

    [Fact]
    public void A_line_of_another_length_is_malformed() =>
        Assert.Equal(ImportFault.LineMalformed, Read("A", "2022-02-01T10:30:00Z").Fault?.Code);

    [Fact]
    public void A_target_that_neither_file_nor_caller_gives_is_missing()
    {
        var columns = StateColumns.Find(Header, Location, target: null, out _);
        var line = columns?.Read(2, ["", "A", "2022-02-01T10:30:00Z", "1", "", "", "", "", ""]);
        Assert.Equal("target_state_of_charge_percent_missing", line?.Fault?.Code);
    }

    [Theory]
    [InlineData("device_ref;time;state_of_charge_percent", "lacks")]
    [InlineData("device_ref,time", "lacks state_of_charge_percent")]
    [InlineData("device_ref,time,state_of_charge_percent", "--target")]
    [InlineData("device_ref,time,time,state_of_charge_percent", "more than once")]
    public void A_header_that_is_of_no_use_says_why(string header, string reason)
    {
        Assert.Null(StateColumns.Find(header.Split(','), Location, target: null, out var fault));
        Assert.Contains(reason, fault, StringComparison.Ordinal);
    }

    private static StateLine Read(params string[] cells)
    {
        var columns = StateColumns.Find(Header, Location, target: 80, out var fault);
        Assert.Null(fault);
        return columns?.Read(2, cells) ?? throw new InvalidOperationException();
    }
}
