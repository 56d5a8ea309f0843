using Plateau.Server.Commands;

namespace Plateau.Server.Export;

/// <summary>
/// Where an export goes: standard output, or a file that appears under its name once it is whole. Until then it has the
/// ending <c>.part</c>, and it is deleted where it does not become whole.
/// </summary>
internal sealed class ExportFile : IAsyncDisposable
{
    private readonly string? _path;
    private readonly string _draft = "";

    private ExportFile(string? path)
    {
        _path = path is null ? null : Path.GetFullPath(path);
        if (_path is null)
        {
            Stream = Console.OpenStandardOutput();
        }
        else
        {
            _draft = _path + ".part";
            Stream = CommandFailure.Writing(_path, () => new FileStream(
                _draft, FileMode.Create, FileAccess.Write, FileShare.Read, 64 * 1024));
        }
    }

    /// <summary>What is written to.</summary>
    public Stream Stream { get; }

    /// <summary>Opens it.</summary>
    /// <param name="path">Path of the file; null is standard output.</param>
    /// <exception cref="CommandFailure">It cannot be written.</exception>
    public static ExportFile Open(string? path) => new(path);

    /// <summary>Ends it: what was written is on the disk under the file's name.</summary>
    public async Task CompleteAsync(CancellationToken cancel)
    {
        await Stream.FlushAsync(cancel);
        if (_path is null || Stream is not FileStream file)
        {
            return;
        }
        file.Flush(flushToDisk: true);
        await file.DisposeAsync();
        File.Move(_draft, _path, overwrite: true);
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            await Stream.DisposeAsync();
        }
        finally
        {
            if (_path is not null)
            {
                File.Delete(_draft); // there is none any more once it is complete
            }
        }
    }
}
