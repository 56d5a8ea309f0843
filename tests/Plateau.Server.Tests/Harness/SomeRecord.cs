using Plateau.Contracts;
using Plateau.Server.Access;
using Plateau.Server.Telemetry;
using Plateau.Telemetry;

namespace Plateau.Server.Tests;

/// <summary>Records and submissions below HTTP, for tests of the state path itself.</summary>
internal static class SomeRecord
{
    /// <summary>2022-02-01T10:30:00Z, microseconds.</summary>
    public const long Time = 1_643_711_400_000_000;

    public static readonly DeviceId Device = new(ObjectId.From(1_600_000_000, 1));
    public static readonly LocationId Location = new(ObjectId.From(1_600_000_000, 2));

    public static readonly Caller Caller = new(
        new AccountId(ObjectId.From(1_600_000_000, 3)), false, new KeyId(ObjectId.From(1_600_000_000, 4)),
        KeyScope.Manage);

    /// <summary>A record with a reference.</summary>
    public static StateRecord Named(
        string reference, DeviceId? device = null, LocationId? location = null, long time = Time,
        double charge = 34.2) =>
        new()
        {
            Key = StateRecordKey.ForReference(device ?? Device, time, reference),
            CreatedUnixMilliseconds = (Time / 1000) + 5,
            LocationId = location ?? Location,
            StateOfChargePercent = charge,
            TargetStateOfChargePercent = 80,
            RecordReferenceId = reference,
        };

    /// <summary>A record without a reference.</summary>
    public static StateRecord Unnamed(ulong tail, DeviceId? device = null, LocationId? location = null) =>
        Named("none", device, location) with
        {
            Key = new StateRecordKey(device ?? Device, Time, tail),
            RecordReferenceId = null,
        };

    public static PendingRecord Pending(StateRecord record, Caller? caller = null) => new(caller ?? Caller, record);

    /// <summary>The caller of a server's own account in the test mode.</summary>
    public static Caller CallerOf(TestServer server) => Caller with { AccountId = server.AccountId };
}
