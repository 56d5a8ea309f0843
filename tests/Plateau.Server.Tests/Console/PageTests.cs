using System.Net;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Plateau.Contracts;
using Plateau.Server.WebConsole;

namespace Plateau.Server.Tests.WebConsole;

/// <summary>The console's pages, styles and scripts as they are sent.</summary>
public sealed partial class PageTests
{
    [Fact]
    public async Task Styles_and_scripts_are_there_are_kept_and_are_packed_when_asked_so()
    {
        await using var server = await TestServer.StartAsync(Store.Embedded);
        var assets = server.Services.GetRequiredService<ConsoleAssets>();
        string[] known = ["MudBlazor.min.css", "MudBlazor.min.js", "blazor.web.js", "console.css", "console.js"];
        Assert.Subset(assets.Names.ToHashSet(), known.ToHashSet());
        using var http = new HttpClient(new SocketsHttpHandler { AutomaticDecompression = DecompressionMethods.Brotli })
        {
            BaseAddress = new Uri(server.BaseAddress, "/console/"),
        };
        foreach (var name in assets.Names)
        {
            using var answer = await http.GetAsync(assets[name], TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.Equal("public, max-age=31536000, immutable", answer.Headers.CacheControl?.ToString());
            var content = await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
            Assert.True(content.Length > 100, $"{name} has {content.Length} bytes.");
        }
    }

    [Fact]
    public async Task Pages_tell_the_browser_to_be_careful_and_have_no_script_of_their_own()
    {
        await using var server = await TestServer.StartAsync(Store.Embedded);
        var (_, secret) = await server.CreateKeyAsync(KeyScope.Read);
        using var visitor = new ConsoleVisitor(server.BaseAddress);
        await visitor.SignInAsync(server.AccountId.ToString(), secret);
        foreach (var path in (string[])["/console", "/console/sign-in", "/console/no-such-page"])
        {
            var page = await visitor.GetAsync(path);
            var policy = page.Header("Content-Security-Policy")!;
            Assert.Contains("default-src 'none'; script-src 'self';", policy, StringComparison.Ordinal);
            Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
            Assert.Equal("DENY", page.Header("X-Frame-Options"));
            Assert.Equal("nosniff", page.Header("X-Content-Type-Options"));
            Assert.Equal("same-origin", page.Header("Referrer-Policy"));
            Assert.Contains("no-store", page.Header("Cache-Control"), StringComparison.Ordinal);
            Assert.DoesNotMatch(InlineScript(), page.Text);
        }
    }

    [Theory]
    [InlineData("text/html,application/xhtml+xml", HttpStatusCode.Found)]
    [InlineData("*/*", HttpStatusCode.NotFound)]
    public async Task A_browser_at_the_door_is_led_to_the_console_and_nobody_else(string accept, HttpStatusCode status)
    {
        await using var server = await TestServer.StartAsync(Store.Embedded);
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false });
        using var request = new HttpRequestMessage(HttpMethod.Get, server.BaseAddress);
        request.Headers.TryAddWithoutValidation("Accept", accept);
        using var answer = await http.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(status, answer.StatusCode);
        Assert.Equal(status == HttpStatusCode.Found ? "/console" : null, answer.Headers.Location?.ToString());
    }

    [Fact]
    public async Task A_page_that_is_not_there_says_so_and_the_api_answers_as_ever()
    {
        await using var server = await TestServer.StartAsync(Store.Embedded);
        using var visitor = new ConsoleVisitor(server.BaseAddress);
        var page = await visitor.GetAsync("/console/no-such-page");
        Assert.Equal(HttpStatusCode.NotFound, page.Status);
        Assert.Contains("There is no such page", page.Text, StringComparison.Ordinal);
        foreach (var path in (string[])["/", "/consoles", "/no-such-route"])
        {
            (await server.Api.GetAsync(path)).ShouldFail(HttpStatusCode.NotFound, ErrorCodes.RouteNotFound);
        }
    }

    [Fact]
    public async Task A_page_too_many_leads_to_the_very_address_that_was_asked_for()
    {
        await using var server = await TestServer.StartAsync(Store.Embedded);
        var (_, secret) = await server.CreateKeyAsync(KeyScope.Read);
        using var visitor = new ConsoleVisitor(server.BaseAddress);
        var account = server.AccountId.ToString();
        await visitor.SignInAsync(account, secret);
        var pages = server.Services.GetRequiredService<OpenPages>();
        while (pages.TryTake(account))
        {
            // Until none is left.
        }
        pages.Refuse(account);

        var refused = await visitor.GetAsync("/console/devices/a%23b?range=24h&x=%26");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.Status);
        Assert.Contains(
            "href=\"/console/devices/a%23b?range=24h&amp;x=%26\"", refused.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_setting_takes_the_console_away()
    {
        await using var server = await TestServer.StartAsync(
            Store.Embedded, settings: new Dictionary<string, string?> { ["Plateau:Console:Enabled"] = "false" });
        foreach (var path in (string[])["/console", "/console/sign-in", "/console/assets/console.css"])
        {
            (await server.Api.GetAsync(path)).ShouldFail(HttpStatusCode.NotFound, ErrorCodes.RouteNotFound);
        }
    }

    [Fact]
    public void Every_variable_that_the_component_library_takes_is_given_by_the_theme()
    {
        // Those that the library sets itself, where it uses them.
        string[] itsOwn = ["--mud-drawer-width", "--mud-theme-default-hover", "--mud-theme-on-surface"];
        var (library, theme) = (Read("MudBlazor.min.css"), Read("theme.css"));
        var taken = Taken().Matches(library).Select(match => match.Groups[1].Value).ToHashSet();
        var given = Given().Matches(library + theme).Select(match => match.Groups[1].Value).ToHashSet();
        Assert.True(taken.Count > 100);
        Assert.Equal([], taken.Except(given).Except(itsOwn).Where(name => HasNoFallback(library, name)));
    }

    private static bool HasNoFallback(string css, string name) =>
        css.Contains($"var({name})", StringComparison.Ordinal);

    private static string Read(string name)
    {
        using var stream = typeof(ConsoleAssets).Assembly.GetManifestResourceStream($"Console/Assets/{name}")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    [GeneratedRegex("<script(?![^>]*\\ssrc=)")]
    private static partial Regex InlineScript();

    [GeneratedRegex("var\\((--mud-[a-z0-9-]+)")]
    private static partial Regex Taken();

    [GeneratedRegex("(--mud-[a-z0-9-]+):")]
    private static partial Regex Given();
}
