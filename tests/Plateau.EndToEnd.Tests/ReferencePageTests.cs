using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace Plateau.EndToEnd.Tests;

/// <summary>The page of the reference, as a person's browser shows it.</summary>
public sealed class ReferencePageTests
{
    private readonly ConcurrentBag<string> _faults = [];
    private readonly ConcurrentBag<Uri> _requests = [];

    [Fact]
    public async Task It_shows_every_call_without_a_fault_and_asks_no_other_host()
    {
        await using var store = await TestStore.CreateAsync(Store.Embedded);
        using var server = await ServerProcess.StartAsync(store.Arguments);
        var document = (await server.NewClient().GetAsync("/openapi.json")).Body;
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await Chromium.LaunchAsync(playwright);
        var page = await browser.NewPageAsync(new() { ViewportSize = new() { Width = 1400, Height = 1000 } });
        Watch(page);

        await page.GotoAsync(
            new Uri(server.BaseAddress, "/docs").ToString(), new() { WaitUntil = WaitUntilState.NetworkIdle });

        Assert.Equal("Plateau API", await page.TitleAsync());
        var operations = Operations(document);
        foreach (var tag in operations.Select(operation => operation["tags"]![0]!.GetValue<string>()).Distinct())
        {
            // The first group may be open already.
            var group = page.GetByText(new Regex($"^(Open|Close) Group - {tag}$"));
            await group.WaitForAsync(new() { State = WaitForSelectorState.Attached });
            if ((await group.InnerTextAsync()).StartsWith("Open", StringComparison.Ordinal))
            {
                await page.GetByRole(AriaRole.Button, new() { Name = $"Open Group - {tag}", Exact = true })
                    .ClickAsync();
            }
        }
        foreach (var summary in operations.Select(operation => operation["summary"]!.GetValue<string>()).Distinct())
        {
            await page.GetByText(summary, new() { Exact = true }).First.WaitForAsync();
        }
        Assert.Empty(_faults);
        Assert.Contains(_requests, request => request.AbsolutePath == "/openapi.json");
        Assert.All(_requests, request => Assert.Equal(server.BaseAddress.Authority, request.Authority));
    }

    private void Watch(IPage page)
    {
        page.Request += (_, request) =>
        {
            var address = new Uri(request.Url);
            if (address.Scheme is not ("data" or "blob"))
            {
                _requests.Add(address);
            }
        };
        page.Response += (_, answer) => NoteWhere(answer.Status >= 400, $"{answer.Status} {answer.Url}");
        page.RequestFailed += (_, request) => _faults.Add($"failed: {request.Url}");
        page.PageError += (_, message) => _faults.Add(message);
        page.Console += (_, message) => NoteWhere(message.Type == "error", message.Text);
    }

    private void NoteWhere(bool isFault, string fault)
    {
        if (isFault)
        {
            _faults.Add(fault);
        }
    }

    private static List<JsonNode> Operations(JsonNode document)
    {
        var operations = document["paths"]!.AsObject().SelectMany(path => path.Value!.AsObject())
            .Select(operation => operation.Value!).ToList();
        Assert.True(operations.Count > 20, $"The document has {operations.Count} calls.");
        return operations;
    }
}
