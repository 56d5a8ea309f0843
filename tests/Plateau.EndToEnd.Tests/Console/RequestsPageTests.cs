using System.Net;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Plateau.EndToEnd.Tests.WebConsole;

/// <summary>Calls that failed, in a browser.</summary>
public sealed class RequestsPageTests(ConsoleBrowser browser) : IClassFixture<ConsoleBrowser>
{
    [Fact]
    public async Task A_call_that_fails_appears_by_itself_with_its_code_and_why()
    {
        await using var visit = await browser.VisitAsync();
        await visit.OpenSignedInAsync("/console/requests");
        await Expect(visit.Page.GetByText("No call has failed lately")).ToBeVisibleAsync();
        await visit.PictureAsync("requests-empty");

        var location = await browser.Api.CreateLocationAsync();
        var device = await browser.Api.CreateDeviceAsync();
        var refused = await browser.Api.PutAsync($"/devices/{device}/state", Some.State(location, charge: 134.2));
        var error = refused.ShouldFail(HttpStatusCode.BadRequest, "state_of_charge_percent_invalid");
        var row = visit.Page.Locator("tbody tr").First;
        await Expect(row).ToContainTextAsync("state_of_charge_percent_invalid");
        await Expect(row).ToContainTextAsync($"/devices/{device}/state");
        await Expect(row).ToContainTextAsync("PUT");
        await Expect(row).ToContainTextAsync("not of the wanted form, or out of range");
        await Expect(row).ToContainTextAsync(error.RequestId);
        await row.GetByRole(AriaRole.Button, new() { Name = "Copy the request id" }).ClickAsync();
        await Expect(row.GetByRole(AriaRole.Button, new() { Name = "Copied" })).ToBeVisibleAsync();

        await browser.Api.GetAsync("/devices/dev_000000000000000000000000");
        await browser.Api.GetAsync("/no-such-call");
        await browser.Api.PostAsync("/locations", "{");
        await browser.Api.PostAsync("/locations", """{"colour":"red"}""");
        await Expect(visit.Page.Locator("tbody tr")).ToHaveCountAsync(5);
        await Expect(visit.Page.GetByText("There is no such route.")).ToBeVisibleAsync();
        await visit.PictureAsync("requests");
    }
}
