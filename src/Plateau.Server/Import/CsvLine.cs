using System.Text;

namespace Plateau.Server.Import;

/// <summary>
/// One line of separated values (RFC 4180). No cell of a file of states spans lines: a quote left open must not swallow
/// what follows. Pure.
/// </summary>
internal static class CsvLine
{
    /// <summary>Takes a line apart.</summary>
    /// <param name="line">The line without its end.</param>
    /// <param name="separator">What stands between cells.</param>
    /// <param name="cells">Where the cells go; emptied first.</param>
    /// <returns>False when a quote stands inside a cell, or is not closed.</returns>
    public static bool TrySplit(string line, char separator, List<string> cells)
    {
        cells.Clear();
        var at = 0;
        while (true)
        {
            if (at < line.Length && line[at] == '"')
            {
                if (ReadQuoted(line, ref at) is not { } cell || (at < line.Length && line[at] != separator))
                {
                    return false;
                }
                cells.Add(cell);
            }
            else
            {
                var length = line.AsSpan(at).IndexOf(separator);
                var cell = length < 0 ? line[at..] : line.Substring(at, length);
                if (cell.Contains('"', StringComparison.Ordinal))
                {
                    return false;
                }
                cells.Add(cell);
                at += cell.Length;
            }
            if (at == line.Length)
            {
                return true;
            }
            at++;
        }
    }

    /// <summary>A text as one cell, quoted where it must be.</summary>
    public static string Quote(string text, char separator) =>
        text.Contains(separator, StringComparison.Ordinal) || text.AsSpan().ContainsAny("\"\r\n")
            ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\""
            : text;

    // From a quote to behind the one that closes it; null when none does.
    private static string? ReadQuoted(string line, ref int at)
    {
        var cell = new StringBuilder();
        for (at++; at < line.Length; at++)
        {
            if (line[at] != '"')
            {
                cell.Append(line[at]);
            }
            else if (at + 1 < line.Length && line[at + 1] == '"')
            {
                cell.Append('"');
                at++;
            }
            else
            {
                at++;
                return cell.ToString();
            }
        }
        return null;
    }
}
