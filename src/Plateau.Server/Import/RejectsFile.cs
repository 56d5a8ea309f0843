using System.Globalization;
using System.Text;
using System.Text.Json;
using Plateau.Server.Commands;

namespace Plateau.Server.Import;

/// <summary>
/// Where refused lines are written, each as it was, with file, line and reason before it. Once they are put right, the
/// file can be imported as the first was: what was added is ignored.
/// </summary>
internal sealed class RejectsFile : IDisposable
{
    private const string Line = "import_line";
    private const string Reason = "import_reason";

    private readonly string _path;
    private readonly Encoding _encoding;
    private readonly FileStream _stream;
    private readonly StringBuilder _added = new();
    private string? _header;

    /// <summary>Makes it anew, in the encoding of the files: it is to be imported with the same options.</summary>
    /// <exception cref="CommandFailure">It cannot be written.</exception>
    public RejectsFile(string path, Encoding encoding)
    {
        (_path, _encoding) = (path, encoding);
        _stream = CommandFailure.Writing(path, () => Open(path, encoding));
    }

    /// <summary>Adds a line, which is in the file after the next <see cref="Write"/>.</summary>
    public void Add(StateFile file, StateLine line, ImportFault fault) =>
        _added.AppendLine(ToText(file, line, fault));

    /// <summary>Writes the lines that were added.</summary>
    /// <exception cref="CommandFailure">They cannot be written.</exception>
    public void Write()
    {
        var bytes = _encoding.GetBytes(_added.ToString());
        _added.Clear();
        CommandFailure.Writing(_path, () => _stream.Write(bytes));
    }

    public void Dispose() => _stream.Dispose();

    // Without a buffer of its own: what cannot be written is known at once, and nothing is left to the end.
    private static FileStream Open(string path, Encoding encoding)
    {
        var stream = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 0);
        try
        {
            stream.Write(encoding.Preamble);
            return stream;
        }
        catch (IOException)
        {
            stream.Dispose();
            throw;
        }
    }

    // Files with other columns than those before begin with their own header.
    private string ToText(StateFile file, StateLine line, ImportFault fault)
    {
        var place = file.Name + ":" + line.Source.Number.ToString(CultureInfo.InvariantCulture);
        var why = $"{fault.Code}: {fault.Message}";
        if (file.Separator is not { } separator)
        {
            return ToJson(place, why, line.Source.Text);
        }
        var header = "";
        if (file.Header != _header)
        {
            _header = file.Header;
            header = $"{Line}{separator}{Reason}{separator}{_header}{Environment.NewLine}";
        }
        return header + CsvLine.Quote(place, separator) + separator + CsvLine.Quote(why, separator) + separator
            + line.Source.Text;
    }

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
