using System.Text.Json;
using System.Text.Json.Serialization;

namespace Plateau.Contracts;

/// <summary>Writes and reads instants in the wire's form; see <see cref="Instant"/>.</summary>
public sealed class InstantConverter : JsonConverter<DateTimeOffset>
{
    /// <inheritdoc/>
    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        Instant.TryParse(reader.GetString(), out var instant)
            ? instant
            : throw new JsonException("An instant is an RFC 3339 date and time with Z or an offset.");

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
        writer.WriteStringValue(Instant.Format(value));
}
