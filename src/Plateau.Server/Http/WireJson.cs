using System.Text.Encodings.Web;
using System.Text.Json;
using Plateau.Contracts;

namespace Plateau.Server.Http;

/// <summary>
/// How answers are written: quotes, umlauts and angle brackets as themselves, so that messages and names can be read in
/// a terminal. That is safe because answers are JSON by their type, never part of a page.
/// </summary>
internal static class WireJson
{
    /// <summary>The escaping.</summary>
    public static readonly JavaScriptEncoder Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;

    /// <summary>For writers.</summary>
    public static readonly JsonWriterOptions Writer = new() { Encoder = Encoder };

    /// <summary>The wire types.</summary>
    public static readonly ContractsJsonContext Context = new(
        new JsonSerializerOptions(ContractsJsonContext.Default.Options) { Encoder = Encoder });
}
