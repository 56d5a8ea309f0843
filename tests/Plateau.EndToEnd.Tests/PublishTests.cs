using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;

namespace Plateau.EndToEnd.Tests;

/// <summary>What <c>./publish</c> makes, unpacked and used where there is no .NET.</summary>
[Collection("Builds")]
public sealed class PublishTests : IDisposable
{
    private const string Version = "9.8.7";

    private readonly string _folder = Directory.CreateTempSubdirectory("plateau-publish-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task An_archive_has_a_server_and_a_command_line_that_want_no_dotnet()
    {
        var name = $"plateau-{Version}-{Building.Rid}";
        await Building.RunAsync(Path.Combine(Building.Root, "publish"), Version, Building.Rid, "--output", _folder);
        await Building.RunAsync("sh", "-c", $"cd '{_folder}' && sha256sum --check --strict SHA256SUMS");
        await Building.RunAsync("tar", "-xzf", Path.Combine(_folder, name + ".tar.gz"), "-C", _folder);
        var plateau = Path.Combine(_folder, name);
        Assert.Equal(
            [
                "LICENSE", "THIRD-PARTY-NOTICES.txt", "appsettings.json", "libe_sqlite3.so", "plateau",
                "plateau.service",
            ],
            Directory.EnumerateFiles(plateau).Select(Path.GetFileName)
                .Where(file => file?.EndsWith(".endpoints.json", StringComparison.Ordinal) is false)
                .Order(StringComparer.Ordinal));

        var notices = await File.ReadAllTextAsync(
            Path.Combine(plateau, "THIRD-PARTY-NOTICES.txt"), TestContext.Current.CancellationToken);
        Assert.All(
            (string[])
            ["Microsoft.NETCore.App.Runtime.", "Npgsql ", "Permission is hereby granted", "Redistributions in binary"],
            text => Assert.Contains(text, notices, StringComparison.Ordinal));

        Assert.Contains("plateau [command] [options]", await RunAsync("--help"), StringComparison.Ordinal);
        Assert.Equal(Version, await RunAsync("--version"));
        await RunAsync("migrate", "--data-dir", "data");
        var account = await RunAsync("accounts", "create", "Home", "--data-dir", "data");
        var key = await RunAsync("keys", "create", account, "--data-dir", "data");
        using var server = Process.Start(Start(
            "serve", "--json", "--urls", "http://127.0.0.1:0", "--data-dir", "data"))!;
        try
        {
            await UseAsync(server, account, key);
            using var kill = Process.Start(
                "kill", ["-TERM", server.Id.ToString(CultureInfo.InvariantCulture)]);
            await server.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.Equal(0, server.ExitCode);
        }
        finally
        {
            if (!server.HasExited)
            {
                server.Kill();
                await server.WaitForExitAsync(CancellationToken.None);
            }
        }

        ProcessStartInfo Start(params string[] arguments) =>
            Building.WithoutDotnet(Path.Combine(plateau, "plateau"), _folder, arguments);

        Task<string> RunAsync(params string[] arguments) => Building.EndAsync(Start(arguments));

        async Task UseAsync(Process server, string account, string key)
        {
            var errors = server.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            if (await server.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is not { } line)
            {
                throw new InvalidOperationException($"The server did not start: {await errors}");
            }
            var address = JsonNode.Parse(line)!["urls"]![0]!.GetValue<string>();
            using var http = new HttpClient { BaseAddress = new Uri(address) };
            foreach (var path in (string[])["/health/ready", "/docs", "/openapi.json"])
            {
                using var answer = await http.GetAsync(path, TestContext.Current.CancellationToken);
                Assert.Equal((path, HttpStatusCode.OK), (path, answer.StatusCode));
                Assert.NotEmpty(await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
            }
            string[] caller = ["--url", address, "--account", account, "--key", key];
            var place = await RunAsync(
                ["locations", "create", "--timezone", "Europe/London", "--city", "London", "--country", "GB", "-q",
                .. caller]);
            var device = await RunAsync(["devices", "create", "--location", place, "-q", .. caller]);
            await RunAsync(
                ["states", "submit", device, "--location", place, "--charge", "34.2", "--target", "80", .. caller]);
            var listed = JsonNode.Parse(await RunAsync(["devices", "list", "--json", .. caller]))!;
            var latest = JsonNode.Parse(await RunAsync(["states", "latest", device, "--json", .. caller]))!;

            Assert.Equal(device, listed["id"]!.GetValue<string>());
            Assert.Equal("Europe/London", listed["timezone"]!.GetValue<string>());
            Assert.Equal(34.2, latest["state_of_charge_percent"]!.GetValue<double>());
        }
    }

    [Theory]
    [InlineData("--nonsense")]
    [InlineData("linux-mips")]
    public async Task Arguments_that_make_no_sense_are_refused(string argument)
    {
        using var publish = Process.Start(new ProcessStartInfo(Path.Combine(Building.Root, "publish"), [argument])
        {
            RedirectStandardError = true,
        })!;
        Assert.Contains(
            argument, await publish.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken),
            StringComparison.Ordinal);
        await publish.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(2, publish.ExitCode);
    }
}
