using System.Globalization;
using System.Text.RegularExpressions;

namespace Plateau.Server.Tests.WebConsole.Charts;

/// <summary>Reads a path of SVG back: its pieces, each a row of points.</summary>
internal static partial class DrawnPath
{
    /// <summary>The pieces of a path of lines; an absolute line to one side keeps the other coordinate.</summary>
    public static List<List<(double X, double Y)>> Read(string path)
    {
        var pieces = new List<List<(double X, double Y)>>();
        foreach (Match command in Commands().Matches(path))
        {
            var numbers = command.Groups[2].Value.Split(' ', StringSplitOptions.RemoveEmptyEntries)
                .Select(text => double.Parse(text, CultureInfo.InvariantCulture)).ToList();
            switch (command.Groups[1].Value)
            {
                case "M":
                    pieces.Add([(numbers[0], numbers[1])]);
                    break;
                case "L":
                    pieces[^1].Add((numbers[0], numbers[1]));
                    break;
                case "H":
                    pieces[^1].Add((numbers[0], pieces[^1][^1].Y));
                    break;
                case "V":
                    pieces[^1].Add((pieces[^1][^1].X, numbers[0]));
                    break;
                case "h" or "Z":
                    break;
                default:
                    throw new FormatException($"A chart draws no {command.Value}.");
            }
        }
        Assert.Equal(path, string.Concat(Commands().Matches(path).Select(command => command.Value)));
        return pieces;
    }

    [GeneratedRegex("([A-Za-z])([-0-9. ]*)")]
    private static partial Regex Commands();
}
