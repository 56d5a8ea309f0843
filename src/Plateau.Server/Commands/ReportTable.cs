using System.CommandLine;
using Plateau.Contracts;
using Spectre.Console;

namespace Plateau.Server.Commands;

/// <summary>Prints rows: a table on a screen, lines with tabs into a file or another program.</summary>
internal static class ReportTable
{
    // In characters: an id, three instants and the longest name still have their line.
    private const int MinWidth = 400;

    /// <summary>An instant, or nothing.</summary>
    public static string TextOf(DateTimeOffset? instant) => instant is { } one ? Instant.Format(one) : "";

    /// <summary>Prints the rows, and on standard error that there are more.</summary>
    public static void Write(ParseResult result, string[] columns, IEnumerable<string[]> rows, bool hasMore)
    {
        var output = result.InvocationConfiguration.Output;
        if (Console.IsOutputRedirected)
        {
            WriteLines(output, columns, rows);
        }
        else
        {
            WriteTable(output, columns, rows);
        }
        if (hasMore)
        {
            result.InvocationConfiguration.Error.WriteLine("There are more: raise --limit.");
        }
    }

    private static void WriteLines(TextWriter output, string[] columns, IEnumerable<string[]> rows)
    {
        foreach (var row in rows.Prepend(columns))
        {
            // A name may have any character; a row stays one line, and a cell one cell.
            output.WriteLine(string.Join('\t', row.Select(cell => string.Concat(
                cell.Select(character => char.IsControl(character) ? ' ' : character)))));
        }
    }

    private static void WriteTable(TextWriter output, string[] columns, IEnumerable<string[]> rows)
    {
        var table = new Table().Border(TableBorder.Simple).AddColumns(
            [.. columns.Select(column => new TableColumn(new Text(column)).NoWrap())]);
        foreach (var row in rows)
        {
            table.AddRow(row.Select(cell => new Text(cell)));
        }
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output) });
        // An id that is broken over two lines cannot be copied; a narrow screen wraps the whole row instead.
        console.Profile.Width = Math.Max(console.Profile.Width, MinWidth);
        console.Write(table);
    }
}
