using System.Globalization;
using System.Text;
using Microsoft.OpenApi;
using Plateau.Server.Http;

namespace Plateau.Server.Tests.Http;

/// <summary>
/// Makes bodies from what the reference says of a schema, right and wrong in every member by chance, and tells which
/// faults each has. What it expects comes from the described form and range, not from the code that reads bodies.
/// </summary>
internal sealed class BodyMaker(int seed)
{
    private readonly Random _chance = new(seed);
    private readonly List<(string Path, string Code)> _faults = [];

    /// <summary>Whether some members are made wrong. Default true.</summary>
    public bool Wrong { get; init; } = true;

    /// <summary>Whether the body is a merge patch, where nothing is missing.</summary>
    public bool Patch { get; init; }

    /// <summary>A value for a member, by name, instead of one made up; a JSON text.</summary>
    public IReadOnlyDictionary<string, string> Known { get; init; } = new Dictionary<string, string>();

    /// <summary>The faults of the body made, by path and code, in order of path.</summary>
    public IEnumerable<(string Path, string Code)> Faults =>
        _faults.OrderBy(fault => fault.Path, StringComparer.Ordinal)
        .ThenBy(fault => fault.Code, StringComparer.Ordinal);

    /// <summary>Makes the body of a call.</summary>
    public string Make(BodySchema schema) => MakeObject(schema, "$");

