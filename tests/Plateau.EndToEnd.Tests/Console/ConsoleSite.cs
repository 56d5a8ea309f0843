using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Microsoft.Playwright;

namespace Plateau.EndToEnd.Tests.WebConsole;

/// <summary>A server with an account, and a browser that visits its console; one for the tests of a class.</summary>
public sealed class ConsoleSite : IAsyncLifetime
{
    private const string Chromium = "/usr/bin/chromium";

    private static readonly string[] Quiet =
    [
        "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--disable-background-networking",
        "--disable-component-update", "--no-first-run",
    ];

    private TestStore _files = null!;
    private SeededStore _store = null!;
    private ServerProcess _server = null!;
    private IPlaywright _playwright = null!;
    private IBrowser _browser = null!;

    /// <summary>The API, with a key that may do everything.</summary>
    internal ApiClient Api { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Assert.True(File.Exists(Chromium), $"{Chromium} is missing; ./test installs Debian's chromium.");
        _files = await TestStore.CreateAsync(Store.Embedded);
        _store = await SeededStore.CreateAsync(_files.Settings, _files.Arguments);
        _server = await ServerProcess.StartAsync(_store.Arguments);
        Api = await _store.SignInAsync(_server);
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(
            new() { ExecutablePath = Chromium, ChromiumSandbox = false, Args = Quiet });
    }

    /// <summary>Opens the console in a window of its own and signs in.</summary>
    /// <param name="secret">Whose key; null for the one that may do everything.</param>
    /// <param name="width">Width of the window, pixels.</param>
    /// <param name="isDark">Whether the system is dark.</param>
    internal async Task<Visit> VisitAsync(string? secret = null, int width = 1280, bool isDark = false)
    {
        var window = await _browser.NewContextAsync(new()
        {
            ViewportSize = new() { Width = width, Height = 900 }, Locale = "en-GB", TimezoneId = "America/New_York",
            ColorScheme = isDark ? ColorScheme.Dark : ColorScheme.Light,
        });
        var visit = new Visit(window, await window.NewPageAsync(), new Uri(_server.BaseAddress, "/console/"));
        await visit.SignInAsync(_store.AccountId.ToString(), secret ?? _store.Secret);
        return visit;
    }

    /// <summary>Makes a key and returns its secret.</summary>
    internal async Task<string> CreateKeyAsync(string scope) =>
        (await Api.PostAsync("/account/keys", new JsonObject { ["scope"] = scope, ["name"] = scope }.ToJsonString()))
            .Body["secret_key"]!.GetValue<string>();

    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
        _server.Dispose();
        await _files.DisposeAsync();
    }
}

/// <summary>One visitor of the console. What goes wrong in the browser fails the test at its end.</summary>
internal sealed class Visit : IAsyncDisposable
{
    private const string PicturesVariable = "PLATEAU_SCREENSHOTS";

    // The keep-alive of the page's connection.
    private const int PingBytes = 3;

    private readonly ConcurrentBag<string> _faults = [];
    private readonly IBrowserContext _window;
    private readonly Uri _console;
    private int _messages;

    public Visit(IBrowserContext window, IPage page, Uri console)
    {
        (_window, Page, _console) = (window, page, console);
        page.PageError += (_, message) => _faults.Add(message);
        // A rule of the page's security policy that is broken is told here, too.
        page.Console += (_, message) =>
        {
            if (message.Type == "error")
            {
                _faults.Add(message.Text);
            }
        };
        page.WebSocket += (_, socket) => socket.FrameSent += (_, frame) =>
        {
            if ((frame.Binary?.Length ?? frame.Text?.Length ?? 0) > PingBytes)
            {
                Interlocked.Increment(ref _messages);
            }
        };
        page.Request += (_, request) =>
        {
            var address = new Uri(request.Url);
            if (address.Scheme is not ("data" or "blob") && address.Authority != console.Authority)
            {
                _faults.Add($"asked another host: {request.Url}");
            }
        };
    }

    public IPage Page { get; }

    /// <summary>How often the page has asked the server for something, or answered it, since it was opened.</summary>
    public int Messages => Volatile.Read(ref _messages);

    public async Task SignInAsync(string account, string secret)
    {
        await OpenAsync("sign-in");
        await Page.FillAsync("#account", account);
        await Page.FillAsync("#secret", secret);
        await Page.ClickAsync("button[type=submit]");
        await Page.WaitForURLAsync(new Uri(_console, "/console") + "*");
    }

    /// <summary>Opens a page of the console.</summary>
    public Task OpenAsync(string path) => Page.GotoAsync(new Uri(_console, path).ToString());

    /// <summary>Keeps a picture of the page where the environment names a folder for them.</summary>
    public async Task PictureAsync(string name)
    {
        if (Environment.GetEnvironmentVariable(PicturesVariable) is { Length: > 0 } folder)
        {
            await Page.ScreenshotAsync(new() { Path = Path.Combine(folder, $"{name}.png"), FullPage = true });
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _window.DisposeAsync();
        Assert.Empty(_faults);
    }
}
