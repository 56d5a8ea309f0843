using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Plateau.Server.Commands.Api;

/// <summary>
/// The options that make the body of a creation or of a change: one for each member, and <c>--file</c> for a body that
/// exists already. What a value may be is the server's to say; here it is only made JSON. An empty value is null.
/// </summary>
internal sealed class BodyMembers
{
    private static readonly Option<string?> File = new("--file")
    {
        Description = "File with the JSON of the API, - for standard input; other options go before it.",
        HelpName = "file",
    };

    private readonly List<(Option Option, string[] Path, Func<ParseResult, JsonNode?> Read)> _members = [];

    /// <summary>The options, that of the file last.</summary>
    public Symbol[] Symbols => [.. _members.Select(member => member.Option), File];

    /// <summary>The members that have an option, as dotted paths.</summary>
    public IEnumerable<string> Paths => _members.Select(member => string.Join('.', member.Path));

    /// <summary>A member that is a text.</summary>
    public BodyMembers Text(string name, string path, string description, string kind = "text") =>
        Add(name, path, description, kind, value => JsonValue.Create(value));

    /// <summary>A member that is a number.</summary>
    public BodyMembers Number(string name, string path, string description) =>
        Add(name, path, description, "number", ToNumber);

    /// <summary>A member that is true or false.</summary>
    public BodyMembers Flag(string name, string path, string description) =>
        Add(name, path, description, "true|false", ToFlag);

    /// <summary>A member that is a latitude and a longitude.</summary>
    public BodyMembers Place(string name, string path) =>
        Add(name, path, "Where it is, in degrees, such as 51.5,-0.12.", "lat,lng", ToPlace);

    /// <summary>A member that is a list of texts; one empty text is the empty list.</summary>
    public BodyMembers List(string name, string path, string description)
    {
        var option = new Option<string[]>(name) { Description = description, HelpName = "id" };
        _members.Add((
            option, path.Split('.'),
            result => new JsonArray([.. result.GetValue(option)!.Where(one => one.Length > 0)
                .Select(one => (JsonNode)one)])));
        return this;
    }

    /// <summary>A member that is an object of flags, told as name=true or name=false.</summary>
    public BodyMembers Flags(string name, string path, string description, params string[] names)
    {
        var option = new Option<string[]>(name) { Description = description, HelpName = "name=true|false" };
        option.CompletionSources.Add(
            _ => names.SelectMany(one => new[] { $"{one}=true", $"{one}=false" })
                .Select(one => new System.CommandLine.Completions.CompletionItem(one)));
        option.Validators.Add(given => RefuseFaults(
            given,
            value => ToFlag(names.Contains(value.Split('=')[0])
                ? string.Concat(value.Split('=').Skip(1))
                : throw new FormatException($"one of {string.Join(", ", names)}, and =true or =false"))));
        _members.Add((
            option, path.Split('.'),
            result => new JsonObject(result.GetValue(option)!.Select(one => one.Split('='))
                .GroupBy(one => one[0]).Select(one => KeyValuePair.Create(one.Key, ToFlag(one.Last()[1]))))));
        return this;
    }

    /// <summary>The body that was told.</summary>
    /// <exception cref="CommandFailure">Nothing was told, or the file is no JSON object.</exception>
    public async Task<JsonObject> ReadAsync(ParseResult result, CancellationToken cancel)
    {
        var told = _members.Where(member => result.GetResult(member.Option) is { Implicit: false }).ToList();
        var body = result.GetValue(File) is { } file ? await ReadFileAsync(file, cancel) : new JsonObject();
        foreach (var (_, path, read) in told)
        {
            var parent = body;
            foreach (var name in path[..^1])
            {
                if (parent[name] is not JsonObject inner)
                {
                    parent[name] = inner = [];
                }
                parent = inner;
            }
            parent[path[^1]] = read(result);
        }
        return body;
    }

    /// <summary>Whether anything was told.</summary>
    public bool AreTold(ParseResult result) =>
        _members.Select(member => member.Option).Append(File).Any(one => result.GetResult(one) is { Implicit: false });

    private static async Task<JsonObject> ReadFileAsync(string path, CancellationToken cancel)
    {
        try
        {
            await using var stream = path == "-" ? Console.OpenStandardInput() : System.IO.File.OpenRead(path);
            if (await JsonNode.ParseAsync(stream, cancellationToken: cancel) is JsonObject body)
            {
                _ = body.Count; // finds members that stand twice
                return body;
            }
            throw CommandFailure.OfArguments($"--file {path} is not a JSON object.");
        }
        catch (Exception fault) when (fault is JsonException or ArgumentException)
        {
            throw CommandFailure.OfArguments($"--file {path} is not a JSON object: {fault.Message}", fault);
        }
    }

    private BodyMembers Add(
        string name, string path, string description, string kind, Func<string, JsonNode?> convert)
    {
        var option = new Option<string?>(name) { Description = description, HelpName = kind };
        option.Validators.Add(given => RefuseFaults(given, convert));
        _members.Add((
            option, path.Split('.'), result => result.GetValue(option) is { Length: > 0 } text ? convert(text) : null));
        return this;
    }

    private static void RefuseFaults(OptionResult given, Func<string, JsonNode?> convert)
    {
        foreach (var token in given.Tokens.Where(token => token.Value.Length > 0))
        {
            try
            {
                convert(token.Value);
            }
            catch (FormatException wanted)
            {
                given.AddError($"{given.Option.Name} must be {wanted.Message}; it was {token.Value}.");
            }
        }
    }

    private static JsonNode ToNumber(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            && double.IsFinite(number)
            ? JsonValue.Create(number)
            : throw new FormatException("a number such as 13.5");

    private static JsonNode? ToFlag(string text) =>
        bool.TryParse(text, out var flag) ? JsonValue.Create(flag) : throw new FormatException("true or false");

    private static JsonNode ToPlace(string text) => text.Split(',') is [var lat, var lng]
        ? new JsonObject { ["lat"] = ToNumber(lat), ["lng"] = ToNumber(lng) }
        : throw new FormatException("a latitude and a longitude such as 51.5,-0.12");
}
