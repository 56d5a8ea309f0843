using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Plateau.Server.Import;

/// <summary>
/// Where refused lines are written, each as it was, with file, line and reason before it. Once they are put right, the
/// file can be imported as the first was: what was added is ignored.
/// </summary>
internal sealed class RejectsFile : IDisposable
{
    private const string Line = "import_line";
    private const string Reason = "import_reason";

    private readonly StreamWriter _writer;
    private string? _header;

    /// <summary>Makes it anew, in the encoding of the files: it is to be imported with the same options.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    public RejectsFile(string path, Encoding encoding) =>
        _writer = new StreamWriter(path, append: false, encoding);

    /// <summary>Writes a line.</summary>
    public void Write(StateFile file, StateLine line, ImportFault fault)
    {
        var place = file.Name + ":" + line.Source.Number.ToString(CultureInfo.InvariantCulture);
        var why = $"{fault.Code}: {fault.Message}";
        if (file.Separator is not { } separator)
        {
            _writer.WriteLine(ToJson(place, why, line.Source.Text));
            return;
        }
        // Files with other columns than those before begin with their own header.
        if (file.Header != _header)
        {
            _header = file.Header;
            _writer.WriteLine($"{Line}{separator}{Reason}{separator}{_header}");
        }
        _writer.WriteLine(
            CsvLine.Quote(place, separator) + separator + CsvLine.Quote(why, separator) + separator
            + line.Source.Text);
    }

    public void Dispose() => _writer.Dispose();

    private static string ToJson(string place, string why, string text)
    {
        var added = $"\"{Line}\":{Quote(place)},\"{Reason}\":{Quote(why)}";
        var rest = text.TrimStart();
        return rest switch
        {
            ['{', .. var members] when members.AsSpan().TrimStart() is not ['}', ..] and not [] =>
                $"{{{added},{members}",
            _ => $"{{{added},\"import_text\":{Quote(text)}}}",
        };
    }

    private static string Quote(string text) => $"\"{JsonEncodedText.Encode(text)}\"";
}
