using System.Text.Json;
using System.Text.Json.Serialization;

namespace Plateau.Contracts;

/// <summary>Writes and reads typed identifiers as their text.</summary>
/// <typeparam name="TId">The typed identifier.</typeparam>
public sealed class ObjectIdConverter<TId> : JsonConverter<TId> where TId : struct, IObjectId<TId>
{
    /// <inheritdoc/>
    public override TId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        ObjectIdText.TryParse(reader.GetString(), out TId id)
            ? id
            : throw new JsonException($"An id of this kind is {TId.Prefix} and 24 lower-case hex digits.");

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, TId value, JsonSerializerOptions options)
    {
        Span<char> text = stackalloc char[8 + ObjectId.TextLength];
        TId.Prefix.CopyTo(text);
        var length = TId.Prefix.Length;
        value.Value.Format(text[length..]);
        writer.WriteStringValue(text[..(length + ObjectId.TextLength)]);
    }
}
