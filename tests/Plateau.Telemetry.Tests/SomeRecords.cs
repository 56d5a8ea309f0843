using CsCheck;
using Plateau.Contracts;

namespace Plateau.Telemetry.Tests;

/// <summary>Records to pack: whatever the contract admits, and believable days.</summary>
internal static class SomeRecords
{
    public static readonly DeviceId Device = new(ObjectId.From(1_700_000_000, 0x0123_4567_89AB_CDEF));

    private static readonly LocationId[] Places =
        [.. Enumerable.Range(1, 4).Select(number => new LocationId(ObjectId.From(1_600_000_000, (ulong)number)))];

    private static readonly Gen<double> Awkward = Gen.OneOf(
        Gen.Int[0, 1_000].Select(tenths => tenths / 10.0),
        Gen.Int[0, 100_000].Select(thousandths => thousandths * 0.001),
        Gen.Double[0, 100],
        OneOf(0.0, -0.0, 0.1 + 0.2, double.Epsilon, 33.333333333333336, 100));

    private static readonly Gen<string?> References = Gen.OneOf(
        Gen.Const((string?)null),
        Gen.Int[0, 3_000].Select(number => (string?)$"run-7/{number}"),
        Gen.Int[0, 3_000].Select(number => (string?)$"A{number:D6}"),
        Gen.Guid.Select(guid => (string?)guid.ToString("D")),
        Gen.Guid.Select(guid => (string?)guid.ToString("D").ToUpperInvariant()),
        OneOf<string?>("0", "00", "007", "7", "99999999999999999999", "000000000000000000001",
            "Ladegerät №", "🔋1", "\"\n", " "),
        Gen.String[Gen.Char[' ', '~'], 1, 255].Select(text => (string?)text));

    private static readonly Gen<StateRecord> One =
        from time in Gen.OneOf(Gen.Int[0, 86_399].Select(second => second * 1_000_000L), Gen.Long[0, 86_399_999_999])
        from delay in Gen.OneOf(Gen.Long[-300_000, 5_000], Gen.Long[0, 10_000_000_000])
        from place in Gen.Int[0, Places.Length - 1].Select(index => Places[index])
        from charge in Awkward
        from target in Awkward
        from power in Optional(Gen.OneOf(Awkward, Gen.Double[-10_000, 10_000]))
        from energy in Optional(Gen.OneOf(Awkward, Gen.Double[0, 1_000_000]))
        from reserve in Optional(Awkward)
        from reference in References
        from tail in Gen.ULong
        select Record(
            Midnight + time, delay, place, (charge, target, power, energy, reserve), reference, tail);

    /// <summary>Midnight of the days, microseconds since 1970.</summary>
    public static long Midnight =>
        Instant.ToUnixMicroseconds(new DateTimeOffset(2026, 3, 29, 0, 0, 0, TimeSpan.Zero));

    /// <summary>Records in a chunk's order, none twice.</summary>
    public static Gen<StateRecord[]> Any { get; } = One.Array[1, 300].Select(records => InOrder(records));

    /// <summary>A day of a battery that reports every minute with decimals, arriving with jitter.</summary>
    public static StateRecord[] Day(Func<int, string?> reference) =>
        InOrder(Enumerable.Range(0, 1_440).Select(minute =>
        {
            var swing = Math.Sin(minute / 1_440.0 * Math.Tau);
            return Record(
                Midnight + (minute * 60_000_000L),
                350 + (long)(Scramble(minute) % 240),
                Places[0],
                (Math.Round(50 + (40 * swing), 1), 80,
                    Math.Round((3 * Math.Cos(minute / 230.0)) + (Scramble(minute) % 20 / 100.0), 2),
                    Math.Round(5 + (4 * swing), 2), 20),
                reference(minute),
                Scramble(minute));
        }));

    private static StateRecord Record(
        long time, long delay, LocationId place,
        (double Charge, double Target, double? Power, double? Energy, double? Reserve) values, string? reference,
        ulong tail) =>
        new()
        {
            Key = reference is null
                ? new StateRecordKey(Device, time, tail)
                : StateRecordKey.ForReference(Device, time, reference),
            CreatedUnixMilliseconds = (time / 1_000) + delay,
            LocationId = place,
            StateOfChargePercent = values.Charge,
            TargetStateOfChargePercent = values.Target,
            BatteryPowerKw = values.Power,
            EnergyRemainingKwh = values.Energy,
            BackupReservePercent = values.Reserve,
            RecordReferenceId = reference,
        };

    // Looks like chance and is the same each time.
    private static ulong Scramble(int number)
    {
        var value = (ulong)(number + 1) * 0x9E37_79B9_7F4A_7C15;
        value = (value ^ (value >> 30)) * 0xBF58_476D_1CE4_E5B9;
        return value ^ (value >> 27);
    }

    private static Gen<T> OneOf<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(index => values[index]);

    private static Gen<double?> Optional(Gen<double> number) =>
        Gen.OneOf(Gen.Const((double?)null), number.Select(value => (double?)value));

    private static StateRecord[] InOrder(IEnumerable<StateRecord> records) =>
        [.. records.OrderBy(record => record.Key.UnixMicroseconds).ThenBy(record => record.Key.Tail)
            .DistinctBy(record => record.Key)];
}