    private string MakeObject(BodySchema schema, string path)
    {
        var members = new List<string>();
        foreach (var field in schema.Fields)
        {
            AddMember(members, field, $"{path}.{field.Name}");
        }
        if (Wrong && _chance.Next(8) == 0)
        {
            var name = Pick("soc", "State_Of_Charge_Percent", "__proto__", "x");
            _faults.Add(($"{path}.{name}", name + "_unknown"));
            members.Add($"\"{name}\":{Pick("1", "null", "{}", """[{"a":[1,{}]}]""", """{"time":{"time":1}}""")}");
        }
        var inAnyOrder = members.ToArray();
        _chance.Shuffle(inAnyOrder);
        return "{" + string.Join(Pick(",", " , ", ",\n"), inAnyOrder) + "}";
    }

    private void AddMember(List<string> members, BodyField field, string path)
    {
        var name = Pick(field.Name, field.Name, Escaped(field.Name));
        switch (_chance.Next(Wrong ? 10 : 5))
        {
            case 0 when !field.Required || Wrong:
                if (field.Required && !Patch)
                {
                    _faults.Add((path, field.Name + "_missing"));
                }
                if (_chance.Next(2) == 0)
                {
                    members.Add($"\"{name}\":null");
                }
                break;
            case 9:
                members.Add($"\"{name}\":{MakeWrong(field, path)}");
                break;
            case 8:
                members.Add($"\"{name}\":null");
                members.Add($"\"{field.Name}\":null");
                _faults.Add((path, field.Name + "_duplicate"));
                if (field.Required && !Patch)
                {
                    _faults.Add((path, field.Name + "_missing"));
                }
                break;
            default:
                members.Add($"\"{name}\":{MakeRight(field, path)}");
                break;
        }
    }

    private string MakeRight(BodyField field, string path)
    {
        if (field is IObjectField inner)
        {
            return MakeObject(inner.Schema, path);
        }
        if (Known.TryGetValue(field.Name, out var known))
        {
            return known;
        }
        var form = field.Describe();
        return form switch
        {
            { Enum: { Count: > 0 } choices } => choices[_chance.Next(choices.Count)].ToJsonString(),
            { Type: JsonSchemaType.Boolean } => Pick("true", "false"),
            { Type: JsonSchemaType.Number } => RightNumber(field.Name, form),
            { Type: JsonSchemaType.Array } =>
                Pick("[]", """["loc_1"]""", """["loc_1","loc_641b90b758fb8e6293716e40"]"""),
            { Format: "date-time" } => Pick(
                "\"2022-02-01T10:30:00Z\"", "\"2022-02-01t10:30:00.123456789-00:00\"",
                @"""2022-02-01T10:30:00\u002B23:59"""),
            { Pattern: not null } => Pick("\"loc_641b90b758fb8e6293716e40\"", "\"ab_Z9\"", @"""loc_\u0061"""),
            _ => RightText(form),
        };
    }

    private string MakeWrong(BodyField field, string path)
    {
        var form = field.Describe();
        if (form.Type == JsonSchemaType.Array && _chance.Next(2) == 0)
        {
            _faults.Add((path + "[1]", field.Name + "_invalid"));
            return Pick(
                """["loc_1",1]""", """["loc_1",null]""", """["loc_1",[{}]]""",
                """["loc_641b90b758fb8e6293716e40","loc_641b90b758fb8e6293716e40"]""");
        }
        _faults.Add((path, field.Name + "_invalid"));
        return form switch
        {
            { Type: JsonSchemaType.Object } => Pick("1", "[]", "\"{}\"", "true", "[{}]"),
            { Enum.Count: > 0 } => Pick("2", "1.5", "\"other\"", "\"1\"", "[]", "{}", "-1", "1e400"),
            { Type: JsonSchemaType.Boolean } => Pick("1", "0", "\"true\"", "[]", "{\"a\":false}"),
            { Type: JsonSchemaType.Number } => WrongNumber(form),
            { Type: JsonSchemaType.Array } => Pick("1", "{}", "\"loc_1\"", TooMany(form)),
            { Format: "date-time" } => Pick(
                "1643711400", "\"2022-02-01 10:30:00Z\"", "\"2022-02-01T10:30:60Z\"", "\"2022-02-01T24:00:00Z\"",
                "\"\"",
                "\"2022-02-01T10:30:00\"", "\"2022-02-30T10:30:00Z\"", "\"2022-02-01T10:30:00.Z\"", "[]", "{}", "true",
                "\"2022-02-01T10:30:00.0000000001Z\"", "\"0000-02-01T10:30:00Z\"", "\"0001-01-01T00:00:00+00:01\"",
                @"""\ud800""", $"\"{new string('1', 300)}\"", "\"２０２２-02-01T10:30:00Z\""),
            { Pattern: not null } => Pick("1", "\"\"", "\"loc\"", "\"loc_\"", "\"LOC_1\"", "\"loc_ö\"", "\"l_1\"",
                "\"locat_1\"", @"""loc_\u0000""", @"""\udc00""", $"\"loc_{new string('1', 300)}\"", "[]", "{}"),
            _ => WrongText(form),
        };
    }

    // A least power stays below a greatest one, whatever else is by chance.
    private string RightNumber(string name, OpenApiSchema form)
    {
        var min = Bound(form.Minimum ?? form.ExclusiveMinimum);
        var max = Bound(form.Maximum);
        var value = name switch
        {
            "min_power_kw" => _chance.NextDouble(),
            "max_power_kw" => 1 + _chance.NextDouble(),
            _ when form.ExclusiveMinimum is null && _chance.Next(4) == 0 => min,
            _ when _chance.Next(4) == 0 => max,
            _ => max - ((max - min) * _chance.NextDouble() / 2),
        };
        return Pick(
            value.ToString("R", CultureInfo.InvariantCulture),
            value.ToString("E16", CultureInfo.InvariantCulture));
    }

    private string WrongNumber(OpenApiSchema form)
    {
        var below = form.Minimum is { } min ? Math.BitDecrement(Bound(min)) : Bound(form.ExclusiveMinimum);
        return Pick(
            below.ToString("R", CultureInfo.InvariantCulture),
            Math.BitIncrement(Bound(form.Maximum)).ToString("R", CultureInfo.InvariantCulture),
            "1e400", "-1e400", "1e99999999999", "\"1\"", "\"64,5\"", "true", "[]", "[1]", "{}");
    }

    private string RightText(OpenApiSchema form) => form.Examples is { Count: > 0 } examples
        ? examples[0]!.ToJsonString()
        : Pick("\"a\"", $"\"{new string('x', form.MaxLength ?? 1)}\"", "\" Zähler 1 \"", @"""\u00e4\ud83d\ude00""",
            $"\"{string.Concat(Enumerable.Repeat("😀", form.MaxLength ?? 1))}\"", "\"'; drop table devices; --\"");

    private string WrongText(OpenApiSchema form) => Pick(
        "1", "true", "[]", "{}", @"""a\u0000b""", @"""\ud800""", @"""\ude00\ud83d""", @"""\n""", "\"\u0085\"",
        @"""\u007f""",
        $"\"{new string('x', (form.MaxLength ?? 0) + 1)}\"",
        form.MinLength > 0 || form.Examples is { Count: > 0 } ? "\"\"" : "0");

    private static string TooMany(OpenApiSchema form) =>
        "[" + string.Join(',', Enumerable.Range(0, (form.MaxItems ?? 0) + 1).Select(number => $"\"loc_{number:x24}\""))
            + "]";

    private static string Escaped(string name) =>
        string.Create(CultureInfo.InvariantCulture, $"\\u{(int)name[0]:x4}{name[1..]}");

    // Every number has bounds.
    private static double Bound(string? text) => double.Parse(text!, CultureInfo.InvariantCulture);

    private string Pick(params string[] choices) => choices[_chance.Next(choices.Length)];
}

/// <summary>Breaks a body at bytes, as a bad line or a bad client does.</summary>
internal static class BodyBreaker
{
    private static readonly byte[] Telling = "{}[]\",:\\\0 0e-\u00ff\u00c3"u8.ToArray();

    /// <summary>Changes, drops, repeats or inserts a few bytes.</summary>
    public static byte[] Break(string body, int seed)
    {
        var chance = new Random(seed);
        var bytes = Encoding.UTF8.GetBytes(body).ToList();
        for (var times = chance.Next(4); times >= 0 && bytes.Count > 0; times--)
        {
            var at = chance.Next(bytes.Count);
            switch (chance.Next(5))
            {
                case 0:
                    bytes[at] = (byte)chance.Next(256);
                    break;
                case 1:
                    bytes.RemoveRange(at, Math.Min(bytes.Count - at, chance.Next(1, 20)));
                    break;
                case 2:
                    bytes.Insert(at, Telling[chance.Next(Telling.Length)]);
                    break;
                case 3:
                    bytes.InsertRange(at, bytes.GetRange(at, Math.Min(bytes.Count - at, chance.Next(1, 40))));
                    break;
                default:
                    bytes.RemoveRange(at, bytes.Count - at);
                    break;
            }
        }
        return [.. bytes];
    }
}
