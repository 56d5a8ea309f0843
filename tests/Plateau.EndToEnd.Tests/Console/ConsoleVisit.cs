using System.Collections.Concurrent;
using Microsoft.Playwright;

namespace Plateau.EndToEnd.Tests.WebConsole;

/// <summary>
/// One visitor of the console. At the end nothing may have gone wrong in the browser, and nobody but the server have
/// been asked for anything.
/// </summary>
internal sealed class ConsoleVisit : IAsyncDisposable
{
    private readonly Uri _address;
    private readonly SeededStore _store;
    private readonly IBrowserContext _context;
    private readonly ConcurrentBag<string> _faults = [];
    private readonly ConcurrentBag<Uri> _requests = [];

    public ConsoleVisit(Uri address, SeededStore store, IBrowserContext context, IPage page)
    {
        (_address, _store, _context, Page) = (address, store, context, page);
        page.Request += (_, request) => _requests.Add(new Uri(request.Url));
        page.Response += (_, answer) => Note(answer.Status >= 400, $"{answer.Status} {answer.Url}");
        page.PageError += (_, message) => _faults.Add(message);
        page.Console += (_, message) => Note(message.Type == "error", message.Text);
    }

    /// <summary>The page that is looked at.</summary>
    public IPage Page { get; }

    /// <summary>Parts of messages that a test brings about on purpose.</summary>
    public List<string> Expected { get; } = [];

    /// <summary>Opens a page and waits for its heading.</summary>
    public async Task OpenAsync(string path)
    {
        await Page.GotoAsync(new Uri(_address, path).ToString());
        await Page.Locator("h1").WaitForAsync();
    }

    /// <summary>Opens a page as the store's account, signing in on the way.</summary>
    public async Task OpenSignedInAsync(string path)
    {
        await OpenAsync(path);
        await SignInAsync(_store.AccountId.ToString(), _store.Secret);
        await ReadyAsync();
    }

    /// <summary>Fills in the form that signs in and sends it.</summary>
    public async Task SignInAsync(string account, string secret)
    {
        await Page.GetByLabel("Account id").FillAsync(account);
        await Page.GetByLabel("Secret key").FillAsync(secret);
        await Page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
    }

    /// <summary>Waits until the page has what it reads, or says why not.</summary>
    public Task ReadyAsync() => Page.Locator("main .body, main .state").First.WaitForAsync();

    /// <summary>Keeps a picture of the page, or of another, for people, in artifacts/console.</summary>
    public async Task PictureAsync(string name, IPage? page = null)
    {
        var folder = Path.Combine(Root(), "artifacts", "console");
        Directory.CreateDirectory(folder);
        await (page ?? Page).ScreenshotAsync(new() { Path = Path.Combine(folder, name + ".png"), FullPage = true });
    }

    /// <summary>Asserts that the page is no wider than the window.</summary>
    public async Task FitsAsync()
    {
        var (page, window) = (
            await Page.EvaluateAsync<int>("document.documentElement.scrollWidth"),
            await Page.EvaluateAsync<int>("window.innerWidth"));
        Assert.True(page <= window, $"{Page.Url} is {page} pixels wide in a window of {window}.");
    }

    public async ValueTask DisposeAsync()
    {
        await _context.DisposeAsync();
        Assert.Equal([], _faults.Where(fault => !Expected.Any(part => fault.Contains(part, StringComparison.Ordinal))));
        Assert.All(
            _requests.Where(request => request.Scheme is not ("data" or "blob")),
            request => Assert.Equal(_address.Authority, request.Authority));
    }

    private void Note(bool isFault, string fault)
    {
        if (isFault)
        {
            _faults.Add(fault);
        }
    }

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Plateau.slnx")))
        {
            folder = folder.Parent;
        }
        return folder?.FullName ?? AppContext.BaseDirectory;
    }
}
