using System.Text.Json;
using System.Text.Json.Serialization;

namespace Plateau.Contracts;

/// <summary>Writes scopes as <c>submit</c>, <c>read</c> and <c>manage</c>.</summary>
public sealed class KeyScopeConverter()
    : JsonStringEnumConverter<KeyScope>(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false);
