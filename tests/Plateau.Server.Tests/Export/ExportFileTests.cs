using System.Diagnostics;
using Plateau.Server.Export;

namespace Plateau.Server.Tests.Export;

/// <summary>Where an export goes.</summary>
public sealed class ExportFileTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_draft_of_a_later_export_to_the_same_file_is_left_alone()
    {
        var folder = Directory.CreateTempSubdirectory("plateau-export-");
        var path = Path.Combine(folder.FullName, "states.csv");
        await using (var first = ExportFile.Open(path))
        {
            await first.Stream.WriteAsync("first"u8.ToArray(), Cancel);
            await first.CompleteAsync(Cancel);
            await using var second = ExportFile.Open(path);
            await second.Stream.WriteAsync("second"u8.ToArray(), Cancel);
            await first.DisposeAsync();
            await second.CompleteAsync(Cancel);
        }

        Assert.Equal("second", await File.ReadAllTextAsync(path, Cancel));
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task A_pipe_and_a_device_are_written_as_they_are_and_stay_what_they_are()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Windows has no such files.");
        }
        await using var server = await TestServer.StartAsync(Store.Embedded);
        using var user = await CommandUser.OfAsync(server);
        var (device, location) = (await server.Api.CreateDeviceAsync(), await server.Api.CreateLocationAsync());
        await server.Api.PutAsync($"/devices/{device}/state", Some.State(location, "A1"));
        var (pipe, link) = (Path.Combine(user.Folder, "pipe"), Path.Combine(user.Folder, "null"));
        using (var made = Process.Start("mkfifo", [pipe]))
        {
            await made.WaitForExitAsync(Cancel);
        }
        File.CreateSymbolicLink(link, "/dev/null");

        using (var reader = Read(pipe))
        {
            Assert.Equal(0, (await user.RunAsync("states", "export", "--output", pipe)).ExitCode);
            Assert.Contains(",A1,", (await Executable.EndAsync(reader)).Text, StringComparison.Ordinal);
        }
        using (Read(pipe))
        {
            (await user.RunAsync("states", "export", "--output", pipe, "--format", "parquet"))
                .FailedWith(2, "Parquet is not for a pipe");
        }
        foreach (var format in new[] { "csv", "parquet" })
        {
            var dropped = await user.RunAsync("states", "export", "--output", link, "--format", format);
            Assert.True(dropped.ExitCode == 0, dropped.Error);
        }
        Assert.Equal("/dev/null", new FileInfo(link).LinkTarget);
        Assert.Equal([link, pipe], Directory.GetFiles(user.Folder).Order(StringComparer.Ordinal));
    }

    private static Process Read(string pipe)
    {
        var start = new ProcessStartInfo("timeout", ["60", "cat", pipe])
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        };
        return Process.Start(start) ?? throw new InvalidOperationException("cat did not start.");
    }
}
