using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Components;
using Plateau.Client;
using Plateau.Contracts;

namespace Plateau.Server.WebConsole;

/// <summary>
/// A page that reads something of the API: once it is interactive, again when its parameters change, and when it is
/// asked to. What goes wrong is kept for <c>PageBody</c> to show.
/// </summary>
public abstract class ConsolePage : ComponentBase, IDisposable
{
    private readonly CancellationTokenSource _left = new();
    private CancellationTokenSource? _reading;

    /// <summary>A page that nobody has left yet.</summary>
    protected ConsolePage() => Left = _left.Token;

    /// <summary>What went wrong with the last reading; null when it succeeded.</summary>
    internal Trouble? Trouble { get; private set; }

    /// <summary>What went wrong when the page was last brought up to date; null when nothing did.</summary>
    internal Trouble? LiveTrouble { get; private protected set; }

    /// <summary>Whether there is no use in reading again before the visitor has signed in.</summary>
    internal bool MustSignIn => (LiveTrouble ?? Trouble) is { Remedy: Remedy.SignIn };

    /// <summary>Whether there is something to show.</summary>
    internal bool IsRead { get; private set; }

    /// <summary>Whether a reading is under way.</summary>
    internal bool IsReading { get; private set; }

    /// <summary>Ends what the page waits for when its visitor leaves it.</summary>
    protected CancellationToken Left { get; }

    /// <summary>The visitor's way of writing numbers and times.</summary>
    protected static CultureInfo Culture => CultureInfo.CurrentCulture;

    /// <summary>Goes to other addresses.</summary>
    [Inject]
    protected NavigationManager Navigation { get; private set; } = null!; // injected

    [Inject]
    private ConsoleClient Client { get; set; } = null!; // injected

    /// <summary>Reads what the page shows.</summary>
    /// <param name="client">Calls the API as the visitor.</param>
    /// <param name="cancel">The page is left, or its parameters have changed.</param>
    protected abstract Task ReadAsync(PlateauClient client, CancellationToken cancel);

    /// <inheritdoc/>
    protected override Task OnParametersSetAsync() => RendererInfo.IsInteractive ? ReloadAsync() : Task.CompletedTask;

    /// <summary>Reads it anew; a reading that is under way is given up.</summary>
    internal async Task ReloadAsync()
    {
        _reading?.Cancel();
        using var reading = CancellationTokenSource.CreateLinkedTokenSource(Left);
        _reading = reading;
        IsReading = true;
        StateHasChanged();
        var trouble = await TryAsync(client => ReadAsync(client, reading.Token), reading.Token);
        if (ReferenceEquals(_reading, reading))
        {
            _reading = null;
        }
        if (reading.IsCancellationRequested)
        {
            return;
        }
        (Trouble, IsReading, IsRead) = (trouble, false, IsRead || trouble is null);
        StateHasChanged();
    }

    /// <summary>Does something with the API as the visitor.</summary>
    /// <returns>What went wrong; null when nothing did, or it was given up.</returns>
    private protected async Task<Trouble?> TryAsync(Func<PlateauClient, Task> call, CancellationToken cancel)
    {
        try
        {
            await call(await Client.GetAsync(cancel));
            return null;
        }
        catch (PlateauException fault)
        {
            return cancel.IsCancellationRequested ? null : Trouble.Of(fault);
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            return null;
        }
    }

    /// <summary>Reads an id of the address.</summary>
    /// <param name="text">The id.</param>
    /// <param name="what">What it is the id of.</param>
    /// <exception cref="PlateauException">It has not the form of one, so that there is no such object.</exception>
    protected static TId ReadId<TId>(string? text, string what) where TId : struct, IObjectId<TId> =>
        ObjectIdText.TryParse(text, out TId id)
            ? id
            : throw new PlateauException($"There is no {what} {text}.", HttpStatusCode.NotFound, null, null);

    /// <summary>Ends what the page waits for.</summary>
    /// <param name="disposing">Whether it is disposed of.</param>
    protected virtual void Dispose(bool disposing)
    {
        if (disposing)
        {
            _left.Cancel();
            _left.Dispose();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }
}
