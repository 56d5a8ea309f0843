using Microsoft.Playwright;

namespace Plateau.EndToEnd.Tests;

/// <summary>The system's browser.</summary>
internal static class Chromium
{
    private const string Executable = "/usr/bin/chromium";

    private static readonly string[] Quiet =
    [
        "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--disable-background-networking",
        "--disable-component-update", "--no-first-run",
    ];

    public static Task<IBrowser> LaunchAsync(IPlaywright playwright)
    {
        Assert.True(File.Exists(Executable), $"{Executable} is missing; ./test installs Debian's chromium.");
        return playwright.Chromium.LaunchAsync(
            new() { ExecutablePath = Executable, ChromiumSandbox = false, Args = Quiet });
    }
}
