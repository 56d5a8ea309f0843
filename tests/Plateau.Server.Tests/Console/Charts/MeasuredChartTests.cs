using System.Diagnostics.CodeAnalysis;
using Microsoft.JSInterop;
using Plateau.Server.WebConsole;
using Plateau.Server.WebConsole.Charts;

namespace Plateau.Server.Tests.WebConsole.Charts;

/// <summary>What a chart holds of its page's scripts.</summary>
public sealed class MeasuredChartTests
{
    [Theory]
    [InlineData("import")]
    [InlineData("attach")]
    public async Task A_chart_that_is_left_while_its_script_is_on_the_way_lets_go_of_it(string waiting)
    {
        var browser = new Browser();
        var chart = new Chart { Files = new ConsoleAssets(), Scripts = browser };
        var rendering = chart.RenderAsync();
        if (waiting == "attach")
        {
            browser.Import.SetResult(browser.Module);
        }

        await chart.DisposeAsync();
        browser.Import.TrySetResult(browser.Module);
        browser.Module.Attach.TrySetResult(browser.Attachment);
        await rendering;

        Assert.True(browser.Module.IsDisposed);
        Assert.Equal(waiting == "attach", browser.Attachment.IsDisposed);
        Assert.Equal(waiting == "attach" ? ["detach"] : [], browser.Attachment.Calls);
    }

    private sealed class Chart : MeasuredChart
    {
        [SetsRequiredMembers]
        public Chart() => Title = "Charge";

        public Task RenderAsync() => OnAfterRenderAsync(firstRender: true);
    }

    private sealed class Browser : IJSRuntime
    {
        public TaskCompletionSource<IJSObjectReference> Import { get; } = new();

        public ScriptObject Module { get; } = new();

        public ScriptObject Attachment { get; } = new();

        public async ValueTask<TValue> InvokeAsync<TValue>(string identifier, object?[]? args) =>
            (TValue)await Import.Task;

        public ValueTask<TValue> InvokeAsync<TValue>(
            string identifier, CancellationToken cancellationToken, object?[]? args) =>
            InvokeAsync<TValue>(identifier, args);
    }

    private sealed class ScriptObject : IJSObjectReference
    {
        public TaskCompletionSource<IJSObjectReference> Attach { get; } = new();

        public List<string> Calls { get; } = [];

        public bool IsDisposed { get; private set; }

        public async ValueTask<TValue> InvokeAsync<TValue>(string identifier, object?[]? args)
        {
            Calls.Add(identifier);
            return identifier == "attach" ? (TValue)await Attach.Task : default!;
        }

        public ValueTask<TValue> InvokeAsync<TValue>(
            string identifier, CancellationToken cancellationToken, object?[]? args) =>
            InvokeAsync<TValue>(identifier, args);

        public ValueTask DisposeAsync()
        {
            IsDisposed = true;
            return ValueTask.CompletedTask;
        }
    }
}
