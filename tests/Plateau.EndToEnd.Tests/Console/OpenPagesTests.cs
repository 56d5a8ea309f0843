using System.Net;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Plateau.EndToEnd.Tests.WebConsole;

/// <summary>The limit of open pages, as a visitor meets it.</summary>
public sealed class OpenPagesTests(ConsoleBrowser browser) : IClassFixture<ConsoleBrowser>
{
    private const string TooMany = "Too many pages are open";

    [Theory]
    [InlineData("PLATEAU__CONSOLE__MAXOPENPAGES")]
    [InlineData("PLATEAU__CONSOLE__MAXOPENPAGESPERACCOUNT")]
    public async Task One_page_too_many_is_told_so_and_opens_when_another_is_closed(string setting)
    {
        await using var testStore = await TestStore.CreateAsync(Store.Embedded);
        var store = await SeededStore.CreateAsync(testStore.Settings, testStore.Arguments);
        using var server = await ServerProcess.StartAsync(
            store.Arguments, new Dictionary<string, string> { [setting] = "1" });
        await using var visit = await browser.VisitAsync(server);
        await visit.OpenAsync("/console/customers");
        await visit.SignInAsync(store.AccountId.ToString(), store.Secret);
        await visit.ReadyAsync();
        var second = await visit.Page.Context.NewPageAsync();
        var address = new Uri(server.BaseAddress, "/console/devices?kind=battery").ToString();

        var answer = (await second.GotoAsync(address))!;
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (HttpStatusCode)answer.Status);
        Assert.Contains("retry-after", answer.Headers.Keys);
        await Expect(second.GetByRole(AriaRole.Heading, new() { Name = TooMany })).ToBeVisibleAsync();
        await visit.PictureAsync("too-many-pages", second);
        // The page that is open goes on.
        await visit.Page.GetByRole(AriaRole.Link, new() { Name = "Locations" }).ClickAsync();
        await Expect(visit.Page.GetByText("No locations yet")).ToBeVisibleAsync();

        await visit.Page.CloseAsync();
        var retry = second.GetByRole(AriaRole.Link, new() { Name = "Try again" });
        Assert.Equal(new Uri(address).PathAndQuery, await retry.GetAttributeAsync("href"));
        // The browser tells of the closed page in the background.
        await Until.TrueAsync("there was room", async () => (await second.GotoAsync(address))!.Ok);
        await Expect(second.GetByText("No device matches")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Of_two_pages_that_open_at_once_the_one_too_many_is_told_so_too()
    {
        await using var testStore = await TestStore.CreateAsync(Store.Embedded);
        var store = await SeededStore.CreateAsync(testStore.Settings, testStore.Arguments);
        using var server = await ServerProcess.StartAsync(
            store.Arguments, new Dictionary<string, string> { ["PLATEAU__CONSOLE__MAXOPENPAGES"] = "1" });
        await using var visit = await browser.VisitAsync(server);
        await visit.OpenAsync("/console/customers");
        await visit.SignInAsync(store.AccountId.ToString(), store.Secret);
        await visit.ReadyAsync();
        await visit.OpenAsync("/console/sign-in");

        // The second page is answered while there is room, and connects when there is none any more.
        var second = await visit.Page.Context.NewPageAsync();
        var held = new TaskCompletionSource<IRoute>();
        await second.RouteAsync("**/_blazor/negotiate*", route => held.TrySetResult(route));
        var address = new Uri(server.BaseAddress, "/console/devices").ToString();
        // The browser tells of the page that was left in the background.
        await Until.TrueAsync("there was room", async () => (await second.GotoAsync(address))!.Ok);
        var connecting = await held.Task.WaitAsync(
            TimeSpan.FromMinutes(1), TimeProvider.System, TestContext.Current.CancellationToken);
        await visit.OpenAsync("/console/locations");
        await visit.ReadyAsync();
        await connecting.ContinueAsync();

        await Expect(second.GetByRole(AriaRole.Heading, new() { Name = TooMany })).ToBeVisibleAsync();
        await visit.Page.GetByRole(AriaRole.Link, new() { Name = "Customers" }).ClickAsync();
        await Expect(visit.Page.GetByText("No customers yet")).ToBeVisibleAsync();
    }
}
