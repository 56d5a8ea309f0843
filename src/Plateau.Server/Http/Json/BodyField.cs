using System.Text;
using System.Text.Json;
using Microsoft.OpenApi;

namespace Plateau.Server.Http;

/// <summary>One member of a request body: its name, and how its value is read, checked and described.</summary>
/// <param name="name">Name on the wire.</param>
internal abstract class BodyField(string name)
{
    /// <summary>Name on the wire.</summary>
    public string Name { get; } = name;

    /// <summary>Name on the wire, UTF-8.</summary>
    public byte[] Utf8Name { get; } = Encoding.UTF8.GetBytes(name);

    /// <summary>Its path in a body that it is a member of.</summary>
    public string RootPath { get; } = $"{BodySchema.Root}.{name}";

    /// <summary>Whether the body is refused without it. Default false.</summary>
    public bool Required { get; init; }

    /// <summary>What it means, for the reference.</summary>
    public string? Description { get; init; }

    /// <summary>Its place in the schema it belongs to; set by the schema.</summary>
    public int Index { get; set; } = -1;

    /// <summary>
    /// Reads the value the reader stands on and leaves the reader at its end. Null, with a fault added, when it is
    /// wrong.
    /// </summary>
    public abstract object? Read(ref Utf8JsonReader reader, BodyFaults faults, string path, bool patch);

    /// <summary>The value's form and range, for the reference.</summary>
    public abstract OpenApiSchema Describe();

    /// <summary>Adds the fault of a wrong value, quoting it, and passes over it.</summary>
    protected object? Refuse(ref Utf8JsonReader reader, BodyFaults faults, string path, string mustBe)
    {
        var was = reader.TokenType switch
        {
            JsonTokenType.StartObject => "an object",
            JsonTokenType.StartArray => "an array",
            JsonTokenType.String => $"\"{Quote.Of(reader.ValueSpan)}\"",
            _ => Quote.Of(reader.ValueSpan),
        };
        reader.Skip();
        faults.Invalid(path, Name, $"{Name} must be {mustBe}; it was {was}.");
        return null;
    }
}

/// <summary>A member whose value is a <typeparamref name="T"/> once read.</summary>
/// <param name="name">Name on the wire.</param>
internal abstract class BodyField<T>(string name) : BodyField(name);
