using System.Globalization;

namespace Plateau.EndToEnd.Tests.Faults;

/// <summary>
/// The clock of one server process, which can be made to jump while it runs: libfaketime stands between the process and
/// the system's clock. What measures durations goes on as before.
/// </summary>
internal sealed class FalseClock(string folder, string name)
{
    private static readonly string? Library = FindLibrary();

    private readonly string _file = Path.Combine(folder, $"clock-{name}");

    /// <summary>Whether this machine can do it; Debian's package faketime has the library.</summary>
    public static bool IsPossible => Library is not null;

    /// <summary>What a process needs in its environment.</summary>
    public Dictionary<string, string> Environment => Library is { } library
        ? new()
        {
            ["LD_PRELOAD"] = library,
            ["FAKETIME_TIMESTAMP_FILE"] = _file,
            ["FAKETIME_CACHE_DURATION"] = "1",
            ["FAKETIME_DONT_FAKE_MONOTONIC"] = "1",
            // A process that is killed would leave its shared memory behind.
            ["FAKETIME_DISABLE_SHM"] = "1",
        }
        : [];

    /// <summary>Sets how far it is ahead; the process sees it within a second.</summary>
    public void Set(TimeSpan ahead)
    {
        // Moved into place, so that nobody reads half of it.
        File.WriteAllText(
            _file + ".new", ahead.TotalSeconds.ToString("+0.###;-0.###;+0", CultureInfo.InvariantCulture));
        File.Move(_file + ".new", _file, overwrite: true);
    }

    // The folder between is named after the machine's architecture.
    private static string? FindLibrary() => Directory.Exists("/usr/lib")
        ? Directory.GetDirectories("/usr/lib", "*-linux-gnu*")
            .Select(folder => Path.Combine(folder, "faketime", "libfaketimeMT.so.1")).FirstOrDefault(File.Exists)
        : null;
}
