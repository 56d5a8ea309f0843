using System.Net;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Plateau.EndToEnd.Tests.WebConsole;

/// <summary>Locations and customers, in a browser.</summary>
public sealed class LocationPagesTests(ConsoleBrowser browser) : IClassFixture<ConsoleBrowser>
{
    [Fact]
    public async Task A_location_is_added_corrected_changed_and_deleted_once_nothing_is_there()
    {
        await using var visit = await browser.VisitAsync();
        var page = visit.Page;
        await visit.OpenSignedInAsync("/console/locations");
        await page.GetByRole(AriaRole.Link, new() { Name = "New location" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "New location" })).ToBeVisibleAsync();
        await page.GetByLabel("Reference").FillAsync("ELM-4");
        await page.GetByLabel("Address optional", new() { Exact = true }).FillAsync("4 Elm Road");
        await page.GetByLabel("City").FillAsync("Leeds");
        await page.GetByLabel("Country").FillAsync("Gbonia"); // whose first two letters are a country's
        await page.GetByLabel("Currency").FillAsync("GBX");
        Assert.Equal("Europe/Berlin", await page.GetByLabel("Time zone").InputValueAsync());
        await page.GetByLabel("Time zone").FillAsync("Europe/London");
        await page.GetByRole(AriaRole.Button, new() { Name = "Add location" }).ClickAsync();

