using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Plateau.Server.Tests.Guide;

/// <summary>
/// A page of the guide as something that can be run: its <c>```sh</c> blocks, in order, are one bash script, which
/// stops at the first command that fails. A command that is meant to fail ends in the comment
/// <c># exits with N</c>. A <c>```text</c> block right after one of them is what it prints, standard error included.
/// </summary>
/// <remarks>
/// What is printed is compared line by line, after runs of blanks are made one and lines of a table's border left out,
/// as a table on a screen is lines with tabs in a pipe. Ids, times, secrets and request ids are equal to any other; an
/// <c>…</c> is any text, and any number of lines where it stands alone.
/// </remarks>
internal sealed partial class GuidePage
{
    // A line that no command prints: the record separator stands for the end of a block.
    private const string EndOfBlock = "\u001e";

    private readonly List<(string Code, string? Printed)> _blocks;

    private GuidePage(List<(string, string?)> blocks) => _blocks = blocks;

    /// <summary>Whether there is anything to run.</summary>
    public bool IsRunnable => _blocks.Count > 0;

    public static GuidePage Parse(string markdown) => new(
        [.. Blocks().Matches(markdown.ReplaceLineEndings("\n")).Select(
            block => (block.Groups["code"].Value,
                block.Groups["printed"] is { Success: true } printed ? printed.Value : null))]);

    /// <summary>The script of all blocks.</summary>
    public string ToScript()
    {
        var script = new StringBuilder("set -euo pipefail\nexec 2>&1\ntrap 'kill $(jobs -p) 2>/dev/null || :' EXIT\n");
        foreach (var (code, _) in _blocks)
        {
            AppendCommands(script, code);
            script.Append(CultureInfo.InvariantCulture, $"echo '{EndOfBlock}'\n");
        }
        return script.ToString();
    }

    /// <summary>Asserts that what the script printed is what the page says.</summary>
    public void ShouldHavePrinted(string output)
    {
        var printed = output.ReplaceLineEndings("\n").Split(EndOfBlock + "\n");
        Assert.Equal(_blocks.Count + 1, printed.Length);
        foreach (var ((code, expected), actual) in _blocks.Zip(printed))
        {
            if (expected is not null && !PatternOf(expected).IsMatch(Plain(actual)))
            {
                Assert.Fail($"After\n{code}the page says\n{expected}but what was printed is\n{actual}");
            }
        }
    }

    // A command reaches from the line after the last one to a line that does not end in a backslash.
    private static void AppendCommands(StringBuilder script, string code)
    {
        var command = new StringBuilder();
        foreach (var line in code.TrimEnd('\n').Split('\n'))
        {
            command.Append(line).Append('\n');
            if (line.EndsWith('\\'))
            {
                continue;
            }
            script.Append(Exit().Match(line) is { Success: true } exit
                ? $"""
                    set +e
                    {command}guide_code=$?
                    set -e
                    [ $guide_code = {exit.Groups[1].Value} ] || (echo "That exits with $guide_code."; exit 1)

                    """
                : command);
            command.Clear();
        }
        script.Append(command);
    }

    private static Regex PatternOf(string expected)
    {
        var pattern = new StringBuilder("^");
        foreach (var line in Plain(expected).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            pattern.Append(line == "…"
                ? "(?:.*\n)*?"
                : string.Join(".*", line.Split('…').Select(Regex.Escape)) + "\n");
        }
        return new Regex(pattern.Append('$').ToString(), RegexOptions.CultureInvariant, TimeSpan.FromSeconds(10));
    }

    private static string Plain(string text)
    {
        var masked = Instants().Replace(Names().Replace(text, "ID"), "TIME");
        var lines = masked.Split('\n').Select(line => Blanks().Replace(line, " ").Trim())
            .Where(line => line.Length > 0 && !line.All(one => one is '─' or '│' or '┼' or ' '));
        return string.Concat(lines.Select(line => line + "\n"));
    }

    [GeneratedRegex("^```sh\n(?<code>.*?)^```\n(?:\\s*^```text\n(?<printed>.*?)^```\n)?",
        RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Blocks();

    [GeneratedRegex(@"# exits with (\d+)$")]
    private static partial Regex Exit();

    [GeneratedRegex(@"\b(?:sk_(?:test|live)_[\w-]+|[a-z]{2,4}_[0-9a-f]{24})\b|(?<=request )[0-9A-Za-z:-]{8,}")]
    private static partial Regex Names();

    [GeneratedRegex(@"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z")]
    private static partial Regex Instants();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();
}
