using System.Globalization;
using System.Net;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Plateau.EndToEnd.Tests.WebConsole;

/// <summary>Signing in to the console and out of it, in a browser.</summary>
public sealed class SignInPageTests(ConsoleBrowser browser) : IClassFixture<ConsoleBrowser>
{
    [Fact]
    public async Task A_visitor_signs_in_gets_the_page_asked_for_and_signs_out()
    {
        await using var visit = await browser.VisitAsync();
        await visit.OpenAsync("/console/devices?activity=fresh");
        await visit.PictureAsync("sign-in");
        await visit.SignInAsync(browser.Store.AccountId.ToString(), browser.Store.Secret);
        await visit.ReadyAsync();
        await Expect(visit.Page).ToHaveURLAsync(
            new Uri(browser.Server.BaseAddress, "/console/devices?activity=fresh").ToString());

        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Sign out" }).ClickAsync();
        await Expect(visit.Page.GetByText("You are signed out.")).ToBeVisibleAsync();
        await visit.OpenAsync("/console/devices");
        await Expect(visit.Page.GetByLabel("Secret key")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_link_of_another_site_leads_a_visitor_who_is_signed_in_to_its_page_and_a_form_of_it_nowhere()
    {
        await using var visit = await browser.VisitAsync();
        await visit.OpenSignedInAsync("/console");
        var address = new Uri(browser.Server.BaseAddress, "/console/customers");
        var elsewhere = await visit.Page.Context.NewPageAsync();
        await elsewhere.RouteAsync("http://elsewhere.example/**", route => route.FulfillAsync(new()
        {
            ContentType = "text/html",
            Body = $"""
                <a href="{address}">Customers</a>
                <form method="post" action="{new Uri(address, "/console/sign-out")}"><button>Win</button></form>
                """,
        }));

        await elsewhere.GotoAsync("http://elsewhere.example/");
        await elsewhere.GetByRole(AriaRole.Link).ClickAsync();
        await Expect(elsewhere.GetByText("No customers yet")).ToBeVisibleAsync();
        await elsewhere.GotoAsync("http://elsewhere.example/");
        await elsewhere.GetByRole(AriaRole.Button).ClickAsync();
        await Expect(elsewhere.GetByRole(AriaRole.Heading, new() { Name = "Sign in" })).ToBeVisibleAsync();

        // The visitor is signed in still, and the page that was open before signs out with its own form.
        await elsewhere.GotoAsync(address.ToString());
        await Expect(elsewhere.GetByText("No customers yet")).ToBeVisibleAsync();
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Sign out" }).ClickAsync();
        await Expect(visit.Page.GetByText("You are signed out.")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_wrong_key_is_told_and_many_of_them_lock()
    {
        // A server of its own: the lock is for everybody at this address.
        await using var testStore = await TestStore.CreateAsync(Store.Embedded);
        var store = await SeededStore.CreateAsync(testStore.Settings, testStore.Arguments);
        using var server = await ServerProcess.StartAsync(
            store.Arguments, new Dictionary<string, string> { ["PLATEAU__ACCESS__FAILEDLOGINSPERMINUTE"] = "2" });
        await using var visit = await browser.VisitAsync(server);
        visit.Expected.AddRange(["401", "429"]);
        await visit.OpenAsync("/console/sign-in");

        for (var attempt = 0; attempt < 2; attempt++)
        {
            await visit.SignInAsync(store.AccountId.ToString(), "sk_test_wrong");
            await Expect(visit.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("do not belong together");
        }
        await visit.PictureAsync("sign-in-wrong");
        await visit.SignInAsync(store.AccountId.ToString(), store.Secret);
        await Expect(visit.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("Too many sign-ins failed");
        await Expect(visit.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("then try again");
        await visit.PictureAsync("sign-in-locked");
    }

    [Fact]
    public async Task When_the_key_is_revoked_the_page_leads_to_the_sign_in_and_back()
    {
        var key = await browser.Api.PostAsync("/account/keys", """{"scope":"read","name":"For a while"}""");
        await using var visit = await browser.VisitAsync();
        await visit.OpenAsync("/console/devices");
        await visit.SignInAsync(browser.Store.AccountId.ToString(), key.Body["secret_key"]!.GetValue<string>());
        await visit.ReadyAsync();

        var revoked = await browser.Api.DeleteAsync($"/account/keys/{key.Created()}");
        Assert.Equal(HttpStatusCode.Accepted, revoked.Status);
        await visit.Page.GetByLabel("Part").SelectOptionAsync("battery");
        await Expect(visit.Page.GetByText("Your sign-in has ended")).ToBeVisibleAsync();
        await visit.PictureAsync("session-ended");

        await visit.Page.GetByRole(AriaRole.Link, new() { Name = "Sign in" }).ClickAsync();
        await visit.SignInAsync(browser.Store.AccountId.ToString(), browser.Store.Secret);
        await visit.ReadyAsync();
        await Expect(visit.Page).ToHaveURLAsync(
            new Uri(browser.Server.BaseAddress, "/console/devices?kind=battery").ToString());
    }

    [Theory]
    [InlineData("/console/requests")] // it reads again every 5 s
    [InlineData("/console")] // and this one within 3 s of a state
    public async Task A_page_whose_sign_in_has_ended_says_so_and_calls_no_more(string path)
    {
        // A server of its own: its refused calls are those of this page.
        await using var testStore = await TestStore.CreateAsync(Store.Embedded);
        var store = await SeededStore.CreateAsync(testStore.Settings, testStore.Arguments);
        using var server = await ServerProcess.StartAsync(
            store.Arguments, new Dictionary<string, string> { ["PLATEAU__ACCESS__KEYCACHESECONDS"] = "0" });
        var api = await store.SignInAsync(server);
        var location = await api.CreateLocationAsync();
        var device = await api.CreateDeviceAsync();
        var key = await api.PostAsync("/account/keys", """{"scope":"read"}""");
        await using var visit = await browser.VisitAsync(server);
        await visit.OpenAsync(path);
        await visit.SignInAsync(store.AccountId.ToString(), key.Body["secret_key"]!.GetValue<string>());
        await visit.ReadyAsync();

        await api.DeleteAsync($"/account/keys/{key.Created()}");
        await SubmitAsync(api, device, location, "R1");
        await Expect(visit.Page.GetByText("Not up to date: Your sign-in has ended")).ToBeVisibleAsync();
        await Expect(visit.Page.GetByRole(AriaRole.Link, new() { Name = "Sign in" })).ToBeVisibleAsync();
        await visit.PictureAsync("sign-in-ended-" + (path.Length > 8 ? "requests" : "fleet"));
        var refused = await CountRefusedAsync(server);
        Assert.True(refused > 0);
        await SubmitAsync(api, device, location, "R2");
        await Task.Delay(TimeSpan.FromSeconds(6), TimeProvider.System, TestContext.Current.CancellationToken);
        Assert.Equal(refused, await CountRefusedAsync(server));
    }

    [Fact]
    public async Task A_key_that_only_submits_is_told_what_it_lacks()
    {
        var key = await browser.Api.PostAsync("/account/keys", """{"scope":"submit"}""");
        await using var visit = await browser.VisitAsync();
        await visit.OpenAsync("/console");
        await visit.SignInAsync(browser.Store.AccountId.ToString(), key.Body["secret_key"]!.GetValue<string>());
        await Expect(visit.Page.GetByText("Your key may not do this")).ToBeVisibleAsync();
        await visit.PictureAsync("no-permission");
    }

    [Fact]
    public async Task A_page_that_is_not_there_says_so()
    {
        await using var visit = await browser.VisitAsync();
        visit.Expected.Add("404");
        await visit.OpenAsync("/console/no-such-page");
        await Expect(visit.Page.GetByRole(AriaRole.Heading, new() { Name = "There is no such page" }))
            .ToBeVisibleAsync();
        await visit.PictureAsync("not-found");
    }

    [Fact]
    public async Task A_lost_server_is_told_of()
    {
        await using var testStore = await TestStore.CreateAsync(Store.Embedded);
        var store = await SeededStore.CreateAsync(testStore.Settings, testStore.Arguments);
        using var server = await ServerProcess.StartAsync(store.Arguments);
        await using var visit = await browser.VisitAsync(server);
        await visit.OpenAsync("/console/devices");
        await visit.SignInAsync(store.AccountId.ToString(), store.Secret);
        await visit.ReadyAsync();

        visit.Expected.Add(""); // a browser complains of every try
        await server.KillAsync();
        await Expect(visit.Page.GetByText("The connection to the server is lost")).ToBeVisibleAsync();
        await visit.PictureAsync("connection-lost");
    }

    private static async Task SubmitAsync(ApiClient api, string device, string location, string reference)
    {
        var now = TimeProvider.System.GetUtcNow().ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
        var answer = await api.PutAsync($"/devices/{device}/state", Some.State(location, reference, charge: 50, now));
        Assert.Equal(HttpStatusCode.OK, answer.Status);
    }

    // Calls that the server answered 401, since its start.
    private static async Task<double> CountRefusedAsync(ServerProcess server)
    {
        using var http = new HttpClient { BaseAddress = server.BaseAddress };
        var metrics = await http.GetStringAsync("/metrics", TestContext.Current.CancellationToken);
        return metrics.Split('\n')
            .Where(line => line.StartsWith("http_server_request_duration_seconds_count", StringComparison.Ordinal)
                && line.Contains("\"401\"", StringComparison.Ordinal))
            .Sum(line => double.Parse(line.Split("} ")[1].Split(' ')[0], CultureInfo.InvariantCulture));
    }
}
