using System.Collections.Frozen;
using System.IO.Compression;
using System.Security.Cryptography;
using Microsoft.Net.Http.Headers;

namespace Plateau.Server.WebConsole;

/// <summary>
/// Styles and scripts. They are inside the executable, so that they are there from wherever and however it is started,
/// and are named with their content's hash, so that a browser keeps each for good.
/// </summary>
internal sealed class ConsoleAssets
{
    /// <summary>Path of the assets, below the console's.</summary>
    public const string Path = "/assets";

    private const string Prefix = "Console/Assets/";

    private static readonly FrozenDictionary<string, string> MediaTypes = new Dictionary<string, string>
    {
        [".css"] = "text/css; charset=utf-8",
        [".js"] = "text/javascript; charset=utf-8",
        [".svg"] = "image/svg+xml",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private readonly FrozenDictionary<string, Asset> _assets = ReadAll();

    /// <summary>Names of all assets.</summary>
    public IEnumerable<string> Names => _assets.Keys;

    /// <summary>Address of an asset, relative to the console.</summary>
    public string this[string name] => $"{Path[1..]}/{name}?v={_assets[name].Hash}";

    /// <summary>Answers an asset.</summary>
    public static IResult Answer(string name, HttpContext context, ConsoleAssets assets)
    {
        if (!assets._assets.TryGetValue(name, out var asset))
        {
            return TypedResults.NotFound();
        }
        var headers = context.Response.Headers;
        headers.CacheControl = context.Request.Query["v"] == asset.Hash
            ? "public, max-age=31536000, immutable"
            : "no-cache";
        headers.Vary = HeaderNames.AcceptEncoding;
        var isPacked = context.Request.Headers.AcceptEncoding.ToString().Contains("br", StringComparison.Ordinal);
        if (isPacked)
        {
            headers.ContentEncoding = "br";
        }
        return TypedResults.Bytes(
            isPacked ? asset.Packed.Value : asset.Content, asset.MediaType,
            entityTag: new EntityTagHeaderValue($"\"{asset.Hash}{(isPacked ? "-br" : "")}\""));
    }

    private static FrozenDictionary<string, Asset> ReadAll()
    {
        var assembly = typeof(ConsoleAssets).Assembly;
        return assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))
            .ToFrozenDictionary(name => name[Prefix.Length..], name =>
            {
                using var stream = assembly.GetManifestResourceStream(name)!; // it was just listed
                var content = new byte[stream.Length];
                stream.ReadExactly(content);
                return new Asset(content, MediaTypes[System.IO.Path.GetExtension(name)]);
            }, StringComparer.Ordinal);
    }

    private sealed class Asset(byte[] content, string mediaType)
    {
        public byte[] Content => content;

        public string MediaType => mediaType;

        public string Hash { get; } = Convert.ToHexStringLower(SHA256.HashData(content).AsSpan(0, 8));

        // Packed when it is first asked for, and kept.
        public Lazy<byte[]> Packed { get; } = new(() =>
        {
            using var packed = new MemoryStream();
            using (var brotli = new BrotliStream(packed, CompressionLevel.Optimal))
            {
                brotli.Write(content);
            }
            return packed.ToArray();
        });
    }
}
