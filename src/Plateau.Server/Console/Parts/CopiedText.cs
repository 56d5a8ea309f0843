using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace Plateau.Server.WebConsole.Parts;

/// <summary>A text that is wanted elsewhere, and can be copied.</summary>
public abstract class CopiedText : ComponentBase
{
    private string? _copied;

    /// <summary>The text.</summary>
    [Parameter, EditorRequired]
    public required string Text { get; set; }

    /// <summary>The element that shows the text.</summary>
    protected ElementReference Element { get; set; }

    /// <summary>Whether it was copied; another text than that was not.</summary>
    protected bool IsCopied => _copied == Text;

    [Inject]
    private IJSRuntime Scripts { get; set; } = null!; // injected

    [Inject]
    private ConsoleAssets Files { get; set; } = null!; // injected

    /// <summary>Copies it.</summary>
    protected async Task CopyAsync()
    {
        var text = Text;
        await using var script = await Scripts.InvokeAsync<IJSObjectReference>("import", "./" + Files["copy.js"]);
        _copied = await script.InvokeAsync<bool>("copy", Element) ? text : null;
    }
}
