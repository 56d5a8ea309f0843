using System.Text.RegularExpressions;

namespace Plateau.Conventions.Tests;

/// <summary>What every file keeps to.</summary>
public sealed partial class FileTests
{
    private const int MostLines = 400;
    private const int MostTestLines = 600;
    private const int MostColumns = 120;

    [Fact]
    public void Files_are_short_enough_to_be_read_in_one_sitting() => Offenders.ShouldBeNone(
        TooLong("src", MostLines).Concat(TooLong("tests", MostTestLines)),
        $"Split the file by idea: at most {MostLines} lines, tests {MostTestLines}.");

    [Fact]
    public void Lines_fit_beside_each_other_on_a_screen() => Offenders.ShouldBeNone(
        from folder in (string[])["src", "tests", "bench"]
        from file in Repository.CodeFiles(folder)
        from line in Lines(file)
        where line.Text.Length > MostColumns
        select $"{line.Place}: {line.Text.Length} columns",
        $"Break the line: at most {MostColumns} columns.");

    [Fact]
    public void Nothing_is_left_for_later() => Offenders.ShouldBeNone(
        from file in Repository.TextFiles()
        from line in Lines(file)
        where LeftForLater().IsMatch(line.Text)
        select $"{line.Place}: {line.Text.Trim()}",
        "Finish it, or write down in docs/ what does not hold and why.");

    [Fact]
    public void Code_is_indented_by_spaces() => Offenders.ShouldBeNone(
        from file in Repository.TextFiles()
        where file.EndsWith(".cs", StringComparison.Ordinal)
        from line in Lines(file)
        where line.Text.Contains('\t', StringComparison.Ordinal)
        select line.Place,
        "Replace the tab by spaces, four for a level; inside a text write \\t.");

    private static IEnumerable<string> TooLong(string folder, int most) =>
        from file in Repository.CodeFiles(folder)
        let lines = File.ReadAllLines(file).Length
        where lines > most
        select $"{Repository.NameOf(file)}: {lines} lines";

    private static IEnumerable<(string Place, string Text)> Lines(string file) => File.ReadAllLines(file)
        .Select((text, index) => ($"{Repository.NameOf(file)}:{index + 1}", text));

    // Put together from halves, so that this file is no offender.
    [GeneratedRegex(@"\bTO" + @"DO\b|\bFIX" + @"ME\b|NotImplemented" + "Exception")]
    private static partial Regex LeftForLater();
}
