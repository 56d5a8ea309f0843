using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Plateau.EndToEnd.Tests.WebConsole;

/// <summary>The list of devices, in a browser.</summary>
public sealed class DevicesPageTests(ConsoleBrowser browser) : IClassFixture<ConsoleBrowser>
{
    private const int Batteries = 110;

    [Fact]
    public async Task Devices_are_paged_narrowed_searched_and_exported_and_the_address_says_it_all()
    {
        for (var number = 0; number < Batteries; number++)
        {
            await browser.Api.CreateDeviceAsync(
                $$$"""{"reference_id":"BAT-{{{number:000}}}","properties":{"battery":{"capacity_kwh":10} } }""");
        }
        var pump = await browser.Api.CreateDeviceAsync(
            """{"reference_id":"=PUMP","properties":{"heat_pump":{"max_power_kw":4}}}""");
        await using var visit = await browser.VisitAsync();
        await visit.OpenSignedInAsync("/console/devices?prefix=BAT-");

        await PageIsAsync(visit, "BAT-109", 50);
        await visit.FitsAsync();
        await visit.PictureAsync("devices");
        await visit.Page.GetByRole(AriaRole.Link, new() { Name = "Next" }).ClickAsync();
        await PageIsAsync(visit, "BAT-059", 50);
        await visit.Page.GetByRole(AriaRole.Link, new() { Name = "Next" }).ClickAsync();
        await PageIsAsync(visit, "BAT-009", 10);
        await visit.Page.GetByRole(AriaRole.Link, new() { Name = "Previous" }).ClickAsync();
        await PageIsAsync(visit, "BAT-059", 50);
        await visit.Page.GoBackAsync();
        await PageIsAsync(visit, "BAT-009", 10);

        await visit.Page.GetByRole(AriaRole.Link, new() { Name = "Show all" }).ClickAsync();
        await Expect(visit.Page.GetByRole(AriaRole.Link, new() { Name = "Show all" })).ToHaveCountAsync(0);
        await visit.Page.GetByLabel("Part").SelectOptionAsync("heat_pump");
        await PageIsAsync(visit, "=PUMP", 1);
        var download = await visit.Page.RunAndWaitForDownloadAsync(
            () => visit.Page.GetByRole(AriaRole.Link, new() { Name = "Export CSV" }).ClickAsync());
        var lines = await File.ReadAllLinesAsync(await download.PathAsync(), TestContext.Current.CancellationToken);
        Assert.Equal(2, lines.Length);
        Assert.StartsWith("id,reference_id,kinds,", lines[0], StringComparison.Ordinal);
        Assert.StartsWith(pump, lines[1], StringComparison.Ordinal);
        Assert.DoesNotContain(",=PUMP", lines[1], StringComparison.Ordinal);

        await visit.Page.GetByRole(AriaRole.Link, new() { Name = "Show all" }).ClickAsync();
        await Expect(visit.Page.GetByRole(AriaRole.Link, new() { Name = "Show all" })).ToHaveCountAsync(0);
        await visit.Page.GetByLabel("Reference or id").FillAsync("BAT-10");
        await visit.Page.GetByLabel("Reference or id").PressAsync("Enter");
        await PageIsAsync(visit, "BAT-109", 10);
        await Expect(visit.Page).ToHaveURLAsync(
            new Uri(browser.Server.BaseAddress, "/console/devices?prefix=BAT-10").ToString());
        await visit.Page.ReloadAsync();
        await PageIsAsync(visit, "BAT-109", 10);

        await visit.Page.GetByLabel("Reference or id").FillAsync("nothing");
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Search" }).ClickAsync();
        await Expect(visit.Page.GetByText("No device matches")).ToBeVisibleAsync();
        await visit.PictureAsync("devices-none");
    }

    [Fact]
    public async Task On_a_phone_the_table_keeps_what_matters()
    {
        await browser.Api.CreateDeviceAsync(
            """{"reference_id":"A-REFERENCE-OF-SOME-LENGTH","properties":{"battery":{},"pv":{},"inverter":{}}}""");
        await using var visit = await browser.VisitAsync(width: 390);
        await visit.OpenSignedInAsync("/console/devices");
        await visit.FitsAsync();
        await Expect(visit.Page.GetByRole(AriaRole.Columnheader, new() { Name = "Last seen" })).ToBeInViewportAsync(
            new() { Ratio = 1 });
        await visit.PictureAsync("devices-phone");
    }

    private static async Task PageIsAsync(ConsoleVisit visit, string first, int count)
    {
        await Expect(visit.Page.Locator("tbody tr").First.Locator("a")).ToHaveTextAsync(first);
        await Expect(visit.Page.Locator("tbody tr")).ToHaveCountAsync(count);
    }
}
