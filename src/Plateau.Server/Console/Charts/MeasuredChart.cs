using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace Plateau.Server.WebConsole.Charts;

/// <summary>
/// A drawing that is as wide as its place on the page. Before the page has told how wide that is, it is drawn for a
/// usual width and stretched.
/// </summary>
public abstract class MeasuredChart : ComponentBase, IAsyncDisposable
{
    private const string Module = "charts.js";
    private const double UsualWidth = 720;

    private DotNetObjectReference<MeasuredChart>? _self;
    private IJSObjectReference? _module;
    private IJSObjectReference? _attachment;
    private bool _isDisposed;

    /// <summary>The heading.</summary>
    [Parameter, EditorRequired]
    public required string Title { get; set; }

    /// <summary>Height of the drawing, pixels, 100 or more. Default 260.</summary>
    [Parameter]
    public double Height { get; set; } = 260;

    /// <summary>Where scripts are found.</summary>
    [Inject]
    internal ConsoleAssets Files { get; set; } = null!; // injected

    /// <summary>The page's scripts.</summary>
    [Inject]
    internal IJSRuntime Scripts { get; set; } = null!;

    /// <summary>The element that the drawing fills.</summary>
    protected ElementReference Plot { get; set; }

    /// <summary>Width of the drawing, pixels.</summary>
    protected double Width { get; private set; } = UsualWidth;

    /// <summary>Takes the measured width; the page's script calls it.</summary>
    /// <param name="width">Width of the drawing's place, pixels.</param>
    [JSInvokable]
    public void Resize(double width)
    {
        var usable = double.IsFinite(width) ? Math.Clamp(Math.Round(width), 160, 4_000) : UsualWidth;
        if (usable != Width)
        {
            Width = usable;
            OnParametersSet();
            StateHasChanged();
        }
    }

    /// <summary>Lets go of the page's script.</summary>
    public async ValueTask DisposeAsync()
    {
        _isDisposed = true;
        GC.SuppressFinalize(this);
        await LetGoAsync();
    }

    /// <summary>A coordinate as it stands in SVG.</summary>
    protected static string Text(double coordinate) => PathText.Number(coordinate);

    /// <summary>A text in the drawing; Razor has a meaning of its own for the element of that name.</summary>
    /// <param name="x">Where it is anchored, pixels.</param>
    /// <param name="y">Its base line, pixels.</param>
    /// <param name="anchor">Which part of it lies there: <c>start</c>, <c>middle</c> or <c>end</c>.</param>
    /// <param name="text">The text.</param>
    /// <param name="style">Its class in the style sheet; null for none.</param>
    protected static RenderFragment Label(double x, double y, string anchor, string text, string? style = null) =>
        builder =>
        {
            builder.OpenElement(0, "text");
            builder.AddAttribute(1, "x", Text(x));
            builder.AddAttribute(2, "y", Text(y));
            builder.AddAttribute(3, "text-anchor", anchor);
            builder.AddAttribute(4, "class", style);
            builder.AddContent(5, text);
            builder.CloseElement();
        };

    /// <inheritdoc/>
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!firstRender)
        {
            return;
        }
        try
        {
            _self = DotNetObjectReference.Create(this);
            _module = await Scripts.InvokeAsync<IJSObjectReference>("import", $"./{Files[Module]}");
            if (!_isDisposed)
            {
                _attachment = await _module.InvokeAsync<IJSObjectReference>("attach", Plot, _self);
            }
        }
        catch (JSDisconnectedException)
        {
            // The page was left before it was drawn.
        }
        if (_isDisposed)
        {
            await LetGoAsync(); // of what has come since
        }
    }

    private async Task LetGoAsync()
    {
        var (attachment, module) = (_attachment, _module);
        (_attachment, _module) = (null, null);
        try
        {
            if (attachment is not null)
            {
                await attachment.InvokeVoidAsync("detach");
                await attachment.DisposeAsync();
            }
            if (module is not null)
            {
                await module.DisposeAsync();
            }
        }
        catch (JSDisconnectedException)
        {
            // The page is gone, and its script with it.
        }
        _self?.Dispose();
    }
}
