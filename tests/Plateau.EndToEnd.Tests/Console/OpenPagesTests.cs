using System.Net;
using System.Text;
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
        var (store, server) = await StartAsync(testStore, setting);
        using var running = server;
        await using var visit = await browser.VisitAsync(server);
        await OpenSignedInAsync(visit, store);
        var second = await visit.Page.Context.NewPageAsync();
        var address = new Uri(server.BaseAddress, "/console/devices?kind=battery").ToString();

        await second.GotoAsync(address);
        await Expect(second.GetByRole(AriaRole.Heading, new() { Name = TooMany })).ToBeVisibleAsync();
        await visit.PictureAsync("too-many-pages", second);
        // From now on it is told at once.
        var answer = (await second.GotoAsync(address))!;
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (HttpStatusCode)answer.Status);
        Assert.Contains("retry-after", answer.Headers.Keys);
        // The page that is open goes on.
        await visit.Page.GetByRole(AriaRole.Link, new() { Name = "Locations" }).ClickAsync();
        await Expect(visit.Page.GetByText("No locations yet")).ToBeVisibleAsync();

        await visit.Page.CloseAsync();
        // The browser tells of the closed page in the background.
        await Until.TrueAsync("there was room", async () => (await second.GotoAsync(address))!.Ok);
        await Expect(second.GetByText("No device matches")).ToBeVisibleAsync();
        // The operator is told once, and without the trace of a fault.
        Assert.Single(
            server.Output.Split('\n'), line => line.Contains("pages of the console", StringComparison.Ordinal));
        Assert.DoesNotContain("Exception", server.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_two_pages_that_open_at_once_the_one_too_many_is_told_so_too()
    {
        await using var testStore = await TestStore.CreateAsync(Store.Embedded);
        var (store, server) = await StartAsync(testStore);
        using var running = server;
        await using var visit = await browser.VisitAsync(server);
        await OpenSignedInAsync(visit, store);
        await visit.OpenAsync("/console/sign-in");

        // The second page is answered while there is room, and connects when there is none any more.
        var second = await visit.Page.Context.NewPageAsync();
        var held = new TaskCompletionSource<IRoute>();
        await second.RouteAsync("**/_blazor/negotiate*", route => held.TrySetResult(route));
        await second.GotoAsync(new Uri(server.BaseAddress, "/console/devices").ToString());
        var connecting = await held.Task.WaitAsync(
            TimeSpan.FromMinutes(1), TimeProvider.System, TestContext.Current.CancellationToken);
        await visit.OpenAsync("/console/locations");
        await visit.ReadyAsync();
        await connecting.ContinueAsync();

        await Expect(second.GetByRole(AriaRole.Heading, new() { Name = TooMany })).ToBeVisibleAsync();
        await visit.Page.GetByRole(AriaRole.Link, new() { Name = "Customers" }).ClickAsync();
        await Expect(visit.Page.GetByText("No customers yet")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task The_last_page_that_may_be_open_can_be_loaded_again()
    {
        await using var testStore = await TestStore.CreateAsync(Store.Embedded);
        var (store, server) = await StartAsync(testStore);
        using var running = server;
        await using var visit = await browser.VisitAsync(server);
        await OpenSignedInAsync(visit, store);

        for (var time = 0; time < 5; time++)
        {
            Assert.True((await visit.Page.ReloadAsync())!.Ok);
            await visit.ReadyAsync();
        }
    }

    [Fact]
    public async Task A_page_without_a_place_that_does_not_go_shows_nothing_and_is_ended()
    {
        await using var testStore = await TestStore.CreateAsync(Store.Embedded);
        var (store, server) = await StartAsync(testStore);
        using var running = server;
        await using var visit = await browser.VisitAsync(server);
        await OpenSignedInAsync(visit, store);

        var second = await visit.Page.Context.NewPageAsync();
        var isTold = new TaskCompletionSource();
        await second.RouteWebSocketAsync("**/_blazor*", socket =>
        {
            var connection = socket.ConnectToServer();
            connection.OnMessage(frame =>
            {
                if (Encoding.UTF8.GetString(frame.Binary ?? []).Contains("location.reload", StringComparison.Ordinal))
                {
                    isTold.TrySetResult();
                }
                else
                {
                    Pass(frame, socket);
                }
            });
        });
        await second.GotoAsync(new Uri(server.BaseAddress, "/console/customers").ToString());
        await isTold.Task.WaitAsync(
            TimeSpan.FromMinutes(1), TimeProvider.System, TestContext.Current.CancellationToken);
        await Until.TrueAsync("it was ended", () => Task.FromResult(
            server.Output.Contains("that has no place stays open", StringComparison.Ordinal)));
        await Expect(second.GetByText("No customers yet")).ToHaveCountAsync(0);
        await visit.Page.GetByRole(AriaRole.Link, new() { Name = "Locations" }).ClickAsync();
        await Expect(visit.Page.GetByText("No locations yet")).ToBeVisibleAsync();
    }

    // A server on which one page may be open.
    private static async Task<(SeededStore Store, ServerProcess Server)> StartAsync(
        TestStore testStore, string setting = "PLATEAU__CONSOLE__MAXOPENPAGES")
    {
        var store = await SeededStore.CreateAsync(testStore.Settings, testStore.Arguments);
        return (store, await ServerProcess.StartAsync(
            store.Arguments, new Dictionary<string, string> { [setting] = "1" }));
    }

    private static async Task OpenSignedInAsync(ConsoleVisit visit, SeededStore store)
    {
        await visit.OpenAsync("/console/customers");
        await visit.SignInAsync(store.AccountId.ToString(), store.Secret);
        await visit.ReadyAsync();
    }

    private static void Pass(IWebSocketFrame frame, IWebSocketRoute to)
    {
        if (frame.Binary is { } bytes)
        {
            to.Send(bytes);
        }
        else
        {
            to.Send(frame.Text ?? "");
        }
    }
}
