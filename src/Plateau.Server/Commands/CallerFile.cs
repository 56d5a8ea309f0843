using System.Text.Json;
using Plateau.Server.Storage;

namespace Plateau.Server.Commands;

/// <summary>
/// How to call a server: a profile of the user's, or <c>demo.json</c> in the data directory of a demo.
/// </summary>
/// <param name="BaseUrl">Address of the server.</param>
/// <param name="AccountId">The account.</param>
/// <param name="SecretKey">A key of it.</param>
internal sealed record CallerFile(string BaseUrl, string AccountId, string SecretKey)
{
    private const string DemoName = "demo.json";

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        WriteIndented = true,
    };

    /// <summary>Full path of a demo's file.</summary>
    public static string DemoIn(string dataDirectory) => Path.GetFullPath(Path.Combine(dataDirectory, DemoName));

    /// <summary>Reads it; null when it is missing or says nothing that can be read.</summary>
    /// <param name="path">Path of the file.</param>
    public static CallerFile? Find(string path)
    {
        try
        {
            return Read(path);
        }
        catch (Exception exception) when (
            exception is FileNotFoundException or DirectoryNotFoundException or JsonException)
        {
            return null;
        }
    }

    /// <summary>Reads it.</summary>
    /// <param name="path">Path of the file.</param>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    /// <exception cref="JsonException">It is not such a file.</exception>
    public static CallerFile Read(string path) =>
        JsonSerializer.Deserialize<CallerFile>(File.ReadAllBytes(path), Json)
            ?? throw new JsonException("The file says null.");

    /// <summary>Writes it so that nobody but its owner can ever read it, and nobody sees half of it.</summary>
    public async Task WriteAsync(string path, CancellationToken cancel)
    {
        DataFolder.Create(Path.GetDirectoryName(path)!); // a file is in a folder
        var draft = path + ".new";
        // One left behind by a killed start may have been made by anyone, readable by anyone.
        File.Delete(draft);
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            Options = FileOptions.Asynchronous | FileOptions.WriteThrough,
        };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }
        await using (var stream = new FileStream(draft, options))
        {
            await JsonSerializer.SerializeAsync(stream, this, Json, cancel);
        }
        File.Move(draft, path, overwrite: true);
    }

    /// <summary>The record as text, without the secret.</summary>
    public override string ToString() => $"{AccountId} at {BaseUrl}";
}
