namespace Plateau.Server.Import;

/// <summary>Where the columns of a file stand. Pure.</summary>
internal sealed class CsvColumns
{
    private static readonly char[] Separators = [',', ';', '\t'];

    private CsvColumns(string headerText, char separator, List<string> header)
    {
        HeaderText = headerText;
        Separator = separator;
        Header = header;
    }

    /// <summary>The header as it is.</summary>
    public string HeaderText { get; }

    /// <summary>What stands between cells.</summary>
    public char Separator { get; }

    /// <summary>The names of all columns.</summary>
    public IReadOnlyList<string> Header { get; }

    /// <summary>The places of the texts, by member.</summary>
    public IReadOnlyList<(string Member, int[] Places)> Texts { get; private set; } = [];

    /// <summary>The places of the numbers, each with its factor, by quantity.</summary>
    public IReadOnlyList<(StateQuantity Quantity, (int Place, decimal Factor)[] Terms)> Quantities
    {
        get;
        private set;
    } = [];

    /// <summary>Whether the file says this of its states.</summary>
    public bool Has(string member) => Texts.Any(one => one.Member == member)
        || Quantities.Any(one => one.Quantity.Name == member);

    /// <summary>Finds the columns in a header; those that are neither mapped nor known by name are ignored.</summary>
    /// <param name="header">The header.</param>
    /// <param name="separator">What stands between cells; null where the header is to show it.</param>
    /// <param name="mappings">What the user says of columns; it goes before what their names say.</param>
    /// <param name="fault">Why the header is of no use; null when it is right.</param>
    public static CsvColumns? Find(
        string header, char? separator, IReadOnlyList<ColumnMapping> mappings, out string? fault)
    {
        if (Split(header, separator is { } told ? [told] : Separators, mappings) is not { } columns)
        {
            fault = "The header has a quote inside a cell, or one that is not closed.";
            return null;
        }
        var terms = new List<(string Member, int Place, decimal Factor)>();
        foreach (var mapping in mappings)
        {
            var places = columns.PlacesOf(mapping.Column);
            if (places is not [var place])
            {
                fault = places is []
                    ? $"--map names a column {mapping.Column} that the file does not have. {columns.Describe()}"
                    : $"The column {mapping.Column} stands more than once in the header.";
                return null;
            }
            terms.Add((mapping.Member, place, mapping.Factor));
        }
        foreach (var name in StateMembers.Names.Except(terms.Select(one => one.Member)).ToList())
        {
            var places = columns.PlacesOf(name);
            if (places.Count > 1)
            {
                fault = $"The column {name} stands more than once in the header.";
                return null;
            }
            terms.AddRange(places.Select(place => (name, place, 1m)));
        }
        fault = null;
        columns.Texts = [.. terms.Where(one => StateMembers.FindQuantity(one.Member) is null)
            .GroupBy(one => one.Member).Select(one => (one.Key, one.Select(term => term.Place).ToArray()))];
        columns.Quantities =
        [
            .. from quantity in StateMembers.Quantities
               let ofIt = terms.Where(one => one.Member == quantity.Name).Select(one => (one.Place, one.Factor))
               where ofIt.Any()
               select (quantity, ofIt.ToArray()),
        ];
        return columns;
    }

    /// <summary>What the header lacks for its lines to be read at all, in words; null when nothing.</summary>
    /// <remarks>A charge is asked for line by line, and a target where there is one: see <see cref="Hint"/>.</remarks>
    /// <param name="isDeviceTold">Whether the user told the device.</param>
    /// <param name="isTargetTold">Whether the user told the target.</param>
    public string? Lacks(bool isDeviceTold, bool isTargetTold)
    {
        var missing = new List<string>();
        if (!isDeviceTold && !Has(StateMembers.DeviceReference) && !Has(StateMembers.DeviceId))
        {
            missing.Add("device_ref or device_id (or give --device or --reference)");
        }
        if (!Has(StateMembers.Time))
        {
            missing.Add(StateMembers.Time);
        }
        if (!isTargetTold && Has(StateMembers.Charge.Name) && !Has(StateMembers.Target.Name))
        {
            missing.Add($"{StateMembers.Target.Name} (or give --target)");
        }
        return missing is []
            ? null
            : $"The file has no column {string.Join(", ", missing)}. {Describe()} "
                + "Tell what a column means with --map \"column=member\".";
    }

    /// <summary>Why every line will be refused though the header is read, in words; null when not.</summary>
    public string? Hint() => Has(StateMembers.Charge.Name)
        ? null
        : $"No column carries the state of charge, so every line is refused. {Describe()} "
            + $"Tell which one does with --map \"column={StateMembers.Charge.Name}\".";

    // The separator that makes most sense of the header: first by the columns it shows, then by their number.
    private static CsvColumns? Split(string header, char[] separators, IReadOnlyList<ColumnMapping> mappings)
    {
        var wanted = mappings.Select(one => one.Column).Concat(StateMembers.Names)
            .ToHashSet(StringComparer.OrdinalIgnoreCase);
        CsvColumns? best = null;
        var bestSense = (Known: -1, Count: 0);
        foreach (var separator in separators)
        {
            var cells = new List<string>();
            if (!CsvLine.TrySplit(header, separator, cells))
            {
                continue;
            }
            var names = cells.ConvertAll(cell => cell.Trim());
            var sense = (Known: names.Count(wanted.Contains), names.Count);
            if (sense.CompareTo(bestSense) > 0)
            {
                (best, bestSense) = (new CsvColumns(header, separator, names), sense);
            }
        }
        return best;
    }

    private List<int> PlacesOf(string name) =>
        [.. Enumerable.Range(0, Header.Count)
            .Where(place => string.Equals(Header[place], name, StringComparison.OrdinalIgnoreCase))];

    private string Describe()
    {
        const int MaxShown = 40;
        var shown = Header.Take(MaxShown).Select(name => Http.Quote.Of(name));
        return $"Its columns are: {string.Join(", ", shown)}{(Header.Count > MaxShown ? ", …" : ".")}";
    }
}
