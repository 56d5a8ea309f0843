using System.Globalization;
using System.Net;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Plateau.EndToEnd.Tests.WebConsole;

/// <summary>The fleet at a glance, in a browser.</summary>
public sealed class FleetPageTests(ConsoleBrowser browser) : IClassFixture<ConsoleBrowser>
{
    [Fact]
    public async Task It_shows_the_fleet_and_what_devices_submit_without_reloading()
    {
        await using var visit = await browser.VisitAsync();
        await visit.OpenSignedInAsync("/console");
        await Expect(visit.Page.GetByText("No devices yet")).ToBeVisibleAsync();
        await visit.PictureAsync("fleet-empty");

        var location = await browser.Api.CreateLocationAsync();
        var devices = new List<string>();
        for (var number = 0; number < 12; number++)
        {
            devices.Add(await browser.Api.CreateDeviceAsync(
                $$$"""{"reference_id":"HOME-{{{number:00}}}","properties":{"battery":{"capacity_kwh":10} } }"""));
        }
        await visit.OpenAsync("/console");
        await visit.ReadyAsync();
        await Expect(Figure(visit, "Never seen")).ToHaveTextAsync("12");
        await Expect(Figure(visit, "Fresh")).ToHaveTextAsync("0");

        foreach (var (device, number) in devices.Take(9).Select((device, number) => (device, number)))
        {
            var state = Some.State(
                location, $"R{number}", charge: 10 * number,
                TimeProvider.System.GetUtcNow().ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture));
            Assert.Equal(HttpStatusCode.OK, (await browser.Api.PutAsync($"/devices/{device}/state", state)).Status);
        }
        await Expect(Figure(visit, "Fresh")).ToHaveTextAsync("9");
        await Expect(Figure(visit, "Discharging")).ToHaveTextAsync("30.6 kW");
        await Expect(visit.Page.GetByText("Quietest devices")).ToBeVisibleAsync();
        await visit.FitsAsync();
        await visit.PictureAsync("fleet");

        await using var german = await browser.VisitAsync(locale: "de-DE");
        await german.OpenSignedInAsync("/console");
        await Expect(Figure(german, "Discharging")).ToHaveTextAsync("30,6 kW");
    }

    [Theory]
    [InlineData("light", ColorScheme.Light)]
    [InlineData("dark", ColorScheme.Dark)]
    public async Task On_a_phone_nothing_reaches_beyond_the_window(string name, ColorScheme colors)
    {
        await using var visit = await browser.VisitAsync(width: 390, colors: colors);
        await visit.OpenSignedInAsync("/console");
        await visit.FitsAsync();
        await visit.PictureAsync($"fleet-phone-{name}");
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Menu" }).ClickAsync();
        await visit.Page.GetByRole(AriaRole.Link, new() { Name = "Devices" }).Last.WaitForAsync();
        await visit.PictureAsync($"menu-phone-{name}");
        await visit.FitsAsync();
    }

    [Fact]
    public async Task The_visitor_chooses_dark_and_it_is_remembered()
    {
        await using var visit = await browser.VisitAsync();
        await visit.OpenSignedInAsync("/console");
        Assert.Equal("rgb(246, 247, 249)", await BackgroundAsync(visit));
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Appearance" }).ClickAsync();
        await visit.Page.GetByText("Dark", new() { Exact = true }).ClickAsync();
        await Expect(visit.Page.Locator("html[data-theme=dark]")).ToBeAttachedAsync();
        await visit.OpenAsync("/console/devices");
        await visit.ReadyAsync();
        Assert.Equal("rgb(20, 23, 27)", await BackgroundAsync(visit));
        await visit.PictureAsync("devices-dark");
    }

    private static ILocator Figure(ConsoleVisit visit, string name) =>
        visit.Page.Locator(".figure", new() { Has = visit.Page.GetByText(name, new() { Exact = true }) }).Locator("dd");

    private static Task<string> BackgroundAsync(ConsoleVisit visit) =>
        visit.Page.EvaluateAsync<string>("getComputedStyle(document.body).backgroundColor");
}
