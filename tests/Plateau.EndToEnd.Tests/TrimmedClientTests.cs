namespace Plateau.EndToEnd.Tests;

/// <summary>A program of a user that is published without what it does not need, warnings being errors.</summary>
[Collection("Builds")]
public sealed class TrimmedClientTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("plateau-trimmed-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_trimmed_program_registers_a_device_submits_a_state_and_reads_it_back()
    {
        await Building.RunAsync(
            "dotnet", "publish", Path.Combine(Building.Root, "tests", "Trimmed"), "-c", "Release", "-r", Building.Rid,
            "-o", Path.Combine(_folder, "program"), "--artifacts-path", Path.Combine(_folder, "build"), "-v", "quiet",
            "-nologo", "-nodeReuse:false", "-p:UseSharedCompilation=false");
        await using var store = await TestStore.CreateAsync(Store.Embedded);
        var seeded = await SeededStore.CreateAsync(store.Settings, store.Arguments);
        using var server = await ServerProcess.StartAsync(seeded.Arguments);

        var printed = await Building.EndAsync(Building.WithoutDotnet(
            Path.Combine(_folder, "program", "Trimmed"), _folder, server.BaseAddress.ToString(), $"{seeded.AccountId}",
            seeded.Secret));

        Assert.Equal("2026-02-01T10:30:00Z 34.2 -3.4", printed);
        Assert.False(File.Exists(Path.Combine(_folder, "program", "System.Xml.Linq.dll")), "It is not trimmed.");
    }
}
