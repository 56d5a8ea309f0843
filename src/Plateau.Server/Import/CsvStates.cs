using System.Globalization;

namespace Plateau.Server.Import;

/// <summary>How the lines of a file say what they say: as separated values or as JSON.</summary>
internal interface IStateLines
{
    /// <summary>The header, as it is; null where there is none.</summary>
    string? Header { get; }

    /// <summary>What stands between cells; null where there are none.</summary>
    char? Separator { get; }

    /// <summary>Reads a line, with the first fault in it. What is missing is absent, never zero.</summary>
    StateRow Read(string line);
}

/// <summary>Lines of separated values below a header. Pure.</summary>
internal sealed class CsvStates : IStateLines
{
    // The CSV that a server answers guards texts that a spreadsheet would take for formulas. It alone has both of these
    // and no device_ref: `states export`, which has, leaves texts as they are.
    private static readonly string[] OfServer = ["id", "time_created"];

    private readonly CsvColumns _columns;
    private readonly List<string> _cells = [];
    private readonly bool _isGuarded;
    private readonly bool _isMarkGiven;
    private readonly DecimalMark _mark;

    /// <param name="columns">Where the members stand.</param>
    /// <param name="mark">The decimal mark that the user told; unknown where none.</param>
    /// <param name="sample">Lines from the file's beginning, which may show the mark.</param>
    public CsvStates(CsvColumns columns, DecimalMark mark, IEnumerable<string> sample)
    {
        _columns = columns;
        _isGuarded = OfServer.All(columns.Header.Contains)
            && !columns.Header.Contains(StateMembers.DeviceReference);
        _isMarkGiven = mark != DecimalMark.Unknown;
        _mark = _isMarkGiven ? mark : FindMark(sample);
    }

    public string? Header => _columns.HeaderText;

    public char? Separator => _columns.Separator;

    public StateRow Read(string line)
    {
        var row = new StateRow();
        if (!CsvLine.TrySplit(line, _columns.Separator, _cells))
        {
            row.Refuse(new ImportFault(
                ImportFault.LineMalformed, "A quote stands inside a cell, or is not closed on its line."));
        }
        else if (_cells.Count != _columns.Header.Count)
        {
            row.Refuse(new ImportFault(
                ImportFault.LineMalformed,
                $"The line has {_cells.Count} cells; the header has {_columns.Header.Count}."));
        }
        else if (line.Contains('\uFFFD', StringComparison.Ordinal))
        {
            row.Refuse(new ImportFault(
                ImportFault.LineMalformed, "The line is not text in the encoding of the file; see --encoding."));
        }
        else
        {
            ReadTexts(row);
            ReadNumbers(row);
        }
        return row;
    }

    private void ReadTexts(StateRow row)
    {
        foreach (var (member, places) in _columns.Texts)
        {
            // A date and a time of day may stand in two columns.
            var text = string.Join(' ', places.Select(place => _cells[place]));
            text = member == StateMembers.RecordReference ? Unguard(text) : text.Trim();
            row.SetText(member, text.Length == 0 ? null : text);
        }
    }

    private void ReadNumbers(StateRow row)
    {
        foreach (var (quantity, terms) in _columns.Quantities)
        {
            row[quantity] = ReadSum(row, quantity, terms);
        }
    }

    // Columns of one quantity, such as charging and discharging power, are added; where one is missing, so is the sum.
    private double? ReadSum(StateRow row, StateQuantity quantity, IReadOnlyList<(int Place, decimal Factor)> terms)
    {
        string? sum = null;
        var isMissing = false;
        foreach (var (place, factor) in terms)
        {
            var text = _cells[place];
            if (NumberText.IsMissing(text))
            {
                isMissing = true;
                continue;
            }
            if (NumberText.Read(text, _mark, _isMarkGiven, out var number) is { } wanted)
            {
                row.Refuse(ImportFault.Invalid(quantity.Name, wanted, text));
                return null;
            }
            row.Said += $" {quantity.Place} {DecimalArithmetic.Canonical(number)}";
            sum = DecimalArithmetic.AddProduct(sum, number, factor);
        }
        return isMissing || sum is null ? null : double.Parse(sum, CultureInfo.InvariantCulture);
    }

    private string Unguard(string text) =>
        _isGuarded && text is ['\'', '=' or '+' or '-' or '@', ..] ? text[1..] : text;

    private DecimalMark FindMark(IEnumerable<string> sample)
    {
        var (points, commas) = (false, false);
        foreach (var line in sample)
        {
            if (!CsvLine.TrySplit(line, _columns.Separator, _cells) || _cells.Count != _columns.Header.Count)
            {
                continue;
            }
            foreach (var (place, _) in _columns.Quantities.SelectMany(one => one.Terms))
            {
                var proof = NumberText.Evidence(_cells[place]);
                points |= proof == DecimalMark.Point;
                commas |= proof == DecimalMark.Comma;
            }
        }
        return (points, commas) switch
        {
            (true, true) => DecimalMark.Unknown,
            (true, false) => DecimalMark.Point,
            (false, true) => DecimalMark.Comma,
            // Where commas separate cells, hardly any number has one.
            _ => _columns.Separator == ',' ? DecimalMark.Point : DecimalMark.Unknown,
        };
    }
}
