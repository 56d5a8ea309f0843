using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.OpenApi;
using Plateau.Contracts;


namespace Plateau.Server.Http;

/// <summary>A finite number within bounds.</summary>
internal sealed class NumberField(string name, double min, double max) : BodyField<double>(name)
{
    /// <summary>Whether the lower bound itself is out of range. Default false.</summary>
    public bool AboveMin { get; init; }

    public override object? Read(ref Utf8JsonReader reader, BodyFaults faults, string path, bool patch)
    {
        if (reader.TokenType == JsonTokenType.Number && reader.TryGetDouble(out var value)
            && (AboveMin ? value > min : value >= min) && value <= max)
        {
            return value + 0.0; // −0 becomes 0
        }
        return Refuse(ref reader, faults, path, AboveMin
            ? string.Create(CultureInfo.InvariantCulture, $"a number above {min} and at most {max}")
            : string.Create(CultureInfo.InvariantCulture, $"a number between {min} and {max}"));
    }

    public override OpenApiSchema Describe() => new()
    {
        Type = JsonSchemaType.Number,
        Format = "double",
        Minimum = AboveMin ? null : min.ToString(CultureInfo.InvariantCulture),
        ExclusiveMinimum = AboveMin ? min.ToString(CultureInfo.InvariantCulture) : null,
        Maximum = max.ToString(CultureInfo.InvariantCulture),
    };
}

/// <summary>One of a few whole numbers.</summary>
internal sealed class WholeNumberField(string name, params int[] allowed) : BodyField<int>(name)
{
    public override object? Read(ref Utf8JsonReader reader, BodyFaults faults, string path, bool patch) =>
        reader.TokenType == JsonTokenType.Number && reader.TryGetDouble(out var value)
            && Array.Exists(allowed, one => one == value)
                ? (int)value
                : Refuse(ref reader, faults, path, string.Join(" or ", allowed));

    public override OpenApiSchema Describe() => new()
    {
        Type = JsonSchemaType.Integer,
        Format = "int32",
        Enum = [.. allowed.Select(one => (JsonNode)one)],
    };
}

/// <summary>True or false.</summary>
internal sealed class BooleanField(string name) : BodyField<bool>(name)
{
    public override object? Read(ref Utf8JsonReader reader, BodyFaults faults, string path, bool patch) =>
        reader.TokenType switch
        {
            JsonTokenType.True => true,
            JsonTokenType.False => false,
            _ => Refuse(ref reader, faults, path, "true or false"),
        };

    public override OpenApiSchema Describe() => new() { Type = JsonSchemaType.Boolean };
}

/// <summary>An RFC 3339 instant.</summary>
internal sealed class TimeField(string name) : BodyField<DateTimeOffset>(name)
{
    public override object? Read(ref Utf8JsonReader reader, BodyFaults faults, string path, bool patch)
    {
        Span<char> text = stackalloc char[Instant.MaxTextLength];
        return TextField.TryCopy(ref reader, text, out var length) && Instant.TryParse(text[..length], out var instant)
            ? instant
            : Refuse(ref reader, faults, path, "an RFC 3339 date and time with Z or an offset");
    }

    public override OpenApiSchema Describe() => new() { Type = JsonSchemaType.String, Format = "date-time" };
}

/// <summary>An id of one kind.</summary>
/// <remarks>
/// A text in the form of an id that can be no id of this kind is read as the id of nothing: it is not found, rather
/// than wrong.
/// </remarks>
internal sealed class IdField<TId>(string name) : BodyField<TId>(name) where TId : struct, IObjectId<TId>
{
    public override object? Read(ref Utf8JsonReader reader, BodyFaults faults, string path, bool patch) =>
        TryRead(ref reader, out var id) ? id : Refuse(ref reader, faults, path, $"an id such as {TId.Prefix}…");

    public override OpenApiSchema Describe() => IdSchema();

    public static OpenApiSchema IdSchema() => new()
    {
        Type = JsonSchemaType.String,
        Pattern = "^[a-z]{2,4}_[A-Za-z0-9]+$",
        Description = $"`{TId.Prefix}` and 24 hex digits.",
    };

    public static bool TryRead(ref Utf8JsonReader reader, out TId id)
    {
        id = default;
        Span<char> text = stackalloc char[TextField.MaxLength];
        if (!TextField.TryCopy(ref reader, text, out var length) || !ObjectIdText.IsWellFormed(text[..length]))
        {
            return false;
        }
        ObjectIdText.TryParse(text[..length], out id);
        return true;
    }
}

/// <summary>A list of different ids of one kind.</summary>
internal sealed class IdListField<TId>(string name, int maxCount) : BodyField<IReadOnlyList<TId>>(name)
    where TId : struct, IObjectId<TId>
{
    public override object? Read(ref Utf8JsonReader reader, BodyFaults faults, string path, bool patch)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            return Refuse(ref reader, faults, path, "an array of ids");
        }
        var ids = new List<TId>();
        var read = 0;
        var wrong = false;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (!IdField<TId>.TryRead(ref reader, out var id))
            {
                Refuse(ref reader, faults, $"{path}[{read}]", $"an array of ids such as {TId.Prefix}…");
                wrong = true;
            }
            else if (id.Value.IsNone || !ids.Contains(id))
            {
                ids.Add(id);
            }
            else
            {
                faults.Invalid($"{path}[{read}]", Name, $"{Name} names {id} more than once.");
                wrong = true;
            }
            if (++read > maxCount && !wrong)
            {
                faults.Invalid(path, Name, $"{Name} must have at most {maxCount} entries.");
                wrong = true;
            }
        }
        return wrong ? null : ids;
    }

    public override OpenApiSchema Describe() => new()
    {
        Type = JsonSchemaType.Array,
        MaxItems = maxCount,
        UniqueItems = true,
        Items = IdField<TId>.IdSchema(),
    };
}

/// <summary>One of the names of an enumeration.</summary>
internal sealed class ChoiceField<TChoice>(string name) : BodyField<TChoice>(name) where TChoice : struct, Enum
{
    private static readonly Dictionary<string, TChoice> Choices = Enum.GetValues<TChoice>()
        .ToDictionary(choice => JsonNamingPolicy.SnakeCaseLower.ConvertName(choice.ToString()), StringComparer.Ordinal);

    public override object? Read(ref Utf8JsonReader reader, BodyFaults faults, string path, bool patch)
    {
        Span<char> text = stackalloc char[TextField.MaxLength];
        return TextField.TryCopy(ref reader, text, out var length)
            && Choices.TryGetValue(text[..length].ToString(), out var choice)
                ? choice
                : Refuse(ref reader, faults, path, "one of " + string.Join(", ", Choices.Keys));
    }

    public override OpenApiSchema Describe() => new()
    {
        Type = JsonSchemaType.String,
        Enum = [.. Choices.Keys.Select(one => (JsonNode)one)],
    };
}

/// <summary>A nested object with a schema of its own.</summary>
internal sealed class ObjectField<T>(string name, BodySchema<T> schema) : BodyField<T>(name), IObjectField
    where T : class
{
    public BodySchema Schema => schema;

    public override object? Read(ref Utf8JsonReader reader, BodyFaults faults, string path, bool patch) =>
        reader.TokenType == JsonTokenType.StartObject
            ? schema.ReadObject(ref reader, faults, path, patch)
            : Refuse(ref reader, faults, path, "an object");

    public override OpenApiSchema Describe() => schema.Describe();
}

/// <summary>A member that has members.</summary>
internal interface IObjectField
{
    /// <summary>The schema of the nested object.</summary>
    BodySchema Schema { get; }
}
