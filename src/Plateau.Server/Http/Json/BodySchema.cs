using System.Text.Json;
using Microsoft.OpenApi;

namespace Plateau.Server.Http;

/// <summary>The members of a request body, what they may be, and how the request is made from them.</summary>
internal abstract class BodySchema
{
    /// <summary>Path of a whole body.</summary>
    public const string Root = "$";

    private readonly BodyField[] _fields;

    protected BodySchema(string name, BodyField[] fields)
    {
        Name = name;
        _fields = fields;
        for (var index = 0; index < fields.Length; index++)
        {
            if (fields[index].Index >= 0)
            {
                throw new InvalidOperationException($"{fields[index].Name} belongs to two schemas.");
            }
            fields[index].Index = index;
        }
    }

    /// <summary>Name of the request in the reference.</summary>
    public string Name { get; }

    /// <summary>The members, in the order of the reference.</summary>
    public IReadOnlyList<BodyField> Fields => _fields;

    /// <summary>The form of the whole body, for the reference.</summary>
    public OpenApiSchema Describe()
    {
        var schema = new OpenApiSchema
        {
            Type = JsonSchemaType.Object,
            AdditionalPropertiesAllowed = false,
            Properties = new Dictionary<string, IOpenApiSchema>(),
            Required = new HashSet<string>(),
        };
        foreach (var field in _fields)
        {
            var member = field.Describe();
            member.Description = field.Description ?? member.Description;
            schema.Properties.Add(field.Name, member);
            if (field.Required)
            {
                schema.Required.Add(field.Name);
            }
        }
        return schema;
    }

    /// <summary>Reads the members of the object the reader stands on, to its end, collecting every fault.</summary>
    protected BodyValues ReadMembers(ref Utf8JsonReader reader, BodyFaults faults, string path, bool patch)
    {
        var values = new BodyValues(_fields.Length);
        var next = 0;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (FindField(ref reader, next) is not { } field)
            {
                faults.Unknown(path, NameOf(ref reader));
                reader.Read();
                reader.Skip();
                continue;
            }
            next = field.Index + 1;
            var memberPath = path == Root ? field.RootPath : $"{path}.{field.Name}";
            reader.Read();
            if (!values.TryMarkSeen(field))
            {
                faults.Duplicate(memberPath, field.Name);
                reader.Skip();
            }
            else if (reader.TokenType != JsonTokenType.Null)
            {
                values.Set(field, field.Read(ref reader, faults, memberPath, patch));
            }
            else
            {
                values.MarkNull(field);
            }
        }
        if (!patch)
        {
            foreach (var field in _fields)
            {
                if (field.Required && values.IsAbsent(field))
                {
                    faults.Missing($"{path}.{field.Name}", field.Name);
                }
            }
        }
        return values;
    }

    // Clients send members in one order, so the one after the last found is tried first.
    private BodyField? FindField(ref Utf8JsonReader reader, int first)
    {
        for (var step = 0; step < _fields.Length; step++)
        {
            var field = _fields[(first + step) % _fields.Length];
            if (NameIs(ref reader, field.Utf8Name))
            {
                return field;
            }
        }
        return null;
    }

    /// <summary>Whether the reader stands on this name; a name that is not well-formed is none.</summary>
    public static bool NameIs(ref Utf8JsonReader reader, ReadOnlySpan<byte> utf8Name)
    {
        try
        {
            return reader.ValueTextEquals(utf8Name);
        }
        catch (InvalidOperationException) // an escape that is half of a surrogate pair
        {
            return false;
        }
    }

    /// <summary>The name the reader stands on; null when it is not well-formed.</summary>
    public static string? NameOf(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString();
        }
        catch (InvalidOperationException) // an escape that is half of a surrogate pair
        {
            return null;
        }
    }
}

/// <summary>The members of a request body that becomes a <typeparamref name="T"/>.</summary>
/// <param name="name">Name of the request in the reference.</param>
/// <param name="fields">The members; a field belongs to one schema.</param>
/// <param name="build">Makes the request; called only when every member is right.</param>
/// <param name="check">Checks that concern more than one member; called with whatever was right. Default none.</param>
internal sealed class BodySchema<T>(
    string name,
    BodyField[] fields,
    Func<BodyValues, T> build,
    Action<BodyValues, BodyFaults, string>? check = null) : BodySchema(name, fields)
    where T : class
{
    /// <summary>Reads a whole body. Null when faults were added.</summary>
    /// <param name="utf8">The body.</param>
    /// <param name="faults">Takes every fault.</param>
    /// <param name="patch">
    /// Whether the body is a merge patch: nothing is required, null removes, and nothing is built.
    /// </param>
    public T? Read(ReadOnlySpan<byte> utf8, BodyFaults faults, bool patch = false)
    {
        var reader = new Utf8JsonReader(utf8);
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new JsonException("The body is not an object.");
        }
        var request = ReadObject(ref reader, faults, Root, patch);
        reader.Read(); // throws when anything but white space follows
        return faults.Any ? null : request;
    }

    /// <summary>Reads the object the reader stands on. Null when it has faults, or for a merge patch.</summary>
    public T? ReadObject(ref Utf8JsonReader reader, BodyFaults faults, string path, bool patch)
    {
        var before = faults.Count;
        var values = ReadMembers(ref reader, faults, path, patch);
        if (!patch)
        {
            check?.Invoke(values, faults, path);
        }
        return patch || faults.Count > before ? null : build(values);
    }
}
