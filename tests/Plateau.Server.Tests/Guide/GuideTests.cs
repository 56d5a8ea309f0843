using System.Runtime.CompilerServices;
using Plateau.Server.Commands;

namespace Plateau.Server.Tests.Guide;

/// <summary>
/// What the guide tells its reader to type is typed here, against a real server, and prints what the guide says. A page
/// that has a <c>```sh</c> block is run as a whole, in a folder of its own, where <c>plateau</c> is the executable and
/// the environment tells server, account and key.
/// </summary>
public sealed class GuideTests
{
    private static readonly string Folder = FolderOfGuide();

    // A page may have fifty commands, and each is a process that starts.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    public static TheoryData<string> Pages => [.. Directory.EnumerateFiles(Folder, "*.md")
        .Where(page => GuidePage.Parse(File.ReadAllText(page)).IsRunnable)
        .Select(page => Path.GetFileName(page)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task What_a_page_tells_to_type_works_and_prints_what_the_page_says(string page)
    {
        var text = await File.ReadAllTextAsync(
            Path.Combine(Folder, page), TestContext.Current.CancellationToken);
        await RunAsync(text);
    }

    [Theory]
    [InlineData("```sh\nplateau devices show dev_000000000000000000000001\n```\n", "ended with 1")]
    [InlineData("```sh\nplateau account # exits with 2\n```\n", "That exits with 0.")]
    [InlineData("```sh\necho a\n```\n\n```text\nb\n```\n", "what was printed is\na")]
    [InlineData("```sh\necho a\necho b\n```\n```text\na\n```\n", "what was printed is\na\nb")]
    public async Task A_page_that_is_wrong_is_found_out(string page, string reason)
    {
        var fault = await Assert.ThrowsAnyAsync<Xunit.Sdk.XunitException>(() => RunAsync(page));
        Assert.Contains(reason, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public Task A_page_that_is_right_passes_whatever_the_ids_and_however_a_table_is_drawn() => RunAsync("""
        Some words.

        ```sh
        printf 'id\ttime\nloc_65f0c2a4b1d2e3f405060708\t2026-02-01T10:30:00.25Z\n'
        plateau devices show \
            dev_000000000000000000000001 # exits with 1
        ```

        ```text
          id                             time
         ──────────────────────────────────────────────
          loc_000000000000000000000000   2020-01-01T00:00:00Z
        There is no device …. [device_not_found] [request 0HNA1B2C3D4E5:00000001]
        ```

        ```sh
        for one in 1 2 3; do echo $one; done
        ```
        ```text
        1
        …
        ```

        """);

    private static async Task RunAsync(string markdown)
    {
        var page = GuidePage.Parse(markdown);
        await using var server = await TestServer.StartAsync(Store.Embedded);
        var (_, secret) = await server.CreateKeyAsync();
        var folder = Directory.CreateTempSubdirectory("plateau-guide-").FullName;
        try
        {
            var environment = new Dictionary<string, string>
            {
                ["HOME"] = folder,
                ["XDG_CONFIG_HOME"] = Path.Combine(folder, ".config"),
                [CallerOptions.UrlVariable] = server.BaseAddress.ToString().TrimEnd('/'),
                [CallerOptions.AccountVariable] = server.AccountId.ToString(),
                [CallerOptions.KeyVariable] = secret,
            };
            var script = Path.Combine(folder, ".page.sh");
            await File.WriteAllTextAsync(script, page.ToScript(), TestContext.Current.CancellationToken);
            // The executable, with the arguments that come before it, becomes the command plateau of the script.
            using var process = Executable.Start([], environment, "bash", "-c", $$"""
                set -eu
                mkdir '{{folder}}/.bin' '{{folder}}/work'
                printf '#!/bin/sh\nexec "%s" "%s" "$@"\n' "$1" "$2" > '{{folder}}/.bin/plateau'
                chmod +x '{{folder}}/.bin/plateau'
                export PATH="{{folder}}/.bin:$PATH"
                cd '{{folder}}/work'
                exec bash '{{script}}'
                """, "bash");
            var ended = await Executable.EndAsync(process, Patience);
            Assert.True(ended.ExitCode == 0, $"It ended with {ended.ExitCode}: {ended.Output}{ended.Error}");
            page.ShouldHavePrinted(ended.Output);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string FolderOfGuide([CallerFilePath] string path = "") =>
        Path.GetFullPath(Path.Combine(path, "..", "..", "..", "..", "docs", "guide"));
}
