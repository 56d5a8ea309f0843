using Plateau.Server.Commands;

namespace Plateau.Server.Export;

/// <summary>
/// Where an export goes: standard output, or a file that appears under its name once it is whole. Until then it has the
/// ending <c>.part</c>, and it is deleted where it does not become whole. A pipe or a device is written as it comes.
/// </summary>
internal sealed class ExportFile : IAsyncDisposable
{
    private const int BufferSize = 64 * 1024;

    private readonly string _path;
    private readonly string? _draft;
    private bool _isWhole;

    private ExportFile(Stream stream, string path, string? draft) => (Stream, _path, _draft) = (stream, path, draft);

    /// <summary>What is written to.</summary>
    public Stream Stream { get; }

    /// <summary>Opens it. A pipe is waited for until someone reads it.</summary>
    /// <param name="path">Path of the file; null is standard output.</param>
    /// <exception cref="CommandFailure">It cannot be written.</exception>
    public static ExportFile Open(string? path)
    {
        if (path is null)
        {
            return new(Console.OpenStandardOutput(), "", draft: null);
        }
        var full = Path.GetFullPath(path);
        return CommandFailure.Writing(full, () =>
        {
            if (OpenUnlessRegular(full) is { } special)
            {
                return new ExportFile(special, full, draft: null);
            }
            var draft = full + ".part";
            return new(
                new FileStream(draft, FileMode.Create, FileAccess.Write, FileShare.Read, BufferSize), full, draft);
        });
    }

    /// <summary>Ends it: what was written is on the disk, and the file has its name.</summary>
    public async Task CompleteAsync(CancellationToken cancel)
    {
        await Stream.FlushAsync(cancel);
        if (_draft is null || Stream is not FileStream file)
        {
            return;
        }
        file.Flush(flushToDisk: true);
        await file.DisposeAsync();
        File.Move(_draft, _path, overwrite: true);
        _isWhole = true;
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            await Stream.DisposeAsync();
        }
        finally
        {
            // A draft of the same name may be that of another export, begun since this one was whole.
            if (_draft is not null && !_isWhole)
            {
                File.Delete(_draft);
            }
        }
    }

    // A rename would put a file in the place of a pipe or a device.
    private static FileStream? OpenUnlessRegular(string path)
    {
        if (!File.Exists(path))
        {
            return null;
        }
        FileStream stream;
        try
        {
            stream = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, BufferSize);
        }
        catch (UnauthorizedAccessException)
        {
            return null; // a file that must not be changed may still be replaced
        }
        if (!IsRegular(stream))
        {
            return stream;
        }
        stream.Dispose();
        return null;
    }

    // No attribute tells: but pipes have no place to seek, and devices no length, nor can one be set.
    private static bool IsRegular(FileStream stream)
    {
        try
        {
            if (stream is { CanSeek: true, Length: 0 })
            {
                stream.SetLength(0);
            }
            return stream.CanSeek;
        }
        catch (IOException)
        {
            return false;
        }
    }
}
