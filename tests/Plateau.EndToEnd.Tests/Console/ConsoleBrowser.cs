using Microsoft.Playwright;

namespace Plateau.EndToEnd.Tests.WebConsole;

/// <summary>A server on an embedded store of its own, and a browser, for the tests of a class.</summary>
public sealed class ConsoleBrowser : IAsyncLifetime
{
    private TestStore _testStore = null!; // these are set before any test runs
    private IPlaywright _playwright = null!;
    private IBrowser _browser = null!;

    internal SeededStore Store { get; private set; } = null!;

    internal ServerProcess Server { get; private set; } = null!;

    /// <summary>A caller of the API, of the account whose pages are looked at.</summary>
    internal ApiClient Api { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        _testStore = await TestStore.CreateAsync(Plateau.Server.Tests.Store.Embedded);
        Store = await SeededStore.CreateAsync(_testStore.Settings, _testStore.Arguments);
        Server = await ServerProcess.StartAsync(
            Store.Arguments, new Dictionary<string, string> { ["PLATEAU__ACCESS__KEYCACHESECONDS"] = "0" });
        Api = await Store.SignInAsync(Server);
        // Long enough for what is refreshed by time alone.
        Assertions.SetDefaultExpectTimeout(60_000);
        _playwright = await Playwright.CreateAsync();
        _browser = await Chromium.LaunchAsync(_playwright);
    }

    /// <summary>A visitor with a browser window of its own.</summary>
    /// <param name="server">The server that is visited; null for the one of the class.</param>
    /// <param name="width">Width of the window, pixels.</param>
    /// <param name="colors">What the visitor's system prefers.</param>
    /// <param name="locale">Language and region of the visitor's browser.</param>
    internal async Task<ConsoleVisit> VisitAsync(
        ServerProcess? server = null, int width = 1360, ColorScheme colors = ColorScheme.Light, string locale = "en-GB")
    {
        var context = await _browser.NewContextAsync(new()
        {
            ViewportSize = new() { Width = width, Height = width < 500 ? 844 : 900 },
            ColorScheme = colors,
            Locale = locale,
            TimezoneId = "Europe/Berlin",
        });
        context.SetDefaultTimeout(60_000);
        return new ConsoleVisit((server ?? Server).BaseAddress, Store, context, await context.NewPageAsync());
    }

    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
        Server.Dispose();
        await _testStore.DisposeAsync();
    }
}
