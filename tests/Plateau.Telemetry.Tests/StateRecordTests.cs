using CsCheck;
using Plateau.Contracts;

namespace Plateau.Telemetry.Tests;

/// <summary>When two records say the same.</summary>
public sealed class StateRecordTests
{
    private static readonly StateRecord Record = new()
    {
        Key = StateRecordKey.ForReference(new DeviceId(ObjectId.From(1, 1)), 1_643_711_400_000_000, "a"),
        CreatedUnixMilliseconds = 1,
        LocationId = new LocationId(ObjectId.From(1, 2)),
        StateOfChargePercent = 64,
        TargetStateOfChargePercent = 80,
        BatteryPowerKw = -3.4,
        EnergyRemainingKwh = 8.3,
        BackupReservePercent = 20,
        RecordReferenceId = "a",
    };

    [Fact]
    public void The_moment_of_acceptance_is_no_part_of_what_was_said() => Gen.Long.Sample(created =>
    {
        Assert.True(Record.HasSameContentAs(Record with { CreatedUnixMilliseconds = created }));
        Assert.True((Record with { CreatedUnixMilliseconds = created }).HasSameContentAs(Record));
    });

    [Fact]
    public void Any_other_member_is_part_of_it()
    {
        StateRecord[] others =
        [
            Record with { Key = Record.Key with { Tail = Record.Key.Tail + 1 } },
            Record with { LocationId = new LocationId(ObjectId.From(1, 3)) },
            Record with { StateOfChargePercent = Math.BitIncrement(64) },
            Record with { TargetStateOfChargePercent = 80.5 },
            Record with { BatteryPowerKw = 3.4 },
            Record with { BatteryPowerKw = null },
            Record with { EnergyRemainingKwh = 0 },
            Record with { EnergyRemainingKwh = null },
            Record with { BackupReservePercent = 0 },
            Record with { BackupReservePercent = null },
            Record with { RecordReferenceId = "A" },
            Record with { RecordReferenceId = null },
        ];
        Assert.All(others, other =>
        {
            Assert.False(Record.HasSameContentAs(other));
            Assert.False(other.HasSameContentAs(Record));
        });
    }

    [Fact]
    public void Nothing_is_not_zero()
    {
        var nothing = Record with { BatteryPowerKw = null, EnergyRemainingKwh = null, BackupReservePercent = null };
        var zero = Record with { BatteryPowerKw = 0, EnergyRemainingKwh = 0, BackupReservePercent = 0 };

        Assert.True(nothing.HasSameContentAs(nothing with { }));
        Assert.False(nothing.HasSameContentAs(zero));
    }

    [Fact]
    public void A_record_without_reference_is_never_the_same_as_another()
    {
        var unnamed = Record with { RecordReferenceId = null };

        Assert.False(unnamed.HasSameContentAs(unnamed with { }));
    }

    [Fact]
    public void References_are_compared_byte_by_byte()
    {
        var composed = Record with { RecordReferenceId = "Z\u00e4hler" };

        Assert.False(composed.HasSameContentAs(composed with { RecordReferenceId = "Za\u0308hler" }));
    }
}
