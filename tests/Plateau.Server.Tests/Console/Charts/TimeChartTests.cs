using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.JSInterop;
using Plateau.Server.WebConsole;
using Plateau.Server.WebConsole.Charts;

namespace Plateau.Server.Tests.WebConsole.Charts;

/// <summary>What a chart is on the page, before any script has run.</summary>
public sealed class TimeChartTests
{
    [Fact]
    public async Task It_says_in_words_and_in_a_table_what_it_shows()
    {
        var start = new DateTimeOffset(2026, 6, 1, 0, 0, 0, TimeSpan.Zero);

        var page = await RenderAsync(new()
        {
            [nameof(TimeChart.Title)] = "<Power>", [nameof(TimeChart.Unit)] = "kW",
            [nameof(TimeChart.Start)] = start, [nameof(TimeChart.End)] = start.AddHours(2),
            [nameof(TimeChart.Zone)] = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin"),
            [nameof(TimeChart.Series)] = (ChartSeries[])[new ChartSeries
            {
                Name = "Power", Shape = ChartShape.SignedArea,
                Samples = [ChartSample.At(start.AddMinutes(5), 3), ChartSample.At(start.AddMinutes(10), -2.5)],
            }],
        });

        Assert.Contains("&lt;Power&gt;</title>", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<Power>", page, StringComparison.Ordinal);
        Assert.Contains("highest 3 kW at 1 Jun 2026, 02:05", page, StringComparison.Ordinal);
        Assert.Contains("times of Europe/Berlin", page, StringComparison.Ordinal);
        Assert.Contains("<td>−2.5 kW</td>", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", page, StringComparison.Ordinal);
        Assert.DoesNotContain("NaN", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_time_that_ends_before_it_starts_is_drawn_empty()
    {
        var start = new DateTimeOffset(2026, 6, 1, 0, 0, 0, TimeSpan.Zero);

        var page = await RenderAsync(new()
        {
            [nameof(TimeChart.Title)] = "Power", [nameof(TimeChart.Unit)] = "kW", [nameof(TimeChart.Start)] = start,
            [nameof(TimeChart.End)] = start.AddHours(-2), [nameof(TimeChart.Zone)] = TimeZoneInfo.Utc,
            [nameof(TimeChart.Series)] = Array.Empty<ChartSeries>(),
        });

        Assert.Contains("No values in this time", page, StringComparison.Ordinal);
        Assert.DoesNotContain("NaN", page, StringComparison.Ordinal);
    }

    private static async Task<string> RenderAsync(Dictionary<string, object?> parameters)
    {
        await using var services = new ServiceCollection().AddSingleton<IJSRuntime, NoScripts>()
            .AddSingleton<ConsoleAssets>().BuildServiceProvider();
        await using var renderer = new HtmlRenderer(services, NullLoggerFactory.Instance);
        return await renderer.Dispatcher.InvokeAsync(async () => System.Net.WebUtility.HtmlDecode(
            (await renderer.RenderComponentAsync<TimeChart>(ParameterView.FromDictionary(parameters))).ToHtmlString()
                .Replace("&lt;", "&amp;lt;", StringComparison.Ordinal)
                .Replace("&gt;", "&amp;gt;", StringComparison.Ordinal)));
    }

    private sealed class NoScripts : IJSRuntime
    {
        public ValueTask<TValue> InvokeAsync<TValue>(string identifier, object?[]? args) =>
            throw new InvalidOperationException("There are no scripts before the page is shown.");

        public ValueTask<TValue> InvokeAsync<TValue>(
            string identifier, CancellationToken cancellationToken, object?[]? args) =>
            InvokeAsync<TValue>(identifier, args);
    }
}
