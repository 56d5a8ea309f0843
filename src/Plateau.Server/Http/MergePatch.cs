using System.Text.Json;
using System.Text.Json.Nodes;

namespace Plateau.Server.Http;

/// <summary>JSON merge patch, RFC 7396.</summary>
internal static class MergePatch
{
    /// <summary>
    /// Checks a patch, applies it to the body that would create the object as it stands, and reads the result as such
    /// a body: so that a patched object obeys every rule a created one does.
    /// </summary>
    /// <param name="schema">The creation body.</param>
    /// <param name="current">The body that would create the object as it stands, JSON.</param>
    /// <param name="patch">The patch, as it was sent.</param>
    public static BodyResult<T> Apply<T>(BodySchema<T> schema, ReadOnlySpan<byte> current, byte[] patch)
        where T : class
    {
        if (RequestBody.Parse(schema, patch, patch: true).Error is { } error)
        {
            return new(null, error);
        }
        var target = JsonNode.Parse(current)!.AsObject();
        Merge(target, JsonNode.Parse(patch)!.AsObject());
        return RequestBody.Parse(
            schema, JsonSerializer.SerializeToUtf8Bytes(target, NodeJsonContext.Default.JsonObject));
    }

    private static void Merge(JsonObject target, JsonObject patch)
    {
        foreach (var (name, value) in patch)
        {
            switch (value)
            {
                case null:
                    target.Remove(name);
                    break;
                case JsonObject inner when target[name] is JsonObject existing:
                    Merge(existing, inner);
                    break;
                case JsonObject inner:
                    var created = new JsonObject();
                    Merge(created, inner);
                    target[name] = created;
                    break;
                default:
                    target[name] = value.DeepClone();
                    break;
            }
        }
    }
}

[System.Text.Json.Serialization.JsonSerializable(typeof(JsonObject))]
internal sealed partial class NodeJsonContext : System.Text.Json.Serialization.JsonSerializerContext;
