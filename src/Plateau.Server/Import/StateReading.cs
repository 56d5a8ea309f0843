using System.Security.Cryptography;
using System.Text;
using Plateau.Contracts;
using Plateau.Server.Http;

namespace Plateau.Server.Import;

/// <summary>How lines become records: what the user told about them, and what follows from it. Pure.</summary>
internal sealed class StateReading
{
    /// <summary>The encoding where nothing tells another; what is written in it has no byte-order mark.</summary>
    public static readonly Encoding Utf8 = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);

    private const int MaxReferenceLength = 255;

    private string? _onlyDevice;

    /// <summary>What columns mean, where their names do not say it.</summary>
    public IReadOnlyList<ColumnMapping> Mappings { get; init; } = [];

    /// <summary>The encoding of files without a byte-order mark.</summary>
    public Encoding Encoding { get; init; } = Utf8;

    /// <summary>The decimal mark; unknown where the file is to show it.</summary>
    public DecimalMark Mark { get; init; }

    /// <summary>How times are read.</summary>
    public TimeText Times { get; init; } = new(null, null);

    /// <summary>What is done with times that the clock showed twice.</summary>
    public RepeatedHour RepeatedHour { get; init; }

    /// <summary>The device of every line; null where the file names devices.</summary>
    public DeviceName? Device { get; init; }

    /// <summary>The location of every record; null where the file, or the device, tells it.</summary>
    public LocationId? Location { get; init; }

    /// <summary>The target of records whose own is empty, %; null when there is none.</summary>
    public double? Target { get; init; }

    /// <summary>Reads the time of a line, as far as the line alone tells it.</summary>
    public TimedRow Time(SourceLine line, StateRow row)
    {
        var series = row.Device ?? "";
        if (string.IsNullOrWhiteSpace(row.Time) || NumberText.IsMissing(row.Time))
        {
            row.Refuse(ImportFault.Missing(StateMembers.Time));
            return new TimedRow(line, row, series, default);
        }
        var time = Times.Read(row.Time);
        if (time.Fault is { } fault)
        {
            row.Refuse(fault);
        }
        return new TimedRow(line, row, series, time);
    }

    /// <summary>Makes the record of a line, or says why there is none.</summary>
    public StateLine ToLine(TimedRow timed)
    {
        var row = timed.Row;
        var device = FindDevice(row);
        foreach (var quantity in StateMembers.Quantities)
        {
            if (row[quantity] is { } number && !(number >= quantity.Min && number <= quantity.Max))
            {
                row.Refuse(ImportFault.Invalid(
                    quantity.Name, FormattableString.Invariant($"between {quantity.Min} and {quantity.Max}"),
                    FormattableString.Invariant($"{number}")));
            }
        }
        var target = row[StateMembers.Target] ?? Target;
        var charge = row[StateMembers.Charge];
        if (charge is null)
        {
            row.Refuse(ImportFault.Missing(StateMembers.Charge.Name));
        }
        if (target is null)
        {
            row.Refuse(ImportFault.Missing(StateMembers.Target.Name));
        }
        var location = FindLocation(row);
        CheckReference(row);
        if (row.Fault is not null || timed.Time is not { } time || charge is null || target is null)
        {
            return new StateLine(
                timed.Source, device, location, null, row.Fault ?? ImportFault.Missing(StateMembers.Time));
        }
        return new StateLine(timed.Source, device, location, new DeviceStateSubmission
        {
            LocationId = location ?? default,
            Time = time,
            StateOfChargePercent = charge.Value,
            TargetStateOfChargePercent = target.Value,
            BatteryPowerKw = row[StateMembers.Power],
            EnergyRemainingKwh = row[StateMembers.Energy],
            BackupReservePercent = row[StateMembers.Reserve],
            RecordReferenceId = row.RecordReference ?? ReferenceOf(time, row.Said),
        }, null);
    }

    // From what the line says and nothing else, so that an import that is run again repeats its records. What the user
    // told (target, location, factors) is left out: told otherwise the next time, it is a conflict and not a double.
    private static string ReferenceOf(DateTimeOffset time, string said) => "import-" + Convert.ToHexStringLower(
        SHA256.HashData(Encoding.UTF8.GetBytes($"{Instant.ToUnixMicroseconds(time)}{said}")).AsSpan(0, 12));

    private DeviceName FindDevice(StateRow row)
    {
        var named = row.Device;
        if (Device is { } told)
        {
            _onlyDevice ??= named;
            if (named != _onlyDevice)
            {
                row.Refuse(new ImportFault(
                    ImportFault.DeviceOther,
                    $"The user named one device for all lines; this line names {Quote.Of(named)} and one before it "
                    + $"{Quote.Of(_onlyDevice)}.", named));
            }
            return told;
        }
        if (string.IsNullOrEmpty(named))
        {
            row.Refuse(ImportFault.Missing(StateMembers.DeviceReference));
            return default;
        }
        // An export names devices in both ways: an id is one device here, a reference may be that of several.
        if (ObjectIdText.TryParse<DeviceId>(row.DeviceId, out _))
        {
            return new DeviceName(named, IsId: true, row.DeviceReference);
        }
        if (row.DeviceReference is { } reference)
        {
            return new DeviceName(reference, IsId: false);
        }
        row.Refuse(ImportFault.Invalid(StateMembers.DeviceId, "dev_ and 24 hex digits", named));
        return default;
    }

    private LocationId? FindLocation(StateRow row)
    {
        if (Location is not null || row.LocationId is not { } text)
        {
            return Location;
        }
        if (ObjectIdText.TryParse(text, out LocationId location))
        {
            return location;
        }
        row.Refuse(ImportFault.Invalid(StateMembers.LocationId, "loc_ and 24 hex digits", text));
        return null;
    }

    private static void CheckReference(StateRow row)
    {
        if (row.RecordReference is { } reference
            && (reference.Length == 0 || reference.EnumerateRunes().Count() > MaxReferenceLength
                || reference.Any(char.IsControl)))
        {
            row.Refuse(ImportFault.Invalid(
                StateMembers.RecordReference, $"1 to {MaxReferenceLength} characters without control characters",
                reference));
        }
    }
}
