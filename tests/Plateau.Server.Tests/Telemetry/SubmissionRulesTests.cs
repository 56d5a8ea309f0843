using CsCheck;
using Plateau.Contracts;
using Plateau.Server.Devices;
using Plateau.Server.Telemetry;
using Plateau.Telemetry;

namespace Plateau.Server.Tests.Telemetry;

/// <summary>What is decided about submissions.</summary>
public sealed class SubmissionRulesTests
{
    private static readonly DateTimeOffset Now = Instant.FromUnixMicroseconds(SomeRecord.Time);
    private static readonly TimeSpan FiveMinutes = TimeSpan.FromMinutes(5);

    [Theory]
    [InlineData("2000-01-01T00:00:00Z", true)]
    [InlineData("1999-12-31T23:59:59.999999Z", false)]
    [InlineData("2022-02-01T10:35:00Z", true)]
    [InlineData("2022-02-01T10:35:00.000001Z", false)]
    [InlineData("2022-02-01T10:29:59Z", true)]
    [InlineData("0001-01-01T00:00:00Z", false)]
    [InlineData("9999-12-31T23:59:59Z", false)]
    public void A_time_is_right_from_2000_to_five_minutes_ahead(string text, bool isRight)
    {
        Assert.True(Instant.TryParse(text, out var time));

        var error = SubmissionRules.CheckTime(time, Now, FiveMinutes);

        Assert.Equal(isRight, error is null);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void What_an_earlier_try_packed_is_kept_although_its_device_is_gone(bool wasKept)
    {
        var record = SomeRecord.Named("A");
        var pending = SomeRecord.Pending(record);
        pending.MayBeKept = true;
        var place = PastRecords.DeviceDay.Of(record.Key);
        var packed = new Dictionary<PastRecords.DeviceDay, byte[]>();
        if (wasKept)
        {
            packed[place] = StoredChunk.Of(place.Day, [record]).Data;
        }

        var decision = PastRecords.Decide([pending], new(
            new Dictionary<DeviceId, HeldDevice>(), packed, new Dictionary<StateRecordKey, StateRecord>()));

        Assert.Equal(
            wasKept ? SubmissionResult.Kept : SubmissionResult.DeviceNotFound,
            Assert.Single(decision.Outcomes)?.Result);
        Assert.Empty(decision.Chunks);
    }

    [Fact]
    public void A_record_says_what_the_submission_said() => SomeBodies.Sample(body =>
    {
        var record = SubmissionRules.ToRecord(SomeRecord.Device, body, Now, chance: 42);

        Assert.Equal(SomeRecord.Device, record.Key.DeviceId);
        Assert.Equal(body.Time, Instant.FromUnixMicroseconds(record.Key.UnixMicroseconds));
        Assert.Equal(Now.ToUnixTimeMilliseconds(), record.CreatedUnixMilliseconds);
        Assert.Equal(body.LocationId, record.LocationId);
        Assert.Equal(body.StateOfChargePercent, record.StateOfChargePercent);
        Assert.Equal(body.TargetStateOfChargePercent, record.TargetStateOfChargePercent);
        Assert.Equal(body.BatteryPowerKw, record.BatteryPowerKw);
        Assert.Equal(body.RecordReferenceId, record.RecordReferenceId);
        Assert.Equal(body.RecordReferenceId is null, record.Key.Tail == 42);
    });

    [Fact]
    public void The_same_submission_later_is_a_repeat_and_any_other_content_a_conflict() =>
        Gen.Select(SomeBodies, Gen.Int[0, 1_000_000]).Sample((body, laterMilliseconds) =>
        {
            var named = body with { RecordReferenceId = body.RecordReferenceId ?? "a" };
            var first = SubmissionRules.ToRecord(SomeRecord.Device, named, Now, 1);
            var later = Now.AddMilliseconds(laterMilliseconds);

            Assert.Equal(
                new SubmissionOutcome(SubmissionResult.Repeated, first),
                SubmissionRules.Judge(SubmissionRules.ToRecord(SomeRecord.Device, named, later, 2), first,
                    mayBeKept: false));
            DeviceStateSubmission[] others =
            [
                named with { StateOfChargePercent = 100 - (named.StateOfChargePercent / 2) + 0.25 },
                named with { TargetStateOfChargePercent = named.TargetStateOfChargePercent + 1 },
                named with { BatteryPowerKw = named.BatteryPowerKw is null ? 0 : null },
                named with { EnergyRemainingKwh = 0 },
                named with { BackupReservePercent = 0 },
                named with { LocationId = new LocationId(ObjectId.From(1, 1)) },
            ];
            Assert.All(others.Where(other => other != named), other => Assert.Equal(
                SubmissionResult.Conflict,
                SubmissionRules.Judge(SubmissionRules.ToRecord(SomeRecord.Device, other, later, 2), first, false)
                    .Result));
        });

    [Fact]
    public void A_try_that_meets_itself_was_kept_with_or_without_a_reference() => SomeBodies.Sample(body =>
    {
        var record = SubmissionRules.ToRecord(SomeRecord.Device, body, Now, 3);

        Assert.Equal(SubmissionResult.Kept, SubmissionRules.Judge(record, record with { }, mayBeKept: true).Result);
    });

    private static readonly Gen<DeviceStateSubmission> SomeBodies = Gen.Select(
        Gen.Long[0, 700_000_000_000_000], Gen.Double[0, 100], Gen.Double[0, 90], Gen.Double[-10_000, 10_000].Nullable(),
        Gen.String[Gen.Char['a', 'z'], 1, 20].Null()).Select((ago, charge, target, power, reference) =>
            new DeviceStateSubmission
            {
                LocationId = SomeRecord.Location,
                Time = Instant.FromUnixMicroseconds(SomeRecord.Time - ago),
                StateOfChargePercent = charge,
                TargetStateOfChargePercent = target,
                BatteryPowerKw = power,
                RecordReferenceId = reference,
            });
}
