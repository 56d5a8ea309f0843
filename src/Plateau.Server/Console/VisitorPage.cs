using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;
using Plateau.Client;
using Plateau.Contracts;

namespace Plateau.Server.WebConsole;

/// <summary>A page that knows its visitor: what the key may do, and the time zone of the browser.</summary>
public abstract class VisitorPage : ConsolePage
{
    /// <summary>Whether the visitor's key may change things.</summary>
    internal bool MayManage { get; private set; }

    /// <summary>The visitor's time zone; UTC when the browser names none.</summary>
    protected TimeZoneInfo Zone { get; private set; } = TimeZoneInfo.Utc;

    [Inject]
    private ConsoleClient Visit { get; set; } = null!; // injected

    [Inject]
    private IJSRuntime Scripts { get; set; } = null!; // injected

    /// <summary>Reads what the page shows, when the visitor is known.</summary>
    /// <param name="client">Calls the API as the visitor.</param>
    /// <param name="cancel">The page is left, or its parameters have changed.</param>
    protected abstract Task ReadContentAsync(PlateauClient client, CancellationToken cancel);

    /// <inheritdoc/>
    protected sealed override async Task ReadAsync(PlateauClient client, CancellationToken cancel)
    {
        MayManage = (await Visit.VisitorAsync(cancel)).Scope == KeyScope.Manage;
        Zone = await ReadZoneAsync(cancel);
        await ReadContentAsync(client, cancel);
    }

    /// <summary>The page's address with other query parameters; null removes one.</summary>
    protected string AddressWith(params (string Name, string? Value)[] parameters) =>
        Navigation.GetUriWithQueryParameters(
            parameters.ToDictionary(one => one.Name, one => (object?)one.Value, StringComparer.Ordinal));

    private async Task<TimeZoneInfo> ReadZoneAsync(CancellationToken cancel)
    {
        try
        {
            var name = await Scripts.InvokeAsync<string?>("plateau.timezone", cancel);
            return name is not null && TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone)
                ? zone
                : TimeZoneInfo.Utc;
        }
        catch (JSDisconnectedException)
        {
            return TimeZoneInfo.Utc; // nobody looks any more
        }
    }
}
