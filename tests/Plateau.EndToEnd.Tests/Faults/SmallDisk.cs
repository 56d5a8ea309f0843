using System.Diagnostics;

namespace Plateau.EndToEnd.Tests.Faults;

/// <summary>A small disk in memory, which can be filled to the last byte. Only root may make one.</summary>
internal sealed class SmallDisk : IDisposable
{
    private const string Size = "size=640m";
    private const int BlockBytes = 1024 * 1024;

    private readonly string _ballast;

    private SmallDisk(string folder)
    {
        Folder = folder;
        _ballast = Path.Combine(folder, "ballast");
    }

    /// <summary>Where it is mounted.</summary>
    public string Folder { get; }

    /// <summary>Mounts one on an empty folder; null when this process may not.</summary>
    public static SmallDisk? TryMount(string folder) =>
        Environment.IsPrivilegedProcess && Run("mount", "-t", "tmpfs", "-o", Size, "tmpfs", folder)
            ? new(folder)
            : null;

    /// <summary>Takes whatever space is left.</summary>
    public void Fill()
    {
        var block = new byte[BlockBytes];
        using var ballast = File.OpenHandle(_ballast, FileMode.Create, FileAccess.Write);
        long written = 0;
        for (var size = block.Length; size > 0; size /= 2)
        {
            try
            {
                while (true)
                {
                    RandomAccess.Write(ballast, block.AsSpan(0, size), written);
                    written += size;
                }
            }
            catch (IOException)
            {
                // So much does not fit any more; less may.
            }
        }
    }

    /// <summary>Gives the space back.</summary>
    public void Free() => File.Delete(_ballast);

    public void Dispose() => Assert.True(Run("umount", Folder), $"{Folder} could not be unmounted.");

    private static bool Run(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program) { RedirectStandardError = true }.With(arguments);
        using var process = Process.Start(start)
            ?? throw new InvalidOperationException($"{program} did not start.");
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