        await Expect(page.GetByText("It was not saved.")).ToBeVisibleAsync();
        await Expect(page.Locator("#field-postal-address-country-code-fault")).ToContainTextAsync("ISO 3166-1");
        await Expect(page.Locator("#field-currency-code-fault")).ToContainTextAsync("ISO 4217");
        await Expect(page.GetByLabel("Country")).ToHaveAttributeAsync("aria-invalid", "true");
        await visit.PictureAsync("location-form-faults");
        await Expect(page.GetByLabel("Country")).ToHaveValueAsync("Gbonia");
        await page.GetByLabel("Country").FillAsync("united kingdom");
        await page.GetByLabel("Currency").FillAsync("GBP");
        await page.GetByLabel("Currency").PressAsync("Enter");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "ELM-4" })).ToBeVisibleAsync();
        await Expect(page.Locator(".sheet")).ToContainTextAsync("United Kingdom");
        var id = new Uri(page.Url).Segments[^1];
        Assert.Equal("Leeds", (await browser.Api.GetAsync($"/locations/{id}")).Body["postal_address"]!["city"]!
            .GetValue<string>());

        await page.GetByRole(AriaRole.Link, new() { Name = "Edit" }).ClickAsync();
        await page.GetByLabel("Reference").FillAsync("ELM-4A");
        await page.GetByLabel("Currency").FillAsync("");
        await page.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "ELM-4A" })).ToBeVisibleAsync();
        var changed = (await browser.Api.GetAsync($"/locations/{id}")).Body;
        Assert.Equal("ELM-4A", changed["reference_id"]!.GetValue<string>());
        Assert.Null(changed["currency_code"]);

        var device = await browser.Api.CreateDeviceAsync(
            $$$"""{"reference_id":"WALL-1","locations":["{{{id}}}"],"properties":{"battery":{} } }""");
        await DeleteAsync(page, "Delete location");
        await Expect(page.GetByText("devices are placed here")).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "WALL-1" })).ToBeVisibleAsync();
        await visit.PictureAsync("location-in-use");
        await page.ReloadAsync();
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "WALL-1" })).ToBeVisibleAsync();
        await visit.PictureAsync("location");

        Assert.Equal(HttpStatusCode.Accepted, (await browser.Api.DeleteAsync($"/devices/{device}")).Status);
        await DeleteAsync(page, "Delete location");
        await Expect(page).ToHaveURLAsync(new Regex("/console/locations$"));
        await Expect(page.GetByText("ELM-4A is deleted")).ToBeVisibleAsync();
        (await browser.Api.GetAsync($"/locations/{id}")).ShouldFail(HttpStatusCode.NotFound, "location_not_found");
    }

    [Fact]
    public async Task Locations_are_narrowed_by_reference_and_customer_and_the_address_says_it()
    {
        var customer = (await browser.Api.PostAsync("/customers", "{}")).Created();
        var place = "\"timezone\":\"Europe/Paris\",\"postal_address\":{\"city\":\"Paris\",\"country_code\":\"FR\"}";
        await browser.Api.CreateLocationAsync($$"""{"reference_id":"A",{{place}}}""");
        await browser.Api.CreateLocationAsync($$"""{"reference_id":"B","customer_id":"{{customer}}",{{place}}}""");
        await using var visit = await browser.VisitAsync();
        var page = visit.Page;
        await visit.OpenSignedInAsync("/console/locations");
        await visit.PictureAsync("locations");

        await page.GetByLabel("Reference or id").FillAsync("A");
        await page.GetByLabel("Reference or id").PressAsync("Enter");
        await Expect(page).ToHaveURLAsync(new Regex(@"/locations\?reference=A$"));
        await Expect(page.Locator("tbody tr")).ToHaveCountAsync(1);
        await page.GetByLabel("Customer").FillAsync(customer);
        await page.GetByRole(AriaRole.Button, new() { Name = "Search" }).ClickAsync();
        await Expect(page.GetByText("No location matches")).ToBeVisibleAsync();
        await page.GoBackAsync();
        await Expect(page.Locator("tbody tr a.name")).ToHaveTextAsync("A");
        await visit.OpenAsync($"/console/locations?customer={customer}");
        await Expect(page.Locator("tbody tr a.name")).ToHaveTextAsync("B");
        await visit.OpenAsync("/console/locations?customer=nobody");
        await Expect(page.GetByText("There is no such customer")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_customer_with_locations_is_deleted_with_everything_only_when_it_is_typed()
    {
        await using var visit = await browser.VisitAsync();
        var page = visit.Page;
        await visit.OpenSignedInAsync("/console/customers");
        await page.GetByRole(AriaRole.Link, new() { Name = "New customer" }).ClickAsync();
        // The list has a field for a reference, too.
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "New customer" })).ToBeVisibleAsync();
        await page.GetByLabel("Reference").FillAsync("HOME-42");
        await page.GetByLabel("Reference").PressAsync("Enter");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "HOME-42" })).ToBeVisibleAsync();
        var customer = new Uri(page.Url).Segments[^1];

        await page.GetByRole(AriaRole.Link, new() { Name = "Add one" }).ClickAsync();
        await Expect(page.GetByLabel("Customer")).ToHaveValueAsync(customer);
        await page.GetByLabel("City").FillAsync("Leeds");
        await page.GetByLabel("Country").FillAsync("GB");
        await page.GetByRole(AriaRole.Button, new() { Name = "Add location" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "HOME-42" })).ToBeVisibleAsync();
        var location = new Uri(page.Url).Segments[^1];
        var device = await browser.Api.CreateDeviceAsync($$"""{"locations":["{{location}}"]}""");
        await page.GetByRole(AriaRole.Link, new() { Name = "HOME-42" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "HOME-42" })).ToBeVisibleAsync();
        await visit.PictureAsync("customer");
        var download = await page.RunAndWaitForDownloadAsync(
            () => page.GetByRole(AriaRole.Link, new() { Name = "Export" }).ClickAsync());
        var lines = await File.ReadAllTextAsync(await download.PathAsync(), TestContext.Current.CancellationToken);
        Assert.All([customer, location, device], id => Assert.Contains($"\"{id}\"", lines, StringComparison.Ordinal));

        await DeleteAsync(page, "Delete customer");
        await Expect(page.GetByText("the customer has locations")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Delete with everything…" }).ClickAsync();
        var confirm = page.GetByRole(AriaRole.Button, new() { Name = "Delete with everything", Exact = true });
        await Expect(confirm).ToBeDisabledAsync();
        await page.GetByLabel("To go on, type").FillAsync("HOME-4");
        await Expect(confirm).ToBeDisabledAsync();
        await visit.PictureAsync("customer-delete");
        await page.GetByLabel("To go on, type").FillAsync("HOME-42");
        await confirm.ClickAsync();
        await Expect(page).ToHaveURLAsync(new Regex("/console/customers$"));
        foreach (var path in new[] { $"/customers/{customer}", $"/locations/{location}", $"/devices/{device}" })
        {
            Assert.Equal(HttpStatusCode.NotFound, (await browser.Api.GetAsync(path)).Status);
        }
    }

    [Theory]
    [InlineData("customers", "Customer")]
    [InlineData("locations", "Location")]
    public async Task A_page_that_cannot_be_read_shows_nothing_of_the_one_before(string list, string heading)
    {
        var id = list == "customers"
            ? (await browser.Api.PostAsync("/customers", """{"reference_id":"BEFORE"}""")).Created()
            : await browser.Api.CreateLocationAsync("""
                {"reference_id":"BEFORE","timezone":"UTC","postal_address":{"city":"Leeds","country_code":"GB"}}
                """);
        await using var visit = await browser.VisitAsync();
        await visit.OpenSignedInAsync($"/console/{list}/{id}");
        await Expect(visit.Page.GetByRole(AriaRole.Heading, new() { Name = "BEFORE" })).ToBeVisibleAsync();
        await Expect(visit.Page.GetByRole(AriaRole.Button, new() { Name = "Delete" })).ToBeVisibleAsync();

        var gone = $"{id[..4]}000000000000000000000000";
        await visit.Page.EvaluateAsync($"Blazor.navigateTo('{list}/{gone}')"); // as a link within the page does
        await Expect(visit.Page.GetByText("It is not there")).ToBeVisibleAsync();

        await Expect(visit.Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync(heading);
        await Expect(visit.Page).ToHaveTitleAsync($"{heading} · Plateau");
        await Expect(visit.Page.GetByRole(AriaRole.Button, new() { Name = "Delete" })).ToHaveCountAsync(0);
        await Expect(visit.Page.GetByRole(AriaRole.Link, new() { Name = "Edit" })).ToHaveCountAsync(0);
        await visit.PictureAsync($"{list}-not-there");
    }

    [Fact]
    public async Task On_a_phone_nothing_reaches_beyond_the_window()
    {
        var customer = (await browser.Api.PostAsync(
            "/customers", """{"reference_id":"A-CUSTOMER-WITH-A-REFERENCE-OF-SOME-LENGTH"}""")).Created();
        var location = await browser.Api.CreateLocationAsync($$$"""
            {"reference_id":"A-LOCATION-WITH-A-REFERENCE-OF-SOME-LENGTH","customer_id":"{{{customer}}}",
            "timezone":"America/Argentina/Buenos_Aires","postal_address":{"city":"Buenos Aires","country_code":"AR"}}
            """);
        await browser.Api.GetAsync("/devices/dev_000000000000000000000000");
        await using var visit = await browser.VisitAsync(width: 390, colors: ColorScheme.Dark);
        await visit.OpenSignedInAsync("/console/locations");
        string[] paths =
        [
            "locations", $"locations/{location}", $"locations/{location}/edit", "locations/new", "customers",
            $"customers/{customer}", "customers/new", "keys", "keys/new", "audit", "requests",
        ];
        foreach (var path in paths)
        {
            await visit.OpenAsync($"/console/{path}");
            await visit.ReadyAsync();
            await visit.FitsAsync();
            var name = path.Replace('/', '-').Replace(location, "one", StringComparison.Ordinal)
                .Replace(customer, "one", StringComparison.Ordinal);
            await visit.PictureAsync("phone-" + name);
        }
    }

    private static async Task DeleteAsync(IPage page, string verb)
    {
        await page.GetByRole(AriaRole.Button, new() { Name = "Delete", Exact = true }).ClickAsync();
        await page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = verb }).ClickAsync();
    }
}
