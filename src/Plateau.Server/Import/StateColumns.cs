using System.Globalization;
using Plateau.Contracts;
using Plateau.Server.Http;

namespace Plateau.Server.Import;

/// <summary>
/// Where the columns of a file stand, and how its lines are read. Pure. What is empty is absent, never zero; what
/// cannot be read is a fault, never a guess. Ranges are the server's to judge.
/// </summary>
internal sealed class StateColumns
{
    private const string DeviceReference = "device_ref";
    private const string Time = "time";
    private const string Charge = "state_of_charge_percent";
    private const string Target = "target_state_of_charge_percent";
    private const string Power = "battery_power_kw";
    private const string Energy = "energy_remaining_kwh";
    private const string Reserve = "backup_reserve_percent";
    private const string RecordReference = "record_reference_id";

    private static readonly string[] Known =
        [DeviceReference, Time, Charge, Target, Power, Energy, Reserve, RecordReference];

    private readonly Dictionary<string, int> _places = new(StringComparer.Ordinal);
    private readonly int _count;
    private readonly LocationId _location;
    private readonly double? _target;

    private StateColumns(int count, LocationId location, double? target)
    {
        _count = count;
        _location = location;
        _target = target;
    }

    /// <summary>Finds the columns in a header; unknown ones are ignored.</summary>
    /// <param name="header">The cells of the first line.</param>
    /// <param name="location">The location of every record.</param>
    /// <param name="target">The target of records whose own is empty, %; null when there is none.</param>
    /// <param name="fault">Why the header is of no use; null when it is right.</param>
    public static StateColumns? Find(
        IReadOnlyList<string> header, LocationId location, double? target, out string? fault)
    {
        var columns = new StateColumns(header.Count, location, target);
        for (var place = 0; place < header.Count; place++)
        {
            var name = header[place].Trim();
            if (Known.Contains(name) && !columns._places.TryAdd(name, place))
            {
                fault = $"The column {name} stands more than once in the header.";
                return null;
            }
        }
        string[] needed = target is null ? [DeviceReference, Time, Charge, Target] : [DeviceReference, Time, Charge];
        var missing = needed.Where(name => !columns._places.ContainsKey(name)).ToList();
        fault = missing switch
        {
            [] => null,
            [Target] => $"The file has no column {Target}: give the target with --target.",
            _ => $"The header lacks {string.Join(", ", missing)}; it must name the columns, separated by commas.",
        };
        return fault is null ? columns : null;
    }

    /// <summary>Reads a line.</summary>
    /// <param name="number">Where it stands in the file.</param>
    /// <param name="cells">Its cells.</param>
    public StateLine Read(long number, IReadOnlyList<string> cells)
    {
        if (cells.Count != _count)
        {
            return Refuse(ImportFault.LineMalformed, $"The line has {cells.Count} cells; the header has {_count}.");
        }
        if (cells.Any(cell => cell.Contains('\uFFFD', StringComparison.Ordinal)))
        {
            return Refuse(ImportFault.LineMalformed, "The line is not text in UTF-8.");
        }
        ImportFault? fault = null;
        var device = Cell(cells, DeviceReference);
        if (device.Length == 0)
        {
            fault = Missing(DeviceReference);
        }
        var time = ReadTime(Cell(cells, Time).Trim(), ref fault);
        var charge = ReadNumber(cells, Charge, ref fault);
        var target = ReadNumber(cells, Target, ref fault) ?? _target;
        var reference = Cell(cells, RecordReference);
        var submission = new DeviceStateSubmission
        {
            LocationId = _location,
            Time = time,
            StateOfChargePercent = Require(charge, Charge, ref fault),
            TargetStateOfChargePercent = Require(target, Target, ref fault),
            BatteryPowerKw = ReadNumber(cells, Power, ref fault),
            EnergyRemainingKwh = ReadNumber(cells, Energy, ref fault),
            BackupReservePercent = ReadNumber(cells, Reserve, ref fault),
            RecordReferenceId = reference.Length == 0 ? null : reference,
        };
        return fault is null ? new StateLine(number, device, submission, null) : new StateLine(number, "", null, fault);

        StateLine Refuse(string code, string message) => new(number, "", null, new ImportFault(code, message));
    }

    private string Cell(IReadOnlyList<string> cells, string column) =>
        _places.TryGetValue(column, out var place) ? cells[place] : "";

    private static DateTimeOffset ReadTime(string text, ref ImportFault? fault)
    {
        if (text.Length == 0)
        {
            fault ??= Missing(Time);
        }
        else if (Instant.TryParse(text, out var time))
        {
            return time;
        }
        fault ??= Invalid(Time, "an RFC 3339 time with Z or an offset, such as 2022-02-01T10:30:00Z", text);
        return default;
    }

    private double? ReadNumber(IReadOnlyList<string> cells, string column, ref ImportFault? fault)
    {
        const NumberStyles Style =
            NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        var text = Cell(cells, column).Trim();
        if (text.Length == 0)
        {
            return null;
        }
        if (double.TryParse(text, Style, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number))
        {
            return number;
        }
        fault ??= Invalid(column, "a number with a decimal point, such as 34.2", text);
        return null;
    }

    private static double Require(double? number, string column, ref ImportFault? fault)
    {
        if (number is null)
        {
            fault ??= Missing(column);
        }
        return number ?? 0;
    }

    private static ImportFault Missing(string column) => new($"{column}_missing", $"{column} is empty.");

    private static ImportFault Invalid(string column, string wanted, string text) =>
        new($"{column}_invalid", $"{column} must be {wanted}; it was {Quote.Of(text)}.");
}
