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
}
