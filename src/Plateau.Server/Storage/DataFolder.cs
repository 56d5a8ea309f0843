namespace Plateau.Server.Storage;

/// <summary>The folder of the embedded store and of the demo's file: people's readings and a key.</summary>
internal static class DataFolder
{
    /// <summary>Makes the folder where it is missing, for its owner alone.</summary>
    public static void Create(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
        }
        else
        {
            Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    /// <summary>
    /// Makes a file where it is missing, for its owner alone; what SQLite puts beside it follows its mode.
    /// </summary>
    public static void CreateFile(string path)
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.OpenOrCreate,
            Access = FileAccess.Write,
            Share = FileShare.ReadWrite,
        };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }
        using var file = new FileStream(path, options);
    }
}
