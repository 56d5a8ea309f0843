using Plateau.Contracts;
using Plateau.Telemetry;

namespace Plateau.Server.Telemetry;

/// <summary>What is decided about submissions. Pure: no store, clock or HTTP.</summary>
internal static class SubmissionRules
{
    private static readonly DateTimeOffset Earliest = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>What is wrong with a record's time, in words; null when it is right.</summary>
    /// <param name="time">When the state was measured.</param>
    /// <param name="now">The moment of submission.</param>
    /// <param name="maxAhead">How far the device's clock may be ahead.</param>
    public static string? CheckTime(DateTimeOffset time, DateTimeOffset now, TimeSpan maxAhead)
    {
        if (time < Earliest)
        {
            return $"time must not be before {Instant.Format(Earliest)}; it was {Instant.Format(time)}.";
        }
        return time > now + maxAhead
            ? $"time must be at most {maxAhead.TotalSeconds:0} s ahead of the server; it was {Instant.Format(time)}."
            : null;
    }

    /// <summary>The record a submission asks to keep.</summary>
    /// <param name="device">The device.</param>
    /// <param name="body">The submission.</param>
    /// <param name="now">The moment of submission, UTC.</param>
    /// <param name="chance">64 random bits for the id of a record without reference; else not used.</param>
    public static StateRecord ToRecord(DeviceId device, DeviceStateSubmission body, DateTimeOffset now, ulong chance)
    {
        var time = Instant.ToUnixMicroseconds(body.Time);
        return new StateRecord
        {
            Key = body.RecordReferenceId is { } reference
                ? StateRecordKey.ForReference(device, time, reference)
                : new StateRecordKey(device, time, chance),
            CreatedUnixMilliseconds = now.ToUnixTimeMilliseconds(),
            LocationId = body.LocationId,
            StateOfChargePercent = body.StateOfChargePercent,
            TargetStateOfChargePercent = body.TargetStateOfChargePercent,
            BatteryPowerKw = body.BatteryPowerKw,
            EnergyRemainingKwh = body.EnergyRemainingKwh,
            BackupReservePercent = body.BackupReservePercent,
            RecordReferenceId = body.RecordReferenceId,
        };
    }

    /// <summary>Judges a record whose key was in the store already.</summary>
    /// <param name="record">The record submitted.</param>
    /// <param name="stored">The record of the same key that is kept.</param>
    /// <param name="mayBeKept">Whether a try whose answer was lost may have kept this very submission.</param>
    public static SubmissionOutcome Judge(StateRecord record, StateRecord stored, bool mayBeKept)
    {
        if (mayBeKept && record == stored)
        {
            return new(SubmissionResult.Kept, stored);
        }
        return new(
            record.HasSameContentAs(stored) ? SubmissionResult.Repeated : SubmissionResult.Conflict, stored);
    }
}
