using System.Net;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Plateau.EndToEnd.Tests.WebConsole;

/// <summary>Keys and the trail of changes, in a browser.</summary>
public sealed class KeysPageTests(ConsoleBrowser browser) : IClassFixture<ConsoleBrowser>
{
    [Fact]
    public async Task A_key_is_made_shown_once_used_and_revoked()
    {
        await using var visit = await browser.VisitAsync();
        var page = visit.Page;
        await visit.OpenSignedInAsync("/console/keys");
        await page.GetByRole(AriaRole.Link, new() { Name = "New key" }).ClickAsync();
        await page.GetByLabel("Name").FillAsync("Gateway in the lab");
        await page.GetByRole(AriaRole.Radio, new() { Name = "read Reads" }).CheckAsync();
        await visit.PictureAsync("key-new");
        await page.GetByRole(AriaRole.Button, new() { Name = "Make key" }).ClickAsync();

        await Expect(page.GetByText("It is shown this once")).ToBeVisibleAsync();
        var secret = await page.Locator(".secret .copy code").InnerTextAsync();
        Assert.StartsWith("sk_test_", secret, StringComparison.Ordinal);
        await page.GetByRole(AriaRole.Button, new() { Name = "Copy the secret key" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Copied" })).ToBeVisibleAsync();
        await visit.PictureAsync("key-made");
        var caller = browser.Server.NewClient();
        await caller.SignInAsync(browser.Store.AccountId, secret);
        Assert.Equal(HttpStatusCode.OK, (await caller.GetAsync("/devices")).Status);

        await page.GetByRole(AriaRole.Link, new() { Name = "I have copied it" }).ClickAsync();
        await Expect(Row(page, "Gateway in the lab")).ToContainTextAsync("read");
        Assert.DoesNotContain(secret, await page.ContentAsync(), StringComparison.Ordinal);
        await visit.PictureAsync("keys");
        await page.GoBackAsync();
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Make key" })).ToBeVisibleAsync();
        Assert.DoesNotContain(secret, await page.ContentAsync(), StringComparison.Ordinal);
        await page.GoForwardAsync();

        await page.GetByRole(AriaRole.Button, new() { Name = "Revoke Gateway in the lab" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Dialog)).ToContainTextAsync("does not come back");
        await visit.PictureAsync("key-revoke");
        await page.GetByRole(AriaRole.Button, new() { Name = "Revoke key", Exact = true }).ClickAsync();
        await Expect(Row(page, "Gateway in the lab")).ToHaveCountAsync(0);
        Assert.Equal(HttpStatusCode.Unauthorized, (await caller.GetAsync("/devices")).Status);

        await page.GetByRole(AriaRole.Link, new() { Name = "Audit" }).ClickAsync();
        await Expect(page.Locator("tbody tr").First).ToContainTextAsync("Key revoked");
        await Expect(page.Locator("tbody tr").Nth(1)).ToContainTextAsync("Key created");
    }

    [Fact]
    public async Task Revoking_the_key_one_is_signed_in_with_is_warned_of_and_ends_the_session()
    {
        var key = await browser.Api.PostAsync("/account/keys", """{"scope":"manage","name":"My own"}""");
        await using var visit = await browser.VisitAsync();
        await visit.OpenAsync("/console/keys");
        await visit.SignInAsync(browser.Store.AccountId.ToString(), key.Body["secret_key"]!.GetValue<string>());
        await visit.ReadyAsync();
        await Expect(Row(visit.Page, "My own")).ToContainTextAsync("Signed in with");

        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Revoke My own" }).ClickAsync();
        await Expect(visit.Page.GetByRole(AriaRole.Dialog)).ToContainTextAsync("You are signed in with this key");
        await visit.PictureAsync("key-revoke-own");
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Revoke key", Exact = true }).ClickAsync();
        await Expect(visit.Page.GetByRole(AriaRole.Heading, new() { Name = "Your sign-in has ended" }))
            .ToBeVisibleAsync();
    }

    [Fact]
    public async Task Revoking_the_last_key_that_may_manage_is_warned_of_however_many_keys_there_are()
    {
        // A server of its own, whose keys are known.
        await using var testStore = await TestStore.CreateAsync(Store.Embedded);
        var store = await SeededStore.CreateAsync(testStore.Settings, testStore.Arguments);
        using var server = await ServerProcess.StartAsync(store.Arguments);
        var api = await store.SignInAsync(server);
        var second = (await api.PostAsync("/account/keys", """{"scope":"manage","name":"Second"}""")).Created();
        for (var number = 0; number < 51; number++)
        {
            (await api.PostAsync("/account/keys", """{"scope":"submit"}""")).Created();
        }
        await using var visit = await browser.VisitAsync(server);
        await visit.OpenAsync("/console/keys");
        await visit.SignInAsync(store.AccountId.ToString(), store.Secret);
        await visit.Page.GetByRole(AriaRole.Link, new() { Name = "Next" }).ClickAsync();
        var own = visit.Page.Locator("tbody tr", new() { HasText = "Signed in with" });
        var dialog = visit.Page.GetByRole(AriaRole.Dialog);

        // All keys are read before it asks, and it asks once however often it is clicked.
        await own.GetByRole(AriaRole.Button).DblClickAsync();
        await Expect(dialog).ToContainTextAsync("You are signed in with this key");
        await Expect(dialog).Not.ToContainTextAsync("the last one of the scope manage");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Cancel" }).ClickAsync();
        await Expect(dialog).ToHaveCountAsync(0);
        await api.DeleteAsync($"/account/keys/{second}");
        await own.GetByRole(AriaRole.Button).ClickAsync();

        await Expect(dialog).ToContainTextAsync("It is the last one of the scope manage");
    }

    [Fact]
    public async Task A_key_that_reads_is_told_that_keys_and_changes_are_not_for_it()
    {
        var key = await browser.Api.PostAsync("/account/keys", """{"scope":"read"}""");
        await using var visit = await browser.VisitAsync();
        await visit.OpenAsync("/console/keys");
        await visit.SignInAsync(browser.Store.AccountId.ToString(), key.Body["secret_key"]!.GetValue<string>());
        foreach (var path in new[] { "keys", "audit", "keys/new", "locations/new", "customers/new" })
        {
            await visit.OpenAsync($"/console/{path}");
            await Expect(visit.Page.GetByRole(AriaRole.Heading, new() { Name = "Your key may not do this" }))
                .ToBeVisibleAsync();
        }
        await visit.PictureAsync("keys-no-permission");
        foreach (var path in new[] { "locations", "customers", "requests" })
        {
            await visit.OpenAsync($"/console/{path}");
            await visit.ReadyAsync();
            await Expect(visit.Page.GetByText("Your key may not do this")).ToHaveCountAsync(0);
            await Expect(visit.Page.GetByRole(AriaRole.Link, new() { Name = "New" })).ToHaveCountAsync(0);
        }
    }

    [Fact]
    public async Task Changes_are_paged_and_lead_to_their_objects()
    {
        for (var number = 0; number < 55; number++)
        {
            (await browser.Api.PostAsync("/customers", $$"""{"reference_id":"C-{{number}}"}""")).Created();
        }
        await using var visit = await browser.VisitAsync();
        await visit.OpenSignedInAsync("/console/audit");
        await Expect(visit.Page.Locator("tbody tr")).ToHaveCountAsync(50);
        await visit.PictureAsync("audit");
        await visit.Page.GetByRole(AriaRole.Link, new() { Name = "Next" }).ClickAsync();
        await Expect(visit.Page).ToHaveURLAsync(new Regex(@"/audit\?after="));
        await Expect(visit.Page.Locator("tbody tr").First).ToContainTextAsync("Customer created");
        await visit.Page.GoBackAsync();
        await Expect(visit.Page.Locator("tbody tr")).ToHaveCountAsync(50);
        await visit.Page.Locator("tbody tr").First.GetByRole(AriaRole.Link).ClickAsync();
        await Expect(visit.Page.GetByRole(AriaRole.Heading, new() { Name = "C-54" })).ToBeVisibleAsync();
    }

    private static ILocator Row(IPage page, string name) =>
        page.Locator("tbody tr", new() { HasText = name });
}
