using Plateau.Contracts;
using Plateau.Server.Devices;
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

    /// <summary>
    /// What is wrong with a time that the account does not keep any more, in words; null when it does.
    /// </summary>
    /// <param name="time">When the state was measured.</param>
    /// <param name="now">The moment of submission.</param>
    /// <param name="retentionDays">Days for which the account keeps records; null for ever.</param>
    public static string? CheckRetention(DateTimeOffset time, DateTimeOffset now, int? retentionDays) =>
        retentionDays is { } days && time < now - TimeSpan.FromDays(days)
            ? $"time must be within the {days} days for which the account keeps records; it was {Instant.Format(time)}."
            : null;

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

    /// <summary>
    /// What becomes of a record by its device alone; null when it is to be looked for among the records. A place that
    /// is new to the device, or of nobody, is a matter of the way of fresh records.
    /// </summary>
    /// <param name="pending">The record.</param>
    /// <param name="device">The device; null when there is none.</param>
    public static SubmissionOutcome? CheckHeld(PendingRecord pending, HeldDevice? device)
    {
        var caller = pending.Caller;
        if (device is null || device.AccountId != caller.AccountId || device.LiveMode != caller.LiveMode)
        {
            return SubmissionResult.DeviceNotFound;
        }
        if (!DeviceLocations.Contains(device.Locations, pending.Record.LocationId))
        {
            return SubmissionResult.Postponed;
        }
        return device.ConsentTelemetry ? null : SubmissionResult.ConsentMissing;
    }

    /// <summary>The records that were kept for some accounts.</summary>
    /// <param name="records">All records.</param>
    /// <param name="outcomes">What became of them.</param>
    /// <param name="accounts">The accounts, by mode.</param>
    public static List<PendingRecord> KeptFor(
        IReadOnlyList<PendingRecord> records, SubmissionOutcome?[] outcomes,
        HashSet<(AccountId Account, bool LiveMode)> accounts)
    {
        var kept = new List<PendingRecord>();
        for (var index = 0; accounts.Count > 0 && index < outcomes.Length; index++)
        {
            var caller = records[index].Caller;
            if (outcomes[index]?.Result == SubmissionResult.Kept
                && accounts.Contains((caller.AccountId, caller.LiveMode)))
            {
                kept.Add(records[index]);
            }
        }
        return kept;
    }

    /// <summary>When the devices of kept records were last heard of, milliseconds since 1970-01-01T00:00:00Z.</summary>
    public static Dictionary<DeviceId, long> SeenBy(IReadOnlyList<SubmissionOutcome?> outcomes)
    {
        var seen = new Dictionary<DeviceId, long>();
        foreach (var outcome in outcomes)
        {
            if (outcome is { Result: SubmissionResult.Kept, Stored: { } record })
            {
                var device = record.Key.DeviceId;
                seen[device] = Math.Max(record.CreatedUnixMilliseconds, seen.GetValueOrDefault(device));
            }
        }
        return seen;
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
